// The outbox with no page open: the service worker alone delivers, whatever the server's mood, and however often it is stopped.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controllingWorker, launch, takeUpdate, untilReady } from '../support/browser.ts';
import { type MoodyServer, startMoodyServer } from '../support/moody-server.ts';
import { ROOT } from '../support/paths.ts';
import { drawPhotos, type Photo } from '../support/photos.ts';
import { serveApp, type Served } from '../support/serve.ts';
import { SiteWorker } from '../support/service-workers.ts';

const SERVICE_WORKER = `${ROOT}/dist/app/sw.js`;
const TAG = 'errand:default';
/** The first answers of each server in turn; then it takes what it gets. */
const MOODS = ['slow', 'drop', '500', '429', '401', '302', 'portal', 'page', 'lost', 'ok'];
const REQUESTS = 50;
const PHOTOS = 20;

let app: Served;
let server: MoodyServer;
let browser: BrowserContext;
let site: SiteWorker;

beforeAll(async () => {
  app = await serveApp();
});

afterAll(() => app.close());

beforeEach(async () => {
  server = await startMoodyServer();
  browser = await launch();
  site = await SiteWorker.of(browser, `${app.url}/`);
});

afterEach(async () => {
  await site.stop();
  await browser.close();
  await server.close();
});

async function open(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(app.url);
  await untilReady(page);
  return page;
}

/** Queues requests, each to a box of its own. */
const queue = (page: Page, given: { url: string; boxes: string[]; options?: object }) =>
  page.evaluate(async ({ url, boxes, options }) => {
    const enqueued = await window.errand?.enqueueMany(
      boxes.map((box) => ({
        type: 'http.request',
        payload: { url: `${url}/${box}`, body: { json: { box } }, expectType: 'application/json' },
        options: { id: box, ...options },
      })),
    );
    return enqueued?.length;
  }, given);

/** Queues requests while the server is away, and closes the page; then the server is back. */
async function queueForLater(boxes: string[]): Promise<void> {
  const page = await open();
  await controllingWorker(page);
  await server.close();
  await queue(page, { url: server.url, boxes });
  await page.close();
  server = await startMoodyServer(Number(new URL(server.url).port));
}

