// `<errand-board>` on somebody else's pages (F4): under their policy or none, from their origin or another, with workers or
// without, once or twice, and gone again.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrandBoard } from '../../src/element/index.ts';
import { errorsOf, launch } from '../support/browser.ts';
import { type Hosts, serveHosts } from '../support/hosts.ts';

let hosts: Hosts;
let browser: BrowserContext;

beforeAll(async () => {
  hosts = await serveHosts();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await hosts.close();
});

interface Visit {
  file?: string;
  attributes?: string;
  policy?: 'strict';
  head?: string;
  body?: string;
}

let databases = 0;
const newDatabase = () => `element-${++databases}`;

/** Opens a page with a board, and resolves once that is ready. */
async function visit({ file = hosts.own, attributes = '', body, ...options }: Visit = {}) {
  const database = newDatabase();
  const page = await browser.newPage();
  const errors = errorsOf(page);
  const board = body ?? `<errand-board database="${database}" ${attributes}></errand-board>`;
  await page.goto(hosts.page(`${board}<script type="module" src="${file}"></script>`, options));
  await ready(page);
  return { page, errors, database };
}

function ready(page: Page, selector = 'errand-board'): Promise<unknown> {
  return page.waitForFunction((where) => document.querySelector<ErrandBoard>(where)?.mode !== undefined, selector);
}

const modeOf = (page: Page) => page.evaluate(() => document.querySelector('errand-board')?.mode);

/** An engine holds one for as long as it lives. */
async function locksHeld(): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  return held.map(({ name = '' }) => name);
}

/** Asks a server for something, in a task of the board's own runner. */
function request(page: Page): Promise<unknown> {
  return page.evaluate(async (url) => {
    const runner = document.querySelector('errand-board')?.runner;
    const task = await runner?.enqueue('http.request', { url }, { name: 'Say hello' });
    return task?.result();
  }, hosts.hello);
}

