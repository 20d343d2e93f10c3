// Starting with the network gone, on the app as it is served to people: how soon it paints and takes input with many
// tasks at rest, against a page with one word on it that a service worker gives out of its cache.

/* global window, document, location, requestAnimationFrame, requestIdleCallback */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, requireChromium } from '../support/chromium.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const TASKS = 10_000;
const AT_ONCE = 1_000;
const DAY_MS = 86_400_000;

const BLANK = {
  '/': '<!doctype html><html lang="en"><title>Blank</title><button id="ready">Blank</button>',
  '/sw.js': `
    addEventListener('install', (event) =>
      event.waitUntil(caches.open('blank').then((cache) => cache.add('/')).then(() => skipWaiting())));
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => event.respondWith(caches.match(event.request.url)));
  `,
};

/** @typedef {import('playwright-core').BrowserContext} BrowserContext */
/** @typedef {{ paint: number, ready: number, rows: number }} Start In ms since the navigation began. */

/**
 * Has both installed and filled, takes the servers away, and starts one after the other.
 * @param {number} rounds
 * @returns {Promise<Record<string, { ours: number, limit: number }>[]>} Of each round, the figures of three rows.
 */
export async function offline(rounds) {
  await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
  const app = await preview({ configFile: join(ROOT, 'vite.config.ts'), preview: { port: 0, strictPort: false } });
  const blank = await serveBlank();
  const profile = mkdtempSync(join(tmpdir(), 'errand-bench-'));
  const executablePath = requireChromium();
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: CHROMIUM_ARGS });
  try {
    const ours = {
      url: `${addressOf(app.httpServer)}tasks`,
      ready: 'main input[type=search]',
      rows: '[role=row][aria-selected]',
    };
    const limit = { url: addressOf(blank), ready: '#ready', rows: '#ready' };
    await fill(context, ours.url);
    await install(context, limit.url);
    await app.close();
    await new Promise((resolve) => blank.close(resolve));
    const figures = [];
    for (let round = 0; round < rounds; round++) {
      const first = await start(context, round % 2 === 0 ? limit : ours);
      const second = await start(context, round % 2 === 0 ? ours : limit);
      const [mine, theirs] = round % 2 === 0 ? [second, first] : [first, second];
      figures.push({
        'offline-paint': { ours: mine.paint, limit: theirs.paint },
        'offline-ready': { ours: mine.ready, limit: theirs.ready },
        'offline-rows': { ours: mine.rows, limit: theirs.rows },
      });
    }
    return figures;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @returns {Promise<import('node:http').Server>} */
async function serveBlank() {
  const server = createServer((request, response) => {
    const body = request.url === '/sw.js' ? BLANK['/sw.js'] : BLANK['/'];
    response.setHeader('content-type', request.url === '/sw.js' ? 'text/javascript' : 'text/html').end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  server.unref();
  return server;
}

/** @param {Pick<import('node:http').Server, 'address'>} server */
function addressOf(server) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/`;
}

/**
 * Installs the app, with tasks that rest: half of them wait for tomorrow, half are over.
 * @param {BrowserContext} context
 * @param {string} url
 */
async function fill(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'errand' in window && navigator.serviceWorker.controller !== null);
  await page.evaluate(
    async ([tasks, atOnce, tomorrow]) => {
      const runner = /** @type {import('../../src/index.ts').Runner} */ (Reflect.get(window, 'errand'));
      for (let done = 0; done < tasks; done += atOnce) {
        const given = Array.from({ length: atOnce }, (_, i) => ({
          type: 'http.request',
          payload: { url: `${location.origin}/nothing/${done + i}` },
          options: { name: `Request ${done + i}`, schedule: { at: tomorrow } },
        }));
        await runner.enqueueMany(given);
        if ((done / atOnce) % 2 === 0) await runner.bulk('cancel', { status: 'pending' });
      }
    },
    /** @type {[number, number, number]} */ ([TASKS, AT_ONCE, Date.now() + DAY_MS]),
  );
  await page.close();
}

/**
 * @param {BrowserContext} context
 * @param {string} url
 */
async function install(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.close();
}

/**
 * Opens a page in a new tab. It is ready for input when what takes it is there and an idle moment has come; its rows are there
 * when the same holds for them.
 * @param {BrowserContext} context
 * @param {{ url: string, ready: string, rows: string }} which
 * @returns {Promise<Start>}
 */
async function start(context, { url, ready, rows }) {
  const page = await context.newPage();
  await page.addInitScript(
    (wanted) => {
      for (const [name, selector] of Object.entries(wanted)) {
        const look = () => {
          if (document.querySelector(selector) === null) requestAnimationFrame(look);
          else requestIdleCallback(() => Object.assign(window, { [name]: performance.now() }));
        };
        look();
      }
    },
    { readyAt: ready, rowsAt: rows },
  );
  await page.goto(url);
  await page.waitForFunction(
    () => 'readyAt' in window && 'rowsAt' in window && performance.getEntriesByType('paint').length > 0,
  );
  const figures = await page.evaluate(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const at = (/** @type {string} */ name) => Number(Reflect.get(window, name));
    return { paint: paint?.startTime ?? NaN, ready: at('readyAt'), rows: at('rowsAt') };
  });
  await page.close();
  return figures;
}
