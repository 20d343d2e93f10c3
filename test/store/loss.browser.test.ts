// What the browser, or a newer version of the app, does to the database behind our back.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { deleteDatabase } from '../support/place.ts';
import { endStoreWorkers, newStoreWorker } from '../support/store-worker.ts';

afterEach(endStoreWorkers);

const newName = () => `test-${crypto.randomUUID()}`;

async function removeFromOpfs(database: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await (await root.getDirectoryHandle('errand')).removeEntry(encodeURIComponent(database), { recursive: true });
}

/** Whether a text stands in any file of the log. */
async function logHolds(database: string, text: string): Promise<boolean> {
  const root = await navigator.storage.getDirectory();
  const mine = await (await root.getDirectoryHandle('errand')).getDirectoryHandle(encodeURIComponent(database));
  const log = await mine.getDirectoryHandle('log');
  for await (const name of log.keys()) {
    const file = await (await log.getFileHandle(name)).getFile().catch(() => new Blob());
    if ((await file.text().catch(() => '')).includes(text)) return true;
  }
  return false;
}

/** Makes the database one of a version that no store of today knows. */
function upgrade(database: string, version: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`errand:${database}`, version);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    request.onerror = () => {
      reject(new Error(String(request.error)));
    };
  });
}

describe('a database that the browser deletes', () => {
  test('promise 1 is made again of the log when it is opened, with everything that was accepted', async () => {
    const database = newName();
    const before = newStoreWorker();
    expect(await before.open(database)).toMatchObject({ wasLost: false });
    await before.insert('mine');
    endStoreWorkers();
    await deleteDatabase(`errand:${database}`);
    const after = newStoreWorker();
    expect(await after.open(database)).toMatchObject({ wasLost: false, recovery: { kind: 'restored', count: 1 } });
    expect(await after.has('mine')).toBe(true);
    await after.insert('again');
    await after.close();
    expect((await after.open(database)).recovery).toBeUndefined();
    expect(await after.has('again')).toBe(true);
  });

  test('promise 1 is made again as often as it is deleted', async () => {
    const database = newName();
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) {
      const worker = newStoreWorker();
      await worker.open(database);
      await worker.insert(id);
      endStoreWorkers();
      await deleteDatabase(`errand:${database}`);
    }
    const last = newStoreWorker();
    await last.open(database);
    expect(await Promise.all(ids.map((id) => last.has(id)))).toEqual([true, true, true, true]);
  });

  test('promise 1 is made again beneath a store that has it open, and what is written then is there', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('mine');
    await deleteDatabase(`errand:${database}`);
    expect(await worker.has('mine')).toBe(true);
    await worker.insert('again');
    await deleteDatabase(`errand:${database}`);
    await worker.insert('and again');
    expect(await Promise.all(['mine', 'again', 'and again'].map((id) => worker.has(id)))).toEqual([true, true, true]);
  });

  test('is not taken for lost where it was only closed, or never there', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('mine');
    endStoreWorkers();
    const again = newStoreWorker();
    expect((await again.open(database)).recovery).toBeUndefined();
    expect(await again.has('mine')).toBe(true);
    const other = await newStoreWorker().open(newName());
    expect([other.wasLost, other.recovery]).toEqual([false, undefined]);
  });

  test('is found to be lost where its log is gone, too', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('mine');
    endStoreWorkers();
    await deleteDatabase(`errand:${database}`);
    const root = await navigator.storage.getDirectory();
    const mine = await (await root.getDirectoryHandle('errand')).getDirectoryHandle(encodeURIComponent(database));
    // The lock on a file that a terminated worker held open is let go a little after the worker.
    await vi.waitFor(() => mine.removeEntry('log', { recursive: true }), { timeout: 5_000 });
    expect(await newStoreWorker().open(database)).toMatchObject({ wasLost: true });
  });
});

describe('what the browser does to a database that is open, or cannot be opened', () => {
  test('promise 1 one that cannot be opened any more is made again of its log', async () => {
    const database = newName();
    const before = newStoreWorker();
    await before.open(database);
    await before.insert('mine');
    endStoreWorkers();
    const after = newStoreWorker();
    await after.breakOpening();
    expect(await after.open(database)).toMatchObject({ wasLost: false, recovery: { kind: 'restored', count: 1 } });
    expect(await after.has('mine')).toBe(true);
  });

  test('one that cannot be opened and has no log is let be', async () => {
    const worker = newStoreWorker();
    await worker.breakOpening();
    expect((await worker.open(newName())).error?.code).toBe('database-unavailable');
  });

  test('promise 1 one that is deleted in the midst of work is made again of its log, and work goes on', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('before');
    await worker.loseDatabase(database);
    await worker.insert('after');
    expect([await worker.has('before'), await worker.has('after')]).toEqual([true, true]);
    endStoreWorkers();
    await deleteDatabase(`errand:${database}`);
    const again = newStoreWorker();
    expect((await again.open(database)).recovery).toMatchObject({ kind: 'restored', count: 2 });
  });

  test('promise 6 that both homes are gone is told to whoever remembers that there was a database', async () => {
    const database = newName();
    const worker = newStoreWorker();
    const { generation } = await worker.open(database);
    await worker.close();
    endStoreWorkers();
    await deleteDatabase(`errand:${database}`);
    await vi.waitFor(() => removeFromOpfs(database), { timeout: 5_000 });
    const other = newStoreWorker();
    expect(await other.open(database, generation)).toMatchObject({ wasLost: true });
  });
});

describe('what was removed', () => {
  const secret = () => `secret-${crypto.randomUUID()}`;

  test('A13 leaves the log with the next checkpoint, that of a store that stands by included', async () => {
    const [database, mine, other] = [newName(), secret(), secret()];
    const [first, second] = [newStoreWorker(), newStoreWorker()];
    await first.open(database);
    await second.open(database);
    await second.insert('mine', mine);
    await first.insert('other', other);
    expect([await logHolds(database, mine), await logHolds(database, other)]).toEqual([true, true]);
    await first.remove('mine');
    await first.checkpoint();
    await vi.waitFor(async () => expect(await logHolds(database, mine)).toBe(false), { timeout: 5_000 });
    expect(await logHolds(database, other)).toBe(true);
  });

  test('stays removed where the database is made again, all at once included', async () => {
    const [database, id] = [newName(), secret()];
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert(id);
    await worker.insert('other');
    await worker.erase();
    await worker.insert('late');
    endStoreWorkers();
    await deleteDatabase(`errand:${database}`);
    const again = newStoreWorker();
    expect((await again.open(database)).recovery).toMatchObject({ count: 1 });
    expect([await again.has(id), await again.has('other'), await again.has('late')]).toEqual([false, false, true]);
  });
});

describe('a database of a newer version', () => {
  test('E6 lets the store that was open close itself, so that the newer one is not kept waiting', async () => {
    const database = newName();
    const worker = newStoreWorker();
    await worker.open(database);
    await worker.insert('mine');
    await upgrade(database, 1_000);
    await expect(worker.insert('late')).rejects.toThrow('closed');
  });
});
