// The journey that Errand is for: photos in, offline, the browser killed in the middle, one zip out.

import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  controllingWorker,
  errorsOf,
  killBrowser,
  launch,
  newProfile,
  removeProfile,
  untilReady,
} from '../support/browser.ts';
import { choose, drawPhotos, type Photo } from '../support/photos.ts';
import { serveApp, type Served } from '../support/serve.ts';

let app: Served;
let browser: BrowserContext;
let page: Page;
const profileDir = newProfile();
const NOT_AN_IMAGE: Photo = { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no image at all') };

beforeAll(async () => {
  app = await serveApp();
  await open();
});

afterAll(async () => {
  await browser.close();
  await removeProfile(profileDir);
});

async function open(): Promise<void> {
  browser = await launch({ profileDir });
  page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(app.url);
  await untilReady(page);
}

describe('a batch of photos', { timeout: 180_000 }, () => {
  let photos: Photo[];

  it('E4 the app works offline after the first visit', async () => {
    photos = await drawPhotos(page, 16, 2400, 1600);
    await controllingWorker(page);
    await app.close();
    await page.reload();
    await page.getByRole('button', { name: 'Choose photos', exact: true }).waitFor();
  });

  it('is one task, started with a few clicks', async () => {
    await choose(page, 'Choose photos', [...photos, NOT_AN_IMAGE]);
    await page.getByRole('button', { name: 'Convert 17 photos' }).click();
    await page.waitForURL(/\/tasks\/./);
  });

  it('survives the death of the browser, and does nothing twice', async () => {
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    const before = await page.evaluate(itemsOnceSomeAreDone, id);
    await killBrowser(browser);
    await open();
    const after = await page.evaluate(itemsAtTheEnd, id);
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(17);
    for (const { index, file } of before) expect(after.find((item) => item.index === index)?.file).toBe(file);
    expect(after).toHaveLength(17);
  });

  it('ends with every picture in one zip, and says which file was none', async () => {
    const errors = errorsOf(page);
    await page
      .getByRole('link', { name: /17 photos to WebP/ })
      .first()
      .click();
    await page.getByText('1 file was not converted').waitFor();
    const download = page.waitForEvent('download');
    await page
      .getByRole('button', { name: /Download zip/ })
      .first()
      .click();
    const entries = unzipSync(await readFile(await (await download).path()));
    expect(Object.keys(entries).sort()).toEqual(photos.map((photo) => photo.name.replace('.jpg', '.webp')).sort());
    for (const bytes of Object.values(entries)) expect(Buffer.from(bytes.subarray(8, 12)).toString()).toBe('WEBP');
    expect(errors).toEqual([]);
  });
});

interface Done {
  index: number;
  file: string | undefined;
}

/** Runs in the page: the recorded items, as soon as there are some. */
async function itemsOnceSomeAreDone(id: string): Promise<Done[]> {
  const { errand } = window;
  if (errand === undefined) throw new Error('The app has no runner.');
  const done = async () => {
    const items = await errand.items(id, 'convert', { from: 0, limit: 17 }).catch(() => []);
    return items
      .filter((item) => item.status === 'done')
      .map(({ index, result }) => ({ index, file: (result as { file?: { id: string } }).file?.id }));
  };
  for await (const task of errand.changes(id)) {
    const items = task.progress.percent > 0 ? await done() : [];
    if (items.length >= 3) return items;
  }
  return done();
}

/** Runs in the page: every item, once the task has ended. */
async function itemsAtTheEnd(id: string): Promise<Done[]> {
  const { errand } = window;
  if (errand === undefined) throw new Error('The app has no runner.');
  const { task } = await errand.wait(id);
  if (task.status !== 'completed') throw new Error(JSON.stringify(task));
  const items = await errand.items(id, 'convert', { from: 0, limit: 17 });
  return items.map(({ index, result }) => ({ index, file: (result as { file?: { id: string } }).file?.id }));
}
