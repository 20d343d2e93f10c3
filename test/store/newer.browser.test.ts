// A database that was made by a newer version of the app is left alone.

import { afterEach, expect, test } from 'vitest';
import { Store } from '../../src/store/index.ts';
import { clearPlaces, newPlace } from '../support/place.ts';

afterEach(clearPlaces);

function made(name: string, version: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('future');
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    request.onerror = () => {
      reject(new Error(String(request.error)));
    };
  });
}

test('E6 a database made by a newer version is refused, and not touched', async () => {
  const database = `test-${crypto.randomUUID()}`;
  await made(`errand:${database}`, 1_000);
  const opening = newPlace((name, clock) => Store.open(name, clock), database);
  await expect(opening).rejects.toMatchObject({ code: 'database-newer' });
  const version = (await indexedDB.databases()).find((each) => each.name === `errand:${database}`)?.version;
  expect(version).toBe(1_000);
});

test('E6 a database that a newer version took over is refused by those who come back to it', async () => {
  const place = await newPlace((name, clock) => Store.open(name, clock));
  await place.insert({});
  await made(`errand:${place.store.database}`, 1_000);
  const again = newPlace((name, clock) => Store.open(name, clock), place.store.database);
  await expect(again).rejects.toMatchObject({ code: 'database-newer' });
});