/** One batch, which only a page can work on. */
const convert = (page: Page, photos: Photo[]) =>
  page.evaluate(
    async (given) => {
      const files = given.map(({ name, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        return new File([bytes], name, { type: 'image/jpeg' });
      });
      await window.errand?.enqueue('image.convert', { files, format: 'webp' }, { id: 'photos' });
    },
    photos.map(({ name, buffer }) => ({ name, base64: buffer.toString('base64') })),
  );

const boxNames = (run: string, moods: (i: number) => string, count: number) =>
  Array.from({ length: count }, (_, i) => `${run}-${i}/${moods(i)}`);

const boxOf = (path: string) => server.boxes.get(path.split('/')[0] ?? '');
const isTaken = (path: string) => Object.keys(boxOf(path)?.taken ?? {}).length > 0;

/** What became of each request. */
const outcomes = (page: Page, ids: string[]) =>
  page.evaluate(
    (each) =>
      Promise.all(
        each.map(async (id) => {
          const ended = await window.errand?.wait(id);
          const { runs } = (await window.errand?.detail(id)) ?? {};
          const { task } = ended ?? {};
          return {
            status: task?.status,
            error: task !== undefined && 'error' in task ? task.error : null,
            runs: runs?.length,
            finishedAt: task?.finishedAt,
            result: task?.status === 'completed' ? task.result : null,
          };
        }),
      ),
    ids,
  );

function expectEachOnce(paths: string[]): void {
  for (const path of paths) {
    const { arrived = [], taken = {} } = boxOf(path) ?? {};
    expect([path, new Set(arrived.map(({ key }) => key)).size]).toEqual([path, 1]);
    expect([path, Object.values(taken)]).toEqual([path, [1]]);
  }
}

describe('a closed page', { timeout: 120_000 }, () => {
  it('E1 E3 F6 the service worker alone delivers what was queued offline; photos go on when a page opens', async () => {
    const paths = boxNames('moody', (i) => MOODS[i % MOODS.length] ?? '', REQUESTS);
    const { port } = new URL(server.url);
    const page = await open();
    await controllingWorker(page);
    const photos = await drawPhotos(page, PHOTOS, 1600, 1200);
    await browser.setOffline(true);
    await server.close();
    expect(await queue(page, { url: server.url, boxes: paths })).toBe(REQUESTS);
    await convert(page, photos);
    await page.close();

    server = await startMoodyServer(Number(port));
    await browser.setOffline(false);
    const unanswered = () => paths.filter((path) => !isTaken(path));
    // The first wake is the browser's own; those who were not let in are asked about again with the next.
    await server.until(() => unanswered().length <= REQUESTS / MOODS.length);
    await site.sync(TAG);
    await server.until(() => unanswered().length === 0);
    const openedAt = Date.now();
    const again = await open();
    const ended = await outcomes(again, paths);
    for (const [i, each] of ended.entries())
      expect([paths[i], each]).toMatchObject([paths[i], { status: 'completed', runs: 1, result: { status: 200 } }]);
    expectEachOnce(paths);
    const [converted] = await outcomes(again, ['photos']);
    expect(converted).toMatchObject({ status: 'completed', runs: 1 });
    expect(converted?.finishedAt).toBeGreaterThan(openedAt);
  });

  it('E1 D1 a periodic sync runs a task that is due, with no page', async () => {
    const page = await open();
    await controllingWorker(page);
    const options = { schedule: { cron: '* * * * * *', timeZone: 'UTC' } };
    await queue(page, { url: server.url, boxes: ['cron/ok'], options });
    await page.close();
    const before = boxOf('cron/ok')?.arrived.length ?? 0;
    await site.periodicSync(TAG);
    await server.until(() => (boxOf('cron/ok')?.arrived.length ?? 0) > before);
  });

  it('E3 B13 the service worker is stopped 20 times in the midst of it, and nothing is lost', async () => {
    const paths = boxNames('stopped', () => 'slow', 60);
    await queueForLater(paths);
    const arrived = () => paths.reduce((sum, path) => sum + (boxOf(path)?.arrived.length ?? 0), 0);
    for (let stops = 0; stops < 20; stops++) {
      const before = arrived();
      await site.sync(TAG);
      await server.until(() => arrived() > before);
      await site.stop();
    }
    const again = await open();
    for (const each of await outcomes(again, paths))
      expect(each).toMatchObject({ error: null, status: 'completed', runs: 1, result: { status: 200 } });
    expectEachOnce(paths);
  });
});

describe('a service worker at work, with no page', { timeout: 120_000 }, () => {
  let paths: string[];
  const arrived = () => paths.reduce((sum, path) => sum + (boxOf(path)?.arrived.length ?? 0), 0);

  /** Queues slow requests while the server is away, closes the page, and wakes the service worker once it is back. */
  async function beginWith(run: string): Promise<void> {
    paths = boxNames(run, () => 'slow', 30);
    await queueForLater(paths);
    await site.sync(TAG);
    await server.until(() => arrived() > 2);
  }

  /** A page of the site that does not run the app. */
  async function openFile(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${app.url}/favicon.svg`);
    return page;
  }

  async function expectAllDone(page: Page): Promise<void> {
    for (const each of await outcomes(page, paths))
      expect(each).toMatchObject({ error: null, status: 'completed', result: { status: 200 } });
    expectEachOnce(paths);
  }

  it('promise 1 whose database is deleted: it is made again of the log, and each request arrives once', async () => {
    await beginWith('deleted');
    const other = await openFile();
    await other.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase('errand:default');
          request.onsuccess = () => resolve();
          request.onerror = () => reject(new Error(request.error?.message));
        }),
    );
    await other.close();
    await site.sync(TAG);
    await expectAllDone(await open());
  });

  it('promise 1 whose disk is full loses nothing, and goes on once there is room', async () => {
    await beginWith('full');
    const other = await openFile();
    const devtools = await browser.newCDPSession(other);
    const before = arrived();
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize: 1 });
    await server.until(() => arrived() > before);
    await site.stop();
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url });
    await site.sync(TAG);
    await expectAllDone(await open());
  });

  it('E6 that is replaced by a new version in the midst of it hands on what is left, and each request arrives once', async () => {
    const was = readFileSync(SERVICE_WORKER, 'utf8');
    await beginWith('updated');
    try {
      appendFileSync(SERVICE_WORKER, '\n// A new version.');
      const page = await open();
      await takeUpdate(page);
      await expectAllDone(page);
    } finally {
      writeFileSync(SERVICE_WORKER, was);
    }
  });
});
