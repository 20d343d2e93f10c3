// Finds a Chromium: for the tests, and for ensure.mjs, which installs one where there is none.
// Plain Node without dependencies, because it also runs before anything is installed.

import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** What every test browser is started with. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of a Chromium: `CHROMIUM_PATH`, else one on the `PATH`, else the one that Playwright installed.
 * @returns {string | undefined}
 */
export function findChromium() {
  const asked = process.env.CHROMIUM_PATH;
  if (asked) {
    if (isExecutable(asked)) return asked;
    throw new Error(`CHROMIUM_PATH is ${asked}, which is no program that can be run. Correct it or unset it.`);
  }
  return onPath() ?? ofPlaywright();
}

/**
 * Like `findChromium`, but throws where there is none.
 * @returns {string}
 */
export function requireChromium() {
  const found = findChromium();
  if (found === undefined) throw new Error('There is no Chromium. Run `node test/support/ensure.mjs browser`.');
  return found;
}

/** @returns {string | undefined} */
function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** @returns {string | undefined} */
function ofPlaywright() {
  try {
    /** @type {typeof import('playwright-core')} */
    const playwright = createRequire(import.meta.url)('playwright-core');
    const path = playwright.chromium.executablePath();
    return isExecutable(path) ? path : undefined;
  } catch {
    return undefined; // Playwright is not installed, or knows no browser for this system.
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
