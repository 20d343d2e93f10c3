// The least that must hold: the built app loads without an error, and the REST surface says so when nobody answers it.

import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf, launch } from '../support/browser.ts';
import { serveApp, type Served } from '../support/serve.ts';

let app: Served;
let browser: BrowserContext;

beforeAll(async () => {
  app = await serveApp();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

describe('the built app', () => {
  it('loads without an error', async () => {
    const page = await browser.newPage();
    const errors = errorsOf(page);
    await page.goto(app.url, { waitUntil: 'networkidle' });
    expect(await page.title()).toContain('Errand');
    expect(errors).toEqual([]);
    await page.close();
  });

  it.each(['/', '/tasks', '/tasks/an-id', '/tasks/an.id', '/settings'])(
    'is a page at %s, under a strict policy',
    async (path) => {
      const response = await fetch(app.url + path, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('does not answer for a script that is not there', async () => {
    expect((await fetch(`${app.url}/assets/gone.js`)).status).toBe(404);
  });

  it.each(['/api/v1/tasks', '/api/', '/api/v1/tasks/x.html'])('has no server behind %s', async (path) => {
    const response = await fetch(app.url + path, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ error: 'no_service_worker' });
  });
});
