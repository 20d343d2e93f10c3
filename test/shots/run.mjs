// `npm run shots`: a picture of every place, 1280 and 360 pixels wide, light and dark, in dist/shots. Look at them.
//   --only NAME    one place (several: NAME,NAME)

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { CHROMIUM_ARGS, requireChromium } from '../support/chromium.mjs';
import { furnish } from './furnish.mjs';
import { SCENES } from './scenes.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'dist/shots');
const SIZES = { 1280: 800, 360: 740 };

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
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
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await ready(page);
  const made = await page.evaluate(furnish);
  for (const scene of scenes)
    for (const scheme of /** @type {const} */ (['light', 'dark'])) await shoot(page, scene, scheme, made);
} finally {
  await browser.close();
  await server.close();
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
