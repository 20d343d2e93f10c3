// The built app as a browser and a system see it: under its policy, installable, shared to, told of, updated.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controllingWorker, errorsOf, launch, takeUpdate, untilReady } from '../support/browser.ts';
import { ROOT } from '../support/paths.ts';
import { noteViolations, violationsOf } from '../support/policy.ts';
import { drawPhotos } from '../support/photos.ts';
import { serveApp, type Served } from '../support/serve.ts';

const SERVICE_WORKER = `${ROOT}/dist/app/sw.js`;

let app: Served;
let browser: BrowserContext;

beforeAll(async () => {
  app = await serveApp();
});

afterAll(() => app.close());

beforeEach(async () => {
  browser = await launch();
  await noteViolations(browser);
});

afterEach(() => browser.close());

async function open(path = '/'): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(app.url + path);
  await untilReady(page);
  return page;
}

/** Runs a task to its end. */
const run = (page: Page, type: string, payload: unknown) =>
  page.evaluate(
    async (given) => {
      const task = await window.errand?.enqueue(given.type, given.payload);
      return (await window.errand?.wait(task?.id ?? ''))?.task.status;
    },
    { type, payload },
  );

const hashSomething = (page: Page) =>
  page.evaluate(async () => {
    const task = await window.errand?.enqueue('file.hash', { files: [new File(['abc'], 'a.txt')] });
    const ended = await window.errand?.wait(task?.id ?? '');
    return ended?.task.status === 'completed' ? ended.task.result : ended?.task;
  });

