// What the browser, or a newer version of the app, does to the database behind our back.

import { afterEach, describe, expect, test } from 'vitest';
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
  test('is found to be lost when it is opened again, once', async () => {
    const database = newName();
    const before = newStoreWorker();
    expect(await before.open(database)).toMatchObject({ wasLost: false });
    await before.insert('mine');
    endStoreWorkers();
    await deleteDatabase(`errand:${database}`);
    const after = newStoreWorker();
    expect(await after.open(database)).toMatchObject({ wasLost: true });
    expect(await after.has('mine')).toBe(false);
    await after.insert('again');
    await after.close();
    expect(await after.open(database)).toMatchObject({ wasLost: false });
    expect(await after.has('again')).toBe(true);
  });

  test('is not taken for lost where it was only closed, or never there', async () => {
    const database = newName();
    const worker = newStoreWorker();
    expect(await worker.open(database)).toMatchObject({ wasLost: false });
    await worker.insert('mine');
    endStoreWorkers();
    const again = newStoreWorker();
    expect(await again.open(database)).toMatchObject({ wasLost: false });
    expect(await again.has('mine')).toBe(true);
    expect(await newStoreWorker().open(newName())).toMatchObject({ wasLost: false });
  });

  test('is told apart from another that was deleted', async () => {
    const [one, two] = [newName(), newName()];
    const worker = newStoreWorker();
    await worker.open(one);
    await worker.close();
    await worker.open(two);
    await worker.close();
    await deleteDatabase(`errand:${one}`);
    expect(await worker.open(two)).toMatchObject({ wasLost: false });
    await worker.close();
    expect(await worker.open(one)).toMatchObject({ wasLost: true });
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
