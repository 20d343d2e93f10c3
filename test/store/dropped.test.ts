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
});
