// `npm run shots`: a picture of every place, 1280 and 360 pixels wide, light and dark, in dist/shots. Look at them.
//   --only NAME    one place (several: NAME,NAME)
//   --publish      instead, the pictures of the README and of the manifest, in public/screenshots

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { CHROMIUM_ARGS, requireChromium } from '../support/chromium.mjs';
import { furnish } from './furnish.mjs';
import { convertLandscapes } from './landscapes.mjs';
import { SCENES } from './scenes.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'dist/shots');
const SIZES = { 1280: 800, 360: 740 };

const PUBLIC = join(ROOT, 'public/screenshots');

const { values: options } = parseArgs({ options: { only: { type: 'string' }, publish: { type: 'boolean' } } });
const wanted = options.only?.split(',');
const scenes = SCENES.filter(({ name }) => wanted === undefined || wanted.includes(name));
mkdirSync(OUT, { recursive: true });

process.env.NODE_ENV = 'production';
const server = await preview({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn', preview: { port: 0 } });
const address = server.httpServer.address();
if (address === null || typeof address === 'string') throw new Error('The server has no port.');
const url = `http://127.0.0.1:${address.port}`;
const browser = await chromium.launch({ executablePath: requireChromium(), args: CHROMIUM_ARGS });
try {
  if (options.publish === true) await publish();
  else {
    const { page, made } = await furnished({ reducedMotion: 'reduce' });
    for (const scene of scenes)
      for (const scheme of /** @type {const} */ (['light', 'dark'])) await shoot(page, scene, scheme, made);
  }
} finally {
  await browser.close();
  await server.close();
}

/** @param {import('playwright-core').BrowserContextOptions} how */
async function furnished(how) {
  const context = await browser.newContext(how);
  const page = await context.newPage();
  await page.goto(url);
  await ready(page);
  return { page, made: await page.evaluate(furnish) };
}

/** The list and a batch at work on a wide screen, the start on a narrow one. */
async function publish() {
  const wide = await furnished({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await wide.page.goto(`${url}/tasks`);
  await wide.page.locator('[role=grid][aria-busy=false] .row[data-status]').first().waitFor();
  await picture(wide.page, 'tasks.png');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(url);
  await ready(page);
  const id = await page.evaluate(convertLandscapes, { count: 36, width: 4000, height: 3000 });
  await page.getByRole('navigation').getByRole('link', { name: 'Tasks' }).click();
  await page.getByRole('link', { name: '36 photos to WebP' }).first().click();
  await page.evaluate(halfDone, id);
  await picture(page, 'batch.png');
  const phone = { viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
  const narrow = await furnished({ ...phone, colorScheme: 'light' });
  await narrow.page.goto(url);
  await ready(narrow.page);
  await picture(narrow.page, 'narrow.png');
}

/** @param {string} id */
async function halfDone(id) {
  const { errand } = /** @type {{ errand: import('../../src/index.ts').Runner }} */ (/** @type {unknown} */ (window));
  for (;;) {
    const { steps } = await errand.detail(id);
    const { total = 0, done = 0 } = steps[0]?.items ?? {};
    if (total > 0 && done * 2 >= total - 6) return;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
async function picture(page, name) {
  await page.waitForTimeout(500); // Pictures of files are decoded off the main thread, and say nothing when they are there.
  await page.screenshot({ path: join(PUBLIC, name) });
  console.log(`public/screenshots/${name}`);
}

/**
 * @param {import('playwright-core').Page} page
 * @param {import('./scenes.mjs').Scene} scene
 * @param {'light' | 'dark'} scheme
 * @param {Record<string, string>} made The ids of the tasks that were made, by their names.
 */
async function shoot(page, { name, path, prepare }, scheme, made) {
  await page.emulateMedia({ colorScheme: scheme });
  for (const [width, height] of Object.entries(SIZES)) {
    await page.setViewportSize({ width: Number(width), height });
    await page.goto(url + path(made));
    await ready(page);
    await page.locator('main :is(h1, h2)').first().waitFor({ state: 'attached' });
    await prepare?.(page);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(400); // Pictures of files are decoded off the main thread, and say nothing when they are there.
    await page.screenshot({ path: join(OUT, `${name}-${width}-${scheme}.png`) });
    console.log(`${name}-${width}-${scheme}.png`);
  }
}

/**
 * Its engine has answered for the first time.
 * @param {import('playwright-core').Page} page
 */
async function ready(page) {
  await page.waitForFunction(() => 'errand' in window);
  await page.evaluate(async () => {
    await /** @type {import('../../src/index.ts').Runner} */ (Reflect.get(window, 'errand')).settings();
  });
}
