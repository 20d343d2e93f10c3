// Where the benchmarks play: the page, built and served as a user's would be, in a browser of its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, requireChromium } from '../support/chromium.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
/** Isolated, so that clocks tick in 5 microseconds instead of 100. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** A benchmark that takes longer hangs. The longest has 200,000 tasks. */
const MOST_MS = 400_000;

/**
 * @typedef {object} Stage
 * @property {import('playwright-core').BrowserContext} context
 * @property {() => Promise<import('playwright-core').Page>} open Opens the benchmarks' page anew.
 * @property {string} profile The folder of the browser's profile.
 * @property {string} version The browser's.
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ minify?: boolean, args?: string[] }} [options]
 * @returns {Promise<Stage>}
 */
export async function setUp({ minify = true, args = [] } = {}) {
  process.env.NODE_ENV = 'production';
  /** @type {import('vite').InlineConfig} */
  const config = {
    configFile: false,
    root: join(import.meta.dirname, 'page'),
    cacheDir: join(ROOT, 'node_modules/.vite/bench'),
    publicDir: false,
    plugins: [svelte({ configFile: false }), sink()],
    logLevel: 'warn',
    build: { outDir: join(ROOT, 'dist/bench'), emptyOutDir: true, minify },
    worker: { format: 'es' },
    preview: { host: '127.0.0.1', port: 0, headers: ISOLATED },
  };
  await build(config);
  await build(serviceWorker(minify));
  const server = await preview(config);
  const profile = mkdtempSync(join(tmpdir(), 'errand-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: requireChromium(),
    args: [...CHROMIUM_ARGS, ...args],
    headless: true,
  });
  return {
    context,
    profile,
    version: context.browser()?.version() ?? 'unknown',
    open: () => openPage(context, urlOf(server)),
    async close() {
      await context.close();
      await server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Takes whatever is sent to it. */
function sink() {
  /** @type {import('vite').Connect.NextHandleFunction} */
  const take = (request, response, next) => {
    if (request.url !== '/sink') {
      next();
      return;
    }
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json').end('{}');
    });
  };
  return {
    name: 'bench:sink',
    /** @param {import('vite').PreviewServer} server */
    configurePreviewServer: ({ middlewares }) => void middlewares.use(take),
  };
}

/**
 * Beside the page, as a classic script in one piece.
 * @param {boolean} minify
 * @returns {import('vite').InlineConfig}
 */
function serviceWorker(minify) {
  const root = join(import.meta.dirname, 'page');
  const output = { format: /** @type {const} */ ('iife'), entryFileNames: 'bench.sw.js', codeSplitting: false };
  const rolldownOptions = { input: join(root, 'bench.sw.ts'), output };
  return {
    configFile: false,
    root,
    cacheDir: join(ROOT, 'node_modules/.vite/bench'),
    publicDir: false,
    logLevel: 'warn',
    build: { outDir: join(ROOT, 'dist/bench'), emptyOutDir: false, minify, rolldownOptions },
  };
}

/** @param {import('vite').PreviewServer} server */
function urlOf(server) {
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/`;
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} url
 */
async function openPage(context, url) {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`page: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`page: ${String(error)}`));
  await page.goto(url);
  await page.waitForFunction(() => 'benchmarks' in globalThis);
  return page;
}

/**
 * One round of a benchmark, in the page. Rejects with what is known if it does not end.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {'ours' | 'limit'} first
 * @returns {Promise<Record<string, { ours: number, limit: number }>>}
 */
export function play(page, name, first) {
  return page.evaluate(([name, first, mostMs]) => {
    /** @typedef {{ status: () => Promise<unknown>, stats: () => Promise<unknown> }} Asked */
    const { benchmarks } = /** @type {{ benchmarks: Record<string, (first: string) => Promise<any>> }} */ (
      /** @type {unknown} */ (globalThis)
    );
    const bench = benchmarks[name];
    if (bench === undefined) throw new Error(`There is no benchmark named ${name}.`);
    const late = new Promise((_, reject) => {
      setTimeout(async () => {
        const { lastRunner } = /** @type {{ lastRunner: Asked }} */ (/** @type {unknown} */ (globalThis));
        const known = await Promise.all([lastRunner.status(), lastRunner.stats()]).catch(String);
        reject(new Error(`The benchmark ${name} did not end. ${JSON.stringify(known)}`));
      }, mostMs);
    });
    return Promise.race([bench(first), late]).catch((error) => {
      throw new Error(`${error.stack ?? error} ${JSON.stringify(error.details ?? {})}`);
    });
  }, /** @type {[string, string, number]} */ ([name, first, MOST_MS]));
}
