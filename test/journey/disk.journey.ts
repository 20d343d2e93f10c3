// A full disk: what is asked in is refused whole, with a clear error; what was there stays, and goes on once there is room.

import { randomBytes } from 'node:crypto';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { launch, untilReady } from '../support/browser.ts';
import { choose } from '../support/photos.ts';
import { serveApp, type Served } from '../support/serve.ts';

let app: Served;
let browser: BrowserContext;
let page: Page;
let devtools: CDPSession;

beforeAll(async () => {
  app = await serveApp();
});

afterEach(async () => {
  await browser.close();
});

afterAll(async () => {
  await app.close();
});

/** Opens the app in a new browser that gives it so many bytes: Chromium remembers for a while what it gave before. */
async function open(quotaSize?: number): Promise<void> {
  browser = await launch();
  page = await browser.newPage();
  devtools = await browser.newCDPSession(page);
  if (quotaSize !== undefined) await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize });
  await page.goto(app.url);
  await untilReady(page);
}

/** Runs in the page: the code that an enqueue of so many bytes, as a file or as data, is refused with. */
async function refusal({ bytes, as }: { bytes: number; as: 'file' | 'data' }): Promise<string> {
  // Noise: IndexedDB compresses what it can before it counts.
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(content.subarray(at, Math.min(at + 65_536, bytes)));
  const payload = as === 'file' ? { file: new File([content], 'large.txt') } : { content };
  try {
    await window.errand?.enqueue('nobody.runs.this', payload);
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const WAITING = { timeout: 90_000, interval: 250 };

/** Runs in the page: the size of the file that keeps room for what runs. */
async function headroomBytes(): Promise<number> {
  try {
    const root = await navigator.storage.getDirectory();
    const mine = await (await root.getDirectoryHandle('errand')).getDirectoryHandle('default');
    return (await (await mine.getFileHandle('headroom')).getFile()).size;
  } catch {
    return 0;
  }
}

describe('a full disk', { timeout: 150_000 }, () => {
  it.each(['file', 'data'] as const)(
    'refuses a %s that does not fit; what was there stays, and goes on',
    async (as) => {
      await open(5_000_000);
      await page.evaluate(() => window.errand?.enqueue('demo.steps', undefined, { id: 'before' }));
      expect(await page.evaluate(refusal, { bytes: 7_000_000, as })).toBe('quota-exceeded');
      expect(await page.evaluate(() => window.errand?.wait('before').then(({ task }) => task.status))).toBe(
        'completed',
      );
      expect(await page.evaluate(() => window.errand?.list().then((list) => list.total))).toBe(1);
    },
  );

  it('keeps room for what is here already: it is run to its end on a disk that is full', async () => {
    await open();
    await page.evaluate(async () => {
      await window.errand?.enqueue('demo.steps', undefined, { id: 'mine' });
      await window.errand?.cancel('mine');
    });
    // It is taken once the page has come to rest.
    await vi.waitFor(async () => expect(await page.evaluate(headroomBytes)).toBeGreaterThan(0), WAITING);
    const used = (await page.evaluate(() => navigator.storage.estimate())).usage ?? 0;
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize: used - 2_000_000 });
    // Chromium goes by what it has seen last for a while.
    const small = { bytes: 1_000, as: 'data' as const };
    await vi.waitFor(async () => expect(await page.evaluate(refusal, small)).toBe('quota-exceeded'), WAITING);
    await page.evaluate(() => window.errand?.retry('mine'));
    expect(await page.evaluate(() => window.errand?.wait('mine').then(({ task }) => task.status))).toBe('completed');
    expect(await page.evaluate(headroomBytes)).toBe(0);
    expect(await page.evaluate(refusal, small)).toBe('quota-exceeded');
  });

  it('says so to the person who dropped the photos, and takes them once there is room', async () => {
    await open(5_000_000);
    const photo = { name: 'large.jpg', mimeType: 'image/jpeg', buffer: randomBytes(7_000_000) };
    await choose(page, 'Choose photos', [photo]);
    await page.getByRole('button', { name: 'Convert 1 photo' }).click();
    await page
      .getByText(/disk space/i)
      .first()
      .waitFor();
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url });
    await page.getByRole('button', { name: 'Convert 1 photo' }).click();
    await page.waitForURL(/\/tasks\/./);
  });
});
