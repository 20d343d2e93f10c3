// What the browser, or a newer version of the app, does to the database behind our back.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { deleteDatabase } from '../support/place.ts';
import { endStoreWorkers, newStoreWorker } from '../support/store-worker.ts';

afterEach(endStoreWorkers);

const newName = () => `test-${crypto.randomUUID()}`;

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
