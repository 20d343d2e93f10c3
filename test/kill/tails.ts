// Whether one kill can damage the database and the tails of its log: see src/store/log/tails.ts.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, requireChromium } from '../support/chromium.mjs';
import { browserIn, killFamily } from '../support/processes.ts';

interface Found {
  /** Chromium says that what was there is gone. */
  isLost: boolean;
  keys: number[];
}
type Place = 'database' | 'tails';
type Both = Record<Place, Found>;

declare global {
  interface Window {
    openBoth(): Promise<Both>;
    writeToBoth(from: number, together: boolean): void;
    acknowledge(key: number): void;
  }
}

const LEAST_MS = 100;
const MORE_MS = 500;
/** As often, everything is deleted, so that neither grows without end. */
const CLEARED_EVERY = 10;
const REPORTED_EVERY = 100;

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { cycles: { type: 'string', default: '100' }, together: { type: 'boolean', default: false } },
  });
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(tmpdir(), 'errand-tails-'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const totals = { kills: 0, acknowledged: 0, databaseLost: 0, tailsLost: 0, bothLost: 0, elseMissing: 0 };
  let acknowledged: number[] = [];
  for (let cycle = 0; cycle <= Number(values.cycles); cycle++) {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: requireChromium(),
      args: CHROMIUM_ARGS,
      headless: true,
    });
    const now: number[] = [];
    await context.exposeBinding('acknowledge', (_, key: number) => now.push(key));
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url);
    count(totals, await opened(page, cycle % CLEARED_EVERY === 0), acknowledged);
    if (cycle === Number(values.cycles)) {
      await context.close();
      break;
    }
    void page
      .evaluate(([from, together]) => window.writeToBoth(from, together), [cycle * 1e6, values.together] as const)
      .catch(ignore);
    await new Promise((resolve) => setTimeout(resolve, LEAST_MS + Math.random() * MORE_MS));
    const closed = new Promise((resolve) => context.once('close', resolve));
    await killFamily(browserIn(profile));
    await closed;
    acknowledged = now;
    totals.kills += 1;
    totals.acknowledged += now.length;
    if (totals.kills % REPORTED_EVERY === 0) console.log(JSON.stringify(totals));
  }
  console.log(JSON.stringify(totals));
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  return totals.bothLost + totals.elseMissing === 0 ? 0 : 1;
}

function count(
  totals: Record<'databaseLost' | 'tailsLost' | 'bothLost' | 'elseMissing', number>,
  { database, tails }: Both,
  acknowledged: readonly number[],
): void {
  if (database.isLost) totals.databaseLost += 1;
  if (tails.isLost) totals.tailsLost += 1;
  if (database.isLost && tails.isLost) totals.bothLost += 1;
  for (const { isLost, keys } of [database, tails]) {
    const there = new Set(keys);
    if (!isLost) totals.elseMissing += acknowledged.filter((key) => !there.has(key)).length;
  }
}

async function opened(page: Page, clear: boolean): Promise<Both> {
  await page.evaluate(inPage, clear);
  return page.evaluate(() => window.openBoth());
}

function ignore(): void {
  // The browser was killed.
}

/** What the page does. It must name nothing of this file. */
function inPage(clear: boolean): void {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(String(request.error)));
    });
  const ended = (transaction: IDBTransaction) =>
    new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(new Error(String(transaction.error)));
    });
  const open = async (factory: IDBFactory, indexes: string[]): Promise<{ database: IDBDatabase; found: Found }> => {
    const request = factory.open('rows', 1);
    let isLost = false;
    request.onupgradeneeded = (event) => {
      isLost = (event as { dataLoss?: string }).dataLoss === 'total';
      const rows = request.result.createObjectStore('rows');
      for (const index of indexes) rows.createIndex(index, index);
    };
    const database = await done(request);
    const keys = (await done(database.transaction('rows').objectStore('rows').getAllKeys())) as number[];
    if (clear) {
      const clearing = database.transaction('rows', 'readwrite');
      clearing.objectStore('rows').clear();
      await ended(clearing);
    }
    return { database, found: { isLost, keys } };
  };
  const put = (database: IDBDatabase, key: number, row: unknown, durability: IDBTransactionDurability) => {
    const transaction = database.transaction('rows', 'readwrite', { durability });
    transaction.objectStore('rows').put(row, key);
    transaction.commit();
    return ended(transaction);
  };
  let both: IDBDatabase[] = [];
  const held: unknown[] = [];
  window.openBoth = async () => {
    const { storageBuckets } = navigator as unknown as {
      storageBuckets: { open(name: string): Promise<{ indexedDB: IDBFactory }> };
    };
    const bucket = await storageBuckets.open('tails');
    held.push(bucket);
    const [database, tails] = [await open(indexedDB, ['a', 'b']), await open(bucket.indexedDB, [])];
    both = [database.database, tails.database];
    return { database: database.found, tails: tails.found };
  };
  window.writeToBoth = (from, together) => {
    const [database, tails] = both;
    if (database === undefined || tails === undefined) throw new Error('Nothing is open.');
    void (async () => {
      for (let key = from; ; key++) {
        const size = Math.random() < 0.5 ? 200 + Math.random() * 1_500 : 2_000 + Math.random() * 30_000;
        const row = { a: key % 7, b: Math.random(), text: 'x'.repeat(size) };
        const first = put(database, key, row, 'relaxed');
        if (!together) await first;
        await put(tails, key, new Uint8Array(size), Math.random() < 0.5 ? 'strict' : 'relaxed');
        await first;
        window.acknowledge(key);
      }
    })();
  };
}
