// The journeys' own tools: a killed browser is gone and its profile opens again; a closed server is gone and comes back.

import { describe, expect, it } from 'vitest';
import { killBrowser, launch, newProfile, removeProfile } from '../support/browser.ts';
import { alive, browserIn, familyOf } from '../support/processes.ts';
import { serveApp } from '../support/serve.ts';

describe('killBrowser', () => {
  it('ends every process, and the profile opens again with what was in it', async () => {
    const app = await serveApp();
    const profileDir = newProfile();
    const first = await launch({ profileDir });
    const page = await first.newPage();
    await page.goto(app.url);
    await page.evaluate(() =>
      navigator.storage.getDirectory().then((root) => root.getFileHandle('kept', { create: true })),
    );
    const family = familyOf(browserIn(profileDir));
    expect(family.length).toBeGreaterThan(2);
    await killBrowser(first);
    expect(alive(family)).toEqual([]);
    expect(() => browserIn(profileDir)).toThrow();

    const second = await launch({ profileDir });
    const again = await second.newPage();
    await again.goto(app.url);
    const kept = await again.evaluate(() =>
      navigator.storage.getDirectory().then((root) => root.getFileHandle('kept')),
    );
    expect(kept).toBeDefined();
    await second.close();
    await app.close();
    await removeProfile(profileDir);
  });
});

describe('serveApp', () => {
  it('is cut off when closed, also for a page that holds a connection, and comes back on its port', async () => {
    const app = await serveApp();
    await fetch(app.url);
    await app.close();
    await expect(fetch(app.url)).rejects.toThrow();
    const again = await serveApp({ port: app.port });
    expect(again.url).toBe(app.url);
    expect((await fetch(again.url)).status).toBe(200);
    await again.close();
  });
});
