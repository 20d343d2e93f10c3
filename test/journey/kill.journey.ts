// Promises 1, 2 and 4: the browser is killed in the middle of its work, again and again, on one profile.
// What was accepted ends; what was recorded was recorded once; no part starts twice in one life of the browser. Every
// sixth time its database is deleted, too.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { killBrowser, launch, newProfile, removeProfile } from '../support/browser.ts';
import { type Ledger, openLedger } from '../support/ledger.ts';
import { serveFixtures, type Served } from '../support/serve.ts';

const CYCLES = Number(process.env.ERRAND_KILLS ?? 60);
const WIPE_EVERY = 6;

let pages: Served;
let ledger: Ledger;
const profileDir = newProfile();

beforeAll(async () => {
  [pages, ledger] = await Promise.all([serveFixtures(), openLedger()]);
});

afterAll(async () => {
  await Promise.all([pages.close(), ledger.close()]);
  await removeProfile(profileDir);
});

interface Life {
  browser: BrowserContext;
  page: Page;
  /** The database had been deleted, by the browser itself or by us, and Errand made it again. */
  restored: boolean;
}

async function begin(): Promise<Life> {
  ledger.life += 1;
  const browser = await launch({ profileDir });
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(`${pages.url}/kill.html?ledger=${encodeURIComponent(ledger.url)}`);
  await page.evaluate(() => window.runner);
  const kinds = await page.evaluate(() => window.notices.map((notice) => notice.kind));
  expect(kinds).not.toContain('database-lost');
  return { browser, page, restored: kinds.includes('database-restored') };
}

/** Does to a profile what Chromium does in one of some hundred kills: deletes the site's databases, and them alone. */
async function wipe(): Promise<void> {
  await rm(join(profileDir, 'Default', 'IndexedDB'), { recursive: true, force: true });
}

describe(`${CYCLES} kills in the middle of a batch`, () => {
  it(
    'lose nothing accepted, record nothing twice, and cost each part one more start at most',
    { timeout: 60_000 + CYCLES * 10_000 },
    async () => {
      let restored = 0;
      let forced = 0;
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        const life = await begin();
        restored += life.restored ? 1 : 0;
        const before = ledger.starts.length;
        void life.page.evaluate((n) => window.work(n), cycle).catch(() => undefined);
        await ledger.reached(before + 1 + Math.floor(Math.random() * 40));
        await killBrowser(life.browser);
        if (cycle % WIPE_EVERY !== WIPE_EVERY - 1) continue;
        await wipe();
        forced += 1;
      }
      const { browser, page, restored: atLast } = await begin();
      restored += atLast ? 1 : 0;
      expect(ledger.acknowledged.size).toBeGreaterThan(CYCLES);
      const results = await page.evaluate(endsOf, [...ledger.acknowledged]);
      await browser.close();

      expect(results.filter(({ status }) => status !== 'completed')).toEqual([]);
      expect(startedTwiceInOneLife()).toEqual([]);
      expect(results.flatMap(({ id, nonces }) => unknownNonces(id, nonces))).toEqual([]);
      expect(restored).toBeGreaterThanOrEqual(forced);
      console.log(
        `${CYCLES} kills: ${ledger.acknowledged.size} tasks accepted, all ended; ${ledger.starts.length} starts; ` +
          `${forced} databases deleted by us, ${restored - forced} by the browser, ${restored} restored`,
      );
    },
  );
});

/** Runs in the page: waits for the end of every accepted task. */
async function endsOf(ids: string[]) {
  const runner = await window.runner;
  return Promise.all(
    ids.map(async (id) => {
      const { task } = await runner.wait(id, { timeoutMs: 60_000 }).catch(() => ({ task: undefined }));
      const whole = await runner.get(id);
      const nonces = whole?.status === 'completed' ? (whole.result as Record<string, string>) : {};
      return { id, status: task?.status ?? 'gone', nonces };
    }),
  );
}

function startedTwiceInOneLife(): string[] {
  const seen = new Set<string>();
  return ledger.starts.flatMap(({ key, life }) => {
    const start = `${key} in life ${life}`;
    if (seen.has(start)) return [start];
    seen.add(start);
    return [];
  });
}

/** Each recorded result must be that of a start that really was. */
function unknownNonces(id: string, nonces: Record<string, string>): string[] {
  return Object.entries(nonces)
    .filter(([part, nonce]) => !ledger.starts.some((start) => start.key === `${id}/${part}` && start.nonce === nonce))
    .map(([part]) => `${id}/${part}`);
}
