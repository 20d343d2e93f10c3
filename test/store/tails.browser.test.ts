// The log of an engine that has no sync access handles, as in a service worker: here in a page, which has none either.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { Headroom } from '../../src/store/files/index.ts';
import { insert, remove, Store, sweepTrash } from '../../src/store/index.ts';
import { systemClock, type TaskId } from '../../src/task/index.ts';
import { deleteDatabase } from '../support/place.ts';
import { newRow } from '../support/rows.ts';
import { endStoreWorkers, newStoreWorker } from '../support/store-worker.ts';

interface WithBuckets {
  storageBuckets: { open(name: string): Promise<{ indexedDB: IDBFactory }> };
}

let open: Store[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.map((store) => store.close()));
  open = [];
  endStoreWorkers();
});

const newName = () => `test-${crypto.randomUUID()}`;
const added = (store: Store, ...ids: string[]) =>
  store.do({ ...insert(ids.map((id) => ({ row: newRow({ id }), ownId: true }))), durable: true });

/** A store in this page. */
async function openHere(database: string): Promise<Store> {
  const store = await Store.open(database, systemClock);
  open.push(store);
  return store;
}

/** What a store in this page does, which is closed then. */
async function here(database: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openHere(database);
  await work(store);
  await store.close();
}

const bucket = () => (navigator as unknown as WithBuckets).storageBuckets.open('errand-log');

/** Every row of the tails, by the names of their files. */
async function tailsOf(database: string): Promise<Map<string, Uint8Array[]>> {
  const { indexedDB } = await bucket();
  const request = indexedDB.open(`errand:${database}:log`);
  await new Promise((resolve) => (request.onsuccess = resolve));
  const entries = request.result.transaction('entries').objectStore('entries');
  const [keys, rows] = [entries.getAllKeys(), entries.getAll()];
  await new Promise((resolve) => (rows.onsuccess = resolve));
  request.result.close();
  const tails = new Map<string, Uint8Array[]>();
  (keys.result as [string, number][]).forEach(([name], i) => {
    tails.set(name, [...(tails.get(name) ?? []), rows.result[i] as Uint8Array]);
  });
  return tails;
}

async function loseTails(database: string): Promise<void> {
  const { indexedDB } = await bucket();
  const request = indexedDB.deleteDatabase(`errand:${database}:log`);
  await new Promise((resolve) => (request.onsuccess = resolve));
}

async function holds(database: string, text: string): Promise<boolean> {
  const rows = [...(await tailsOf(database)).values()].flat();
  return rows.some((row) => new TextDecoder('latin1').decode(row).includes(text));
}

