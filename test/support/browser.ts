// What a journey needs: a real Chromium that can be killed, and a signal to wait on in place of a sleep.

import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page, type Worker } from 'playwright-core';
import { CHROMIUM_ARGS, requireChromium } from './chromium.mjs';
import { browserIn, killFamily } from './processes.ts';

export interface LaunchOptions {
  /** Kept after the browser ends, to be opened again. Default: a fresh one, deleted in the end. */
  profileDir?: string;
  /** Default true. */
  headless?: boolean;
}

const ends = new WeakMap<BrowserContext, () => Promise<void>>();

/** Starts Chromium on a profile. Close the context, or `killBrowser` it; both resolve once all its processes are gone. */
export async function launch({ profileDir, headless = true }: LaunchOptions = {}): Promise<BrowserContext> {
  const profile = profileDir ?? newProfile();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: requireChromium(),
    args: CHROMIUM_ARGS,
    headless,
  });
  const pid = browserIn(profile);
  const end = async () => {
    await killFamily(pid);
    if (profileDir === undefined) await removeProfile(profile);
  };
  const close = context.close.bind(context);
  context.close = async (options) => {
    await close(options);
    await end();
  };
  ends.set(context, end);
  return context;
}

/** An empty profile, for a journey that opens it more than once and deletes it with `removeProfile`. */
export function newProfile(): string {
  return mkdtempSync(join(tmpdir(), 'errand-profile-'));
}

/** Deletes a profile whose browser is gone. */
export async function removeProfile(profileDir: string): Promise<void> {
  await rm(profileDir, { recursive: true, force: true, maxRetries: 3 });
}

/** Ends the browser as a power cut would: SIGKILL to all its processes. Resolves once every one of them is gone. */
export async function killBrowser(context: BrowserContext): Promise<void> {
  const end = ends.get(context);
  if (end === undefined) throw new Error('This browser was not started by launch().');
  const noticed = new Promise((resolve) => context.once('close', resolve));
  await end();
  await noticed;
}

/** Gathers what the page's console calls an error and what nobody caught, as text, from now on. */
export function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}

/** Resolves with the text of the first console message from now on that matches. */
export async function consoleSays(page: Page, pattern: RegExp): Promise<string> {
  const message = await page.waitForEvent('console', (said) => pattern.test(said.text()));
  return message.text();
}

/** The page's service worker, once it is active and in control of the page. */
export async function controllingWorker(page: Page): Promise<Worker | undefined> {
  const url = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) {
      await new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
      });
    }
    return navigator.serviceWorker.controller?.scriptURL;
  });
  return page
    .context()
    .serviceWorkers()
    .find((worker) => worker.url() === url);
}

/** Takes the new version of the app that is served by now, as a person would. */
export async function takeUpdate(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  await page.getByText('A new version is ready').waitFor();
  const loaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await loaded;
  await untilReady(page);
}

/** Resolves once the page has an engine: its first answer is there. Until then it stands, and takes input. */
export async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(() => window.errand !== undefined);
  await page.evaluate(() => window.errand?.settings());
}
