// Firefox and WebKit: no Background Sync, and in WebKit's private sessions no OPFS. The same resume by the fallbacks, the app
// offline, the board, and the REST surface. Skipped where a browser is not installed.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MoodyServer, startMoodyServer } from '../support/moody-server.ts';
import { hasBrowser, openTab, type OtherBrowser, type Tab } from '../support/other-browsers.ts';
import { serveApp, type Served } from '../support/serve.ts';

const BROWSERS: OtherBrowser[] = ['firefox', 'webkit'];

/** In the page, which it cannot leave: makes a task by the form, and looks at it in each place. Says what the page showed. */
async function useBoard(name: string): Promise<string[]> {
  /** Once something of these words is on the page. After half a minute, an error that says what is there instead. */
  const shown = <E extends HTMLElement>(selector: string, words = '') =>
    new Promise<E>((resolve, reject) => {
      const look = () => {
        const all = [...document.querySelectorAll<E>(selector)];
        const found = all.find((each) => each.checkVisibility() && each.textContent.includes(words));
        if (found === undefined) return;
        watcher.disconnect();
        clearTimeout(timer);
        resolve(found);
      };
      const watcher = new MutationObserver(look);
      const timer = setTimeout(() => {
        watcher.disconnect();
        reject(new Error(`No ${selector} "${words}" at ${location.href}: ${document.body.innerText}`));
      }, 30_000);
      watcher.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    });
  const field = async (label: string) => {
    const { htmlFor } = await shown<HTMLLabelElement>('label[for]', label);
    return document.getElementById(htmlFor) as HTMLInputElement;
  };
  const type = (input: HTMLInputElement, text: string) => {
    input.value = text;
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };

  (await shown('a[href="/new"]')).click();
  (await shown('input[name="type"][value="demo.steps"]')).click();
  type(await field('Name'), name);
  (await shown('button', 'Create')).click();
  const title = (await shown('main h1', name)).textContent;
  const status = (await shown('main header p', 'Completed')).textContent;
  (await shown('nav a[href="/tasks"]')).click();
  const row = (await shown('[role="row"]', name)).textContent;
  const search = await shown<HTMLInputElement>('input[type="search"]');
  type(search, 'nothing of this name');
  const none = (await shown('main h2', 'No matching tasks')).textContent;
  type(search, name);
  (await shown('[role="grid"] a', name)).click();
  const opened = (await shown('main h1', name)).textContent;
  return [title, status, row, none, opened];
}

describe.each(BROWSERS)('%s', { timeout: 180_000 }, (name) => {
  let app: Served;
  let server: MoodyServer;
  let tab: Tab;

  beforeEach(async () => {
    if (!hasBrowser(name)) return;
    app = await serveApp();
    server = await startMoodyServer();
    tab = await openTab(name);
    await tab.goto(app.url);
    await started();
  });

  afterEach(async () => {
    if (!hasBrowser(name)) return;
    await tab.close();
    await server.close();
    await app.close();
  });

  /** Once the page has its runner, and its service worker the page. */
  const started = () =>
    tab.evaluate(async () => {
      while (window.errand === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
      const { serviceWorker } = navigator;
      if (serviceWorker.controller !== null) return;
      await new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
    });

  it.skipIf(!hasBrowser(name))('E2 what could not be sent goes on after a start, with nothing lost', async () => {
    const { port } = new URL(server.url);
    await server.close();
    const id = await tab.evaluate(async (url) => {
      const payload = { url, body: { json: 1 }, expectType: 'application/json' };
      const task = await window.errand?.enqueue('http.request', payload);
      return task?.id ?? '';
    }, `${server.url}/${name}/ok`);
    // By another page, so that this one may be laid aside, to be shown again by Back.
    await tab.goto(`${app.url}/favicon.svg`);
    await tab.goto(app.url);
    await started();
    server = await startMoodyServer(Number(port));
    const ended = await tab.evaluate(
      async (task) => (await window.errand?.wait(task, { timeoutMs: 50_000 }))?.task.status,
      id,
    );
    expect(ended).toBe('completed');
    expect(Object.values(server.boxes.get(name)?.taken ?? {})).toEqual([1]);
  });

  it.skipIf(!hasBrowser(name))('E4 the app works offline after the first visit', async () => {
    await app.close();
    await tab.reload();
    await started();
    const status = await tab.evaluate(async () => {
      const task = await window.errand?.enqueue('demo.steps');
      return (await window.errand?.wait(task?.id ?? '', { timeoutMs: 50_000 }))?.task.status;
    });
    expect(status).toBe('completed');
    app = await serveApp();
  });

  it.skipIf(!hasBrowser(name))(
    'F2 a task is made by the form, ends, is listed, found by a search, and opened',
    async () => {
      const [title, status, row, none, opened] = await tab.evaluate(useBoard, 'A walk');
      expect([title, opened]).toEqual(['A walk', 'A walk']);
      expect([status, row]).toEqual([expect.stringContaining('Completed'), expect.stringContaining('Completed')]);
      expect(none).toBe('No matching tasks');
    },
  );

  it.skipIf(!hasBrowser(name))('F1 the REST surface answers, well asked and badly', async () => {
    const answers = await tab.evaluate(async () => {
      const ask = async (path: string, init?: RequestInit) => {
        const response = await fetch(path, init);
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      const made = await ask('/api/v1/tasks', { method: 'POST', body: '{"id":"mine","type":"demo.steps"}' });
      const waited = await ask('/api/v1/tasks/mine/wait?timeoutSecs=30');
      const bad = await ask('/api/v1/tasks?limit=0');
      const page = await fetch('/api/docs');
      return {
        made: made.status,
        finished: waited.body.finished,
        bad: [bad.status, bad.body.error],
        page: page.status,
      };
    });
    expect(answers).toEqual({ made: 201, finished: true, bad: [422, 'invalid_pagination'], page: 200 });
  });
});
