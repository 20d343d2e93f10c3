// A browser that drops a connection aborts what is under way on it: whoever asked is answered all the same.

import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Store } from '../../src/store/index.ts';
import { clearPlaces, newPlace, type Place } from '../support/place.ts';

let place: Place;

beforeEach(async () => {
  place = await newPlace((database, clock) => Store.open(database, clock));
  await place.insertOne({ id: 'mine' });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await clearPlaces();
});

/** Has the browser drop the connection in the midst of the next transaction. */
function dropNext(): void {
  const transaction = Reflect.get(IDBDatabase.prototype, 'transaction') as (...args: unknown[]) => IDBTransaction;
  let isNext = true;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const made = transaction.apply(this, args);
    if (isNext)
      queueMicrotask(() => {
        made.abort();
        forceCloseDatabase(this as never);
      });
    isNext = false;
    return made;
  });
}

/** Has the browser delete the database beneath its connection. */
function lose(name: string): void {
  const open = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase) {
    forceCloseDatabase(this as never);
    throw new DOMException('The connection is gone.', 'InvalidStateError');
  });
  vi.spyOn(indexedDB, 'databases').mockImplementationOnce(async () => {
    open.mockRestore();
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = resolve;
    });
    return [];
  });
}

describe('promise 1 a connection that the browser drops', () => {
  test('is opened again for whoever reads', async () => {
    dropNext();
    expect(await place.row('mine')).toMatchObject({ id: 'mine' });
  });

  test('is opened again for whoever writes, and what is written is written once', async () => {
    dropNext();
    const [inserted] = await place.insert({ id: 'new' });
    expect(inserted).toMatchObject({ created: true });
    expect(await place.row('new')).toMatchObject({ version: 1 });
    expect(await place.row('mine')).toBeDefined();
  });

  test('whose database cannot be made again just now is not used half made: the next who asks tries again', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    });
    lose(`errand:${place.store.database}`);
    await expect(place.row('mine')).rejects.toMatchObject({ code: 'database-unavailable' });
    put.mockRestore();
    expect(await place.row('mine')).toBeUndefined();
    expect(await place.store.standing()).toMatchObject({ head: { commitSeq: 0 } });
  });
});
