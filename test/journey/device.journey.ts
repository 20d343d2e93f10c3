// What the built app does on the device it runs on: files opened with it, its badge, a screen that stays on, how it is installed,
// how it asks to be woken, and its reference with no server there.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controllingWorker, launch, untilReady } from '../support/browser.ts';
import { type MoodyServer, startMoodyServer } from '../support/moody-server.ts';
import { drawPhotos } from '../support/photos.ts';
import { serveApp, type Served } from '../support/serve.ts';

/** What the page of these tests notes, and has in place of what only a system can do. */
interface Noted extends Window {
  launch: (params: { files: FileSystemFileHandle[] }) => void;
  badges: number[];
  locks: WakeLockSentinel[];
  asked: number;
}

let app: Served;
let browser: BrowserContext;

beforeAll(async () => {
  app = await serveApp();
});

afterAll(() => app.close());

beforeEach(async () => {
  browser = await launch();
});

afterEach(() => browser.close());

async function open(path = '/'): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(app.url + path);
  await untilReady(page);
  return page;
}

/** What the app's icon was to show, one after another. */
const badgesOf = (page: Page) => page.evaluate(() => (window as unknown as Noted).badges);

function noteBadges(): Promise<unknown> {
  return browser.addInitScript(() => {
    const badges: number[] = [];
    Object.assign(window, { badges });
    const noted = (count: number) => Promise.resolve(void badges.push(count));
    Object.assign(navigator, { setAppBadge: noted, clearAppBadge: () => noted(0) });
  });
}

const SOON = { timeout: 20_000 };

describe('F7 on its device, the app', { timeout: 90_000 }, () => {
  it('takes the files that it is opened with, and starts nothing by itself', async () => {
    // Only a system opens files with an app: it hands them over by this queue.
    await browser.addInitScript(() => {
      const launchQueue = { setConsumer: (consume: Noted['launch']) => Object.assign(window, { launch: consume }) };
      Object.defineProperty(window, 'launchQueue', { value: launchQueue });
    });
    const page = await open('/tasks');
    const [photo] = await drawPhotos(page, 1, 320, 240);
    await page.evaluate(
      async (base64) => {
        const directory = await navigator.storage.getDirectory();
        const handle = await directory.getFileHandle('photo.jpg', { create: true });
        const stream = await handle.createWritable();
        await stream.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
        await stream.close();
        (window as unknown as Noted).launch({ files: [handle] });
      },
      photo?.buffer.toString('base64') ?? '',
    );
    await page.getByRole('button', { name: 'Convert 1 photo' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    expect(await page.evaluate(() => window.errand?.stats())).toMatchObject({ pending: 0, running: 0, completed: 0 });
  });

  it('shows on its icon how many tasks run', async () => {
    await noteBadges();
    const page = await open();
    await page.evaluate(async () => {
      const task = await window.errand?.enqueue('demo.steps');
      await window.errand?.wait(task?.id ?? '');
    });
    await expect.poll(() => badgesOf(page), SOON).toEqual([1, 0]);
  });

  it('keeps the screen on once work takes long, and no longer', async () => {
    await browser.addInitScript(() => {
      const locks: WakeLockSentinel[] = [];
      Object.assign(window, { locks });
      const request = WakeLock.prototype.request.bind(navigator.wakeLock);
      WakeLock.prototype.request = async (type) => {
        const lock = await request(type);
        locks.push(lock);
        return lock;
      };
    });
    await noteBadges();
    const server: MoodyServer = await startMoodyServer();
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(app.url);
    await untilReady(page);
    const held = () => page.evaluate(() => (window as unknown as Noted).locks.map(({ released }) => !released));
    const url = `${server.url}/awake/never`;
    const id = await page.evaluate(
      async (given) => (await window.errand?.enqueue('http.request', { url: given }))?.id ?? '',
      url,
    );
    await server.until(() => server.boxes.has('awake'));
    await expect.poll(() => badgesOf(page), SOON).toEqual([1]);
    expect(await held()).toEqual([]);
    await page.clock.fastForward(31_000);
    await expect.poll(held, SOON).toEqual([true]);
    await page.evaluate((task) => window.errand?.cancel(task), id);
    await expect.poll(held, SOON).toEqual([false]);
    await server.close();
  });

  it('says how it is installed, and asks where the browser lets it', async () => {
    // A browser offers it when it likes.
    await browser.addInitScript(() => {
      window.addEventListener('beforeinstallprompt', (event) => event.isTrusted && event.stopImmediatePropagation());
    });
    const page = await open('/settings');
    await page.getByText('Install Errand or Add to Home screen').waitFor();
    await page.evaluate(() => {
      const noted = window as unknown as Noted;
      noted.asked = 0;
      const prompt = () => Promise.resolve({ outcome: 'accepted', asked: (noted.asked += 1) });
      window.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt }));
    });
    await page.getByRole('button', { name: 'Install Errand' }).click();
    expect(await page.evaluate(() => (window as unknown as Noted).asked)).toBe(1);
    await page.getByText('Install Errand or Add to Home screen').waitFor();
    await page.evaluate(() => window.dispatchEvent(new Event('appinstalled')));
    await page.getByText('Errand is installed.').waitFor();
  });

  it('E1 asks to be woken from time to time where that is granted', async () => {
    const page = await browser.newPage();
    const devtools = await browser.newCDPSession(page);
    const granted = { permission: { name: 'periodic-background-sync' }, setting: 'granted' } as const;
    await devtools.send('Browser.setPermission', { ...granted, origin: app.url });
    await page.goto(app.url);
    await controllingWorker(page);
    const tags = () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        const { periodicSync } = registration as unknown as { periodicSync: { getTags(): Promise<string[]> } };
        return periodicSync.getTags();
      });
    await expect.poll(tags, SOON).toEqual(['errand:default']);
  });

  it('F1 E4 has its reference, and answers from it, with no server there', async () => {
    const server = await serveApp();
    const page = await browser.newPage();
    await page.goto(server.url);
    await controllingWorker(page);
    await server.close();
    await page.goto(`${server.url}/api/docs`);
    await page.getByText('List tasks, a page at a time.', { exact: true }).waitFor();
    const answer = await page.evaluate(async () => {
      const [document, stats] = await Promise.all([fetch('/api/v1/openapi.json'), fetch('/api/v1/stats')]);
      return [((await document.json()) as { openapi: string }).openapi, stats.status];
    });
    expect(answer).toEqual(['3.1.0', 200]);
  });
});