const SOON = { timeout: 20_000 };
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('the built app', { timeout: 90_000 }, () => {
  it('F7 stands in the chosen theme and takes input while its engine is on its way; what is asked meanwhile is done once that is there', async () => {
    const chosen = await open('/settings');
    await chosen.evaluate(() => localStorage.setItem('theme', 'dark'));
    await chosen.close();
    const page = await browser.newPage();
    await page.addInitScript(() => {
      // What is asked of the engine's worker waits until it is let through.
      const post = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage')?.value as (
        ...args: unknown[]
      ) => void;
      const held: (() => void)[] = [];
      Worker.prototype.postMessage = function (this: Worker, ...args: unknown[]) {
        held.push(() => post.apply(this, args));
      };
      Object.assign(window, {
        letThrough: () => {
          Worker.prototype.postMessage = post;
          for (const each of held) each();
        },
      });
    });
    await page.goto(`${app.url}/new`);
    await page.getByRole('heading', { level: 1, name: 'New task' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    await page.getByRole('navigation').getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('searchbox', { name: 'Search' }).fill('asked early');
    const made = page.evaluate(async () => {
      const task = await window.errand?.enqueue('demo.once', undefined, { name: 'Asked early' });
      return task?.created;
    });
    await page.evaluate(() => {
      (Reflect.get(window, 'letThrough') as () => void)();
    });
    expect(await made).toBe(true);
    await page.getByRole('row', { name: 'Asked early' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(1);
  });

  it('says that the code of a page could not be loaded, goes on beside it, and loads it once that can be', async () => {
    const page = await browser.newPage();
    await page.route('**/sw.js', (route) => route.abort());
    await page.route('**/assets/Health-*.js', (route) => route.abort());
    await page.goto(app.url);
    await untilReady(page);
    const goWrong = async () => {
      await page.getByRole('link', { name: 'Health' }).click();
      await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor();
    };
    await goWrong();
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
    await goWrong();
    await page.unroute('**/assets/Health-*.js');
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'Health' }).waitFor();
  });

  it('promise 4 costs a task nothing where its page is loaded anew again and again while it runs', async () => {
    const page = await open();
    await page.evaluate(async () => {
      for (let i = 0; i < 6; i++) await window.errand?.enqueue('demo.steps');
    });
    for (let loads = 0; loads < 20; loads++) {
      await expect
        .poll(() => page.evaluate(async () => (await window.errand?.stats())?.running), SOON)
        .toBeGreaterThan(0);
      await page.reload();
      await untilReady(page);
    }
    expect(await page.evaluate(() => window.errand?.stats())).toMatchObject({ failed: 0 });
  });

  it('breaks none of its policies: pages, workers and WebAssembly, its reference and a worker from elsewhere refused', async () => {
    const page = await open();
    const errors = errorsOf(page);
    await controllingWorker(page);
    expect(await hashSomething(page)).toMatchObject({ results: [{ hash: ABC }] });
    for (const path of ['/tasks', '/new', '/health', '/settings', '/', '/tasks/nothing']) {
      await page.goto(app.url + path);
      await untilReady(page);
      expect(await violationsOf(page)).toEqual([]);
    }
    await page.goto(`${app.url}/api/docs`);
    await page.getByText('List tasks, a page at a time.', { exact: true }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.goto(app.url);
    const refused = await page.evaluate(() => {
      try {
        new Worker('data:text/javascript,1');
        return 'started';
      } catch (error) {
        return String(error);
      }
    });
    expect(refused).toContain('TypeError');
    const inline = await page.evaluate(async () => {
      const script = document.createElement('script');
      try {
        script.textContent = 'window.violations = undefined';
        document.body.append(script);
      } catch {
        return 'refused';
      }
      await Promise.resolve();
      return window.violations === undefined ? 'ran' : 'refused';
    });
    expect(inline).toBe('refused');
  });

  it('F7 can be installed, with nothing to find fault with', async () => {
    const page = await open();
    await controllingWorker(page);
    const devtools = await browser.newCDPSession(page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
    const { errors } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
  });

  it('F7 takes what is shared to it, and starts nothing by itself', async () => {
    const page = await open();
    await controllingWorker(page);
    const [photo] = await drawPhotos(page, 1, 320, 240);
    await share(page, { name: '../<b>photo</b>.jpg', base64: photo?.buffer.toString('base64') ?? '' });
    await page.getByRole('button', { name: 'Convert 1 photo' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate(() => window.errand?.stats())).toMatchObject({ pending: 0, running: 0, completed: 0 });
    expect(await page.evaluate(() => caches.has('errand-shared'))).toBe(false);
    expect(await page.evaluate(() => document.querySelector('b') === null)).toBe(true);
  });

  it('F7 takes shared text to the form for a task', async () => {
    const page = await open();
    await controllingWorker(page);
    await share(page, { url: 'https://example.org/?a=1&b=<script>', text: 'x'.repeat(20_000) });
    const { pathname, searchParams } = new URL(page.url());
    expect([pathname, searchParams.get('url')]).toEqual(['/new', 'https://example.org/?a=1&b=<script>']);
    expect(searchParams.get('text')?.length).toBeLessThan(10_000);
  });

  it('F7 D6 pauses everything from its icon once a person says so, with an undo', async () => {
    const page = await open('/?do=pause-all');
    const rules = () => page.evaluate(async () => (await window.errand?.pauses())?.length);
    expect(await rules()).toBe(0);
    await page.getByRole('button', { name: 'Pause all' }).click();
    await expect.poll(rules, SOON).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(rules, SOON).toBe(0);
  });

  it('F7 tells of what ended while nobody looked, once a person has asked for it', async () => {
    await browser.grantPermissions(['notifications'], { origin: app.url });
    const page = await open();
    const worker = await controllingWorker(page);
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
    expect(await run(page, 'demo.steps', undefined)).toBe('completed');
    await page.evaluate(() => window.errand?.configure({ notifications: true }));
    await page.reload();
    await untilReady(page);
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
    await run(page, 'http.request', { url: `${app.url}/nothing.json`, expect: ['5xx'] });
    const shown = () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return (await registration.getNotifications()).map(({ title }) => title);
      });
    await expect.poll(shown, SOON).toEqual(['http.request: failed']);
    await worker?.evaluate(async () => {
      const scope = globalThis as unknown as { registration: ServiceWorkerRegistration };
      const [notification] = await scope.registration.getNotifications();
      dispatchEvent(
        Object.assign(new Event('notificationclick'), { notification, action: 'retry', waitUntil: () => {} }),
      );
    });
    await expect
      .poll(() => page.evaluate(async () => (await window.errand?.list())?.tasks.map(({ runCount }) => runCount)), SOON)
      .toContain(2);
  });
});

describe('E6 a newer version', { timeout: 90_000 }, () => {
  const built = readFileSync(SERVICE_WORKER);
  afterEach(() => writeFileSync(SERVICE_WORKER, built));

  it('is offered, and taken with nothing of what runs lost; another tab is told', async () => {
    const page = await open();
    await controllingWorker(page);
    const other = await open();
    const id = await page.evaluate(async () => (await window.errand?.enqueue('demo.steps'))?.id ?? '');
    await page.evaluate(async (task) => {
      for await (const now of window.errand?.changes(task) ?? []) if (now.progress.percent >= 40) return;
    }, id);
    const before = await page.evaluate((task) => window.errand?.detail(task), id);
    appendFileSync(SERVICE_WORKER, '\n// A newer version.\n');
    await takeUpdate(page);
    await other.getByText('Errand is open in another tab').waitFor();
    const ended = await page.evaluate((task) => window.errand?.wait(task), id);
    expect(ended?.task).toMatchObject({ status: 'completed', retryCount: 0 });
    const after = await page.evaluate((task) => window.errand?.detail(task), id);
    for (const step of before?.steps.filter(({ status }) => status === 'completed') ?? [])
      expect(after?.steps.find(({ name }) => name === step.name)).toEqual(step);
  });

  it('of the database makes an old tab stop writing, and say so', async () => {
    const page = await open();
    const newer = await browser.newPage();
    await newer.goto(`${app.url}/favicon.svg`);
    await newer.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('errand:default', 9_999);
          request.onsuccess = () => resolve();
          request.onerror = () => reject(new Error(request.error?.message));
        }),
    );
    await page.getByText('The database was closed').first().waitFor();
    const refused = await page.evaluate(() =>
      window.errand?.enqueue('demo.steps').then(
        () => 'taken',
        (error: unknown) => String(error),
      ),
    );
    expect(refused).not.toBe('taken');
    // Nothing of it is in the new one's way.
    const leader = () =>
      newer.evaluate(async () =>
        (await navigator.locks.query()).held?.some(({ name }) => name === 'errand:default:leader'),
      );
    await expect.poll(leader, SOON).toBe(false);
  });
});

/** Sends the form that the system sends. */
async function share(
  page: Page,
  given: { name?: string; base64?: string; url?: string; text?: string },
): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page.evaluate(({ name, base64, ...texts }) => {
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: '/share', enctype: 'multipart/form-data' });
    for (const [field, value] of Object.entries(texts)) {
      const input = document.createElement('input');
      Object.assign(input, { name: field, value });
      form.append(input);
    }
    if (name !== undefined) {
      const bytes = Uint8Array.from(atob(base64 ?? ''), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name, { type: 'image/jpeg' }));
      const input = document.createElement('input');
      Object.assign(input, { type: 'file', name: 'files', multiple: true, files: transfer.files });
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }, given);
  await loaded;
}