/** Resolves once what nobody holds has been collected: Chromium forgets the transactions of a bucket whose object is gone. */
async function garbageCollected(): Promise<void> {
  const sentinel = { isCollected: false };
  const registry = new FinalizationRegistry(() => (sentinel.isCollected = true));
  registry.register({}, undefined);
  let heap: unknown[] = [];
  while (!sentinel.isCollected) {
    heap = Array.from({ length: 200_000 }, (_, n) => ({ n }));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  expect(heap.length).toBe(200_000);
}

describe.each([
  ['in a storage bucket', true, undefined],
  ['in small files, where there are no buckets', false, () => undefined],
  ['in small files, where buckets cannot be opened', false, () => ({ open: () => Promise.reject(new TypeError()) })],
])('a log %s', (_, hasBuckets, instead) => {
  const place = () => {
    if (instead !== undefined)
      vi.spyOn(navigator as unknown as WithBuckets, 'storageBuckets', 'get').mockReturnValue(instead() as never);
    return newName();
  };

  test('promise 1 makes the database again, with all that was accepted', async () => {
    const database = place();
    await here(database, async (store) => {
      await added(store, 'a');
      await added(store, 'b', 'c');
      expect(store.logState).toBe('kept');
    });
    await here(database, (store) => added(store, 'd'));
    await deleteDatabase(`errand:${database}`);
    expect(await newStoreWorker().open(database)).toMatchObject({
      wasLost: false,
      recovery: { kind: 'restored', count: 4, isWhole: true },
    });
    if (hasBuckets) expect((await tailsOf(database)).size).toBeGreaterThan(0);
  });

  test('promise 1 goes on where a worker’s ended, and the other way round', async () => {
    const database = place();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('a');
    const store = await openHere(database);
    await added(store, 'b');
    await worker.insert('c');
    await added(store, 'd');
    await worker.close();
    await store.close();
    await deleteDatabase(`errand:${database}`);
    const again = newStoreWorker();
    expect((await again.open(database)).recovery).toMatchObject({ count: 4, isWhole: true });
  });
});

test('the room that is kept free is taken again where there are no sync access handles, too', async () => {
  const headroom = new Headroom(newName());
  expect([await headroom.reserve(), await headroom.release(), await headroom.reserve()]).toEqual([true, true, true]);
  await headroom.release();
});

describe('a tail', () => {
  test('promise 6 that the browser deleted with the database is told of', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('a');
    await worker.close();
    await here(database, (store) => added(store, 'b'));
    await deleteDatabase(`errand:${database}`);
    await loseTails(database);
    expect((await newStoreWorker().open(database)).recovery).toMatchObject({ count: 1, isWhole: false });
  });

  test('promise 1 that the browser deleted alone is made up for while the database is whole', async () => {
    const database = newName();
    await here(database, (store) => added(store, 'a'));
    await loseTails(database);
    const worker = newStoreWorker();
    expect((await worker.open(database)).recovery).toBeUndefined();
    await worker.checkpoint();
    await worker.close();
    await deleteDatabase(`errand:${database}`);
    expect((await newStoreWorker().open(database)).recovery).toMatchObject({ count: 1, isWhole: true });
  });

  test('promise 1 that goes while it is written to is told of, and made up for by a checkpoint', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('a');
    const store = await openHere(database);
    await added(store, 'b');
    await loseTails(database);
    await added(store, 'c');
    expect([...(await tailsOf(database)).values()].flat().length).toBe(1);
    await store.close();
    await worker.close();
    const again = newStoreWorker();
    expect((await again.open(database)).recovery).toBeUndefined();
    await again.checkpoint();
    await again.close();
    await deleteDatabase(`errand:${database}`);
    expect((await newStoreWorker().open(database)).recovery).toMatchObject({ count: 3, isWhole: true });
  });

  test('promise 6 of which only the end is there is told of', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('a');
    await worker.close();
    await here(database, async (store) => {
      await added(store, 'b');
      await loseTails(database);
      await added(store, 'c');
    });
    await deleteDatabase(`errand:${database}`);
    expect((await newStoreWorker().open(database)).recovery).toMatchObject({ count: 2, isWhole: false });
  });

  test('holds nothing of a transaction that came to nothing', async () => {
    const database = newName();
    const store = await openHere(database);
    await added(store, 'kept');
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      this.abort();
    });
    await expect(added(store, 'lost')).rejects.toThrow();
    expect([await holds(database, 'kept'), await holds(database, 'lost')]).toEqual([true, false]);
    await added(store, 'after');
    await store.close();
    await deleteDatabase(`errand:${database}`);
    expect((await newStoreWorker().open(database)).recovery).toMatchObject({ count: 2, isWhole: true });
  });

  test('is written to the end, although nobody but its database needs its bucket any more', async () => {
    const database = newName();
    const store = await openHere(database);
    await added(store, 'a');
    await garbageCollected();
    await added(store, 'b');
    expect(await holds(database, 'b')).toBe(true);
  });

  test('A13 holds nothing that was removed before the last checkpoint, and is gone with its file', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    const secret = `secret-${crypto.randomUUID()}`;
    await here(database, async (store) => {
      await added(store, secret);
      expect(await holds(database, secret)).toBe(true);
      await store.do(remove([secret as TaskId]));
      await store.do(sweepTrash(Infinity, 1));
    });
    await worker.checkpoint();
    expect((await tailsOf(database)).size).toBe(0);
  });
});