describe('F4 the element', () => {
  it('is its own worker, from the origin of the page', async () => {
    const { page, errors } = await visit();
    expect(await modeOf(page)).toBe('worker');
    expect(await request(page)).toMatchObject({ status: 200 });
    await page.getByText('Say hello').first().waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('is its own worker, slots included, from another origin', async () => {
    const { page, errors } = await visit({ file: hosts.elsewhere });
    expect(await modeOf(page)).toBe('worker');
    expect(await request(page)).toMatchObject({ status: 200 });
    expect(errors).toEqual([]);
    await page.close();
  });

  it('keeps to a strict policy', async () => {
    const { page, errors } = await visit({ policy: 'strict' });
    expect(await modeOf(page)).toBe('worker');
    expect(await request(page)).toMatchObject({ status: 200 });
    await page.getByText('Say hello').first().click();
    await page.getByRole('heading', { name: 'Say hello' }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('takes the worker of the page where the policy lets no other start', async () => {
    const { page } = await visit({
      file: hosts.elsewhere,
      policy: 'strict',
      attributes: `worker-url="${hosts.own}"`,
    });
    expect(await modeOf(page)).toBe('worker-url');
    expect(await request(page)).toMatchObject({ status: 200 });
    await page.close();
  });

  it('works in the page itself where no worker may start, and tells', async () => {
    const { page } = await visit({ file: hosts.elsewhere, policy: 'strict' });
    expect(await modeOf(page)).toBe('page');
    expect(page.workers()).toEqual([]);
    expect(await request(page)).toMatchObject({ status: 200 });
    await page.close();
  });

  it('lives in a shadow tree, and its events leave it', async () => {
    const database = newDatabase();
    const page = await browser.newPage();
    await page.goto(hosts.page(`<div id="host"></div><script type="module" src="${hosts.own}"></script>`));
    const heard = await page.evaluate(async (name) => {
      const names: string[] = [];
      for (const type of ['errand-ready', 'errand-enqueued', 'errand-finished'])
        document.addEventListener(type, () => names.push(type));
      await customElements.whenDefined('errand-board');
      const board = document.createElement('errand-board');
      board.setAttribute('database', name);
      document.querySelector('#host')?.attachShadow({ mode: 'open' }).append(board);
      await new Promise((resolve) => {
        document.addEventListener('errand-ready', resolve, { once: true });
      });
      const finished = new Promise((resolve) => {
        document.addEventListener('errand-finished', resolve, { once: true });
      });
      await board.runner?.enqueue('http.request', { url: new URL('/hello', location.href).href });
      await finished;
      return names;
    }, database);
    expect(heard).toEqual(['errand-ready', 'errand-enqueued', 'errand-finished']);
    await page.close();
  });

  it('shares one engine with another of its database', async () => {
    const one = `<errand-board database="${newDatabase()}"></errand-board>`;
    const { page } = await visit({ body: `<div id="a">${one}</div><div id="b">${one}</div>` });
    await ready(page, '#b errand-board');
    const ids = await page.evaluate(() =>
      Promise.all(
        [...document.querySelectorAll('errand-board')].map(async ({ runner }) => (await runner?.status())?.engineId),
      ),
    );
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
    await page.close();
  });

  it('leaves nothing behind when it is removed, and comes again', async () => {
    const { page } = await visit();
    await request(page);
    for (let i = 0; i < 3; i++) {
      await page.evaluate(() => document.querySelector('errand-board')?.remove());
      // Not the list of workers: Chromium under a debugger keeps one that is ended before the debugger lets it start.
      await expect.poll(() => page.evaluate(locksHeld), { timeout: 30_000 }).toEqual([]);
      expect(await page.evaluate(() => globalThis.__errandEngines?.size)).toBe(0);
      await page.evaluate((database) => {
        const board = document.createElement('errand-board');
        board.setAttribute('database', database);
        document.body.append(board);
      }, `element-${databases}`);
      await ready(page);
    }
    await page.getByText('Say hello').first().waitFor();
    await page.close();
  });

  it('stays as it is when it is only moved', async () => {
    const { page } = await visit();
    const before = await page.evaluate(async () => {
      const board = document.querySelector('errand-board');
      const id = (await board?.runner?.status())?.engineId;
      const elsewhere = document.body.appendChild(document.createElement('section'));
      if (board !== null) elsewhere.append(board);
      return id;
    });
    await ready(page);
    const after = await page.evaluate(
      async () => (await document.querySelector('errand-board')?.runner?.status())?.engineId,
    );
    expect(after).toBe(before);
    await page.close();
  });

  it('lets no style in but its own properties, and none out', async () => {
    const head = '<style>button { background: rgb(255, 0, 0) !important } h1 { font-size: 99px }</style>';
    const { page } = await visit({ head, body: `<h1>Host</h1><errand-board database="styles"></errand-board>` });
    const seen = await page.evaluate(() => {
      const shadow = document.querySelector('errand-board')?.shadowRoot;
      const inside = [...(shadow?.querySelectorAll('button, h1') ?? [])].map((each) => getComputedStyle(each));
      return {
        red: inside.filter(({ backgroundColor }) => backgroundColor === 'rgb(255, 0, 0)').length,
        huge: inside.filter(({ fontSize }) => fontSize === '99px').length,
        hostHeading: getComputedStyle(document.querySelector('h1') as Element).fontSize,
        hostMargin: getComputedStyle(document.body).marginTop,
        sheets: document.adoptedStyleSheets.length + document.styleSheets.length,
      };
    });
    expect(seen).toEqual({ red: 0, huge: 0, hostHeading: '99px', hostMargin: '8px', sheets: 1 });
    await page.close();
  });

  it('F3 shows somebody their own tasks, and no more than they may do', async () => {
    const { page, database } = await visit();
    await request(page);
    await page.setContent('');
    await page.goto(
      hosts.page(
        `<errand-board database="${database}" user="ana" role="viewer" view="tasks"></errand-board>` +
          `<script type="module" src="${hosts.own}"></script>`,
      ),
    );
    await ready(page);
    expect(await page.evaluate(async () => (await document.querySelector('errand-board')?.runner?.list())?.total)).toBe(
      0,
    );
    await page.close();
  });

  it('warns of another version, and stays what it was', async () => {
    const { page } = await visit();
    const warned = page.waitForEvent('console', (said) => said.type() === 'warning');
    await page.addScriptTag({ url: hosts.other, type: 'module' });
    expect((await warned).text()).toContain('0.0.1-other is not used');
    await request(page);
    await page.close();
  });

  it('minds no other Dexie on its page', async () => {
    const head = "<script>globalThis[Symbol.for('Dexie')] = Object.assign(() => {}, { semVer: '3.2.7' })</script>";
    const { page, errors } = await visit({ head });
    expect(await request(page)).toMatchObject({ status: 200 });
    expect(errors).toEqual([]);
    await page.close();
  });

  it('takes a runner of the page, and leaves it open', async () => {
    const { page } = await visit();
    const result = await page.evaluate(async () => {
      const first = document.querySelector('errand-board');
      const runner = first?.runner;
      const second = document.createElement('errand-board');
      second.runner = runner;
      document.body.append(second);
      await new Promise((resolve) => {
        second.addEventListener('errand-ready', resolve, { once: true });
      });
      const { mode } = second;
      second.remove();
      await new Promise((resolve) => setTimeout(resolve));
      return { mode, stats: await runner?.stats() };
    });
    expect(result).toMatchObject({ mode: 'given', stats: { pending: 0 } });
    await page.close();
  });
});
