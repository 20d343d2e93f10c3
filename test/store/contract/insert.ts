// How tasks come in.

import { describe, expect, test } from 'vitest';
import { cancel, insert } from '../../../src/store/index.ts';
import { newPlace, type OpenStore } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';
import { newRow } from '../../support/rows.ts';

export function insertContract(openStore: OpenStore): void {
  describe('an insert', () => {
    test('is on disk once it resolves: another connection sees it whole', async () => {
      const { store, ...place } = await newPlace(openStore);
      const payload = { deep: [new Map([[1, new Date(5)]]), new Uint8Array([1, 2])] };
      const row = newRow({ payload, tags: ['a'], name: 'Holiday' }, place.clock.now());
      expect(await store.do(insert([{ row, ownId: false }]))).toEqual([{ row, created: true, taken: true }]);
      const other = await newPlace(openStore, store.database);
      expect(await other.store.task(row.id)).toEqual({ row, claim: undefined });
      expect(await other.store.task('not there')).toBeUndefined();
      await recount(store);
    });

    test('A12 takes many at once, all or none', async () => {
      const place = await newPlace(openStore);
      await place.insert(
        { type: 'test.a' },
        { type: 'test.b' },
        { type: 'test.a', schedule: { at: place.clock.now() + 5 } },
      );
      const seq = await place.seq();
      const insertAll = place.insert({}, { parentId: 'nobody' }, {});
      await expect(insertAll).rejects.toMatchObject({ code: 'invalid-request', details: { field: 'parentId' } });
      expect((await place.store.page({})).total).toBe(3);
      expect(await place.seq()).toBe(seq);
      await recount(place.store);
    });

    test('keeps a large payload apart from its row', async () => {
      const { store } = await newPlace(openStore);
      const row = newRow({ type: 'test.large' }, undefined, true);
      const value = { text: 'x'.repeat(10_000) };
      await store.do(insert([{ row, ownId: false, payload: { taskId: row.id, kind: 'payload', index: 0, value } }]));
      const [listed] = (await store.page({})).states;
      expect(listed?.row).toMatchObject({ id: row.id, payloadApart: true });
      expect(listed?.row).not.toHaveProperty('payload');
      expect(await store.value(row, 'payload', 0)).toEqual(value);
      expect(await store.value(row, 'result', 0)).toBeUndefined();
    });
  });
}

export function idempotencyContract(openStore: OpenStore): void {
  describe('a caller’s own id', () => {
    test('A7 again answers with the task that is there, and makes no second', async () => {
      const place = await newPlace(openStore);
      const row = await place.insertOne({ id: 'mine', name: 'first' });
      const [again] = await place.insert({ id: 'mine', name: 'second', type: 'test.other' });
      expect(again).toEqual({ row, created: false, taken: false });
      expect((await place.store.page({})).total).toBe(1);
      await recount(place.store);
    });

    test('A7 twice in one batch makes one task', async () => {
      const place = await newPlace(openStore);
      const both = await place.insert({ id: 'mine', name: 'first' }, { id: 'mine', name: 'second' });
      expect(both.map(({ row, created }) => [row.name, created])).toEqual([
        ['first', true],
        ['first', false],
      ]);
      await recount(place.store);
    });

    test('A7 twice at the same time makes one task, from one tab or two', async () => {
      const place = await newPlace(openStore);
      const other = await newPlace(openStore, place.store.database);
      const all = await Promise.all([
        place.insertOne({ id: 'mine', name: 'a' }),
        place.insertOne({ id: 'mine', name: 'b' }),
        other.insertOne({ id: 'mine', name: 'c' }),
      ]);
      expect(new Set(all.map((row) => row.name)).size).toBe(1);
      expect((await place.store.page({})).total).toBe(1);
      await recount(place.store);
    });

    test('A7 that is there already brings no second payload and no second files', async () => {
      const { store } = await newPlace(openStore);
      const arrival = (value: string) => {
        const row = newRow({ id: 'mine' }, undefined, true);
        const file = { id: value, name: value, type: '', size: 1, lastModified: 0, createdAt: 0 };
        return {
          row,
          ownId: true,
          payload: { taskId: row.id, kind: 'payload' as const, index: 0, value },
          files: [{ ...file, taskId: row.id, role: 'payload' as const }],
        };
      };
      await store.do(insert([arrival('first')]));
      await store.do(insert([arrival('second')]));
      const { values, files } = await readTables(store);
      expect(values.map((row) => row.value)).toEqual(['first']);
      expect(files.map((row) => row.id)).toEqual(['first']);
    });
  });
}

export function parentContract(openStore: OpenStore): void {
  describe('a parent', () => {
    test('A6 may come in the same batch as its child, before it', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'parent' }, { id: 'child', parentId: 'parent' });
      expect((await place.row('child'))?.parentId).toBe('parent');
    });

    test('A6 that is not there, or is the task itself, is refused', async () => {
      const place = await newPlace(openStore);
      const refusal = { code: 'invalid-request', details: { field: 'parentId' } };
      await expect(place.insert({ parentId: 'nobody' })).rejects.toMatchObject(refusal);
      await expect(place.insert({ id: 'me', parentId: 'me' })).rejects.toMatchObject(refusal);
      await expect(place.insert({ parentId: 'late' }, { id: 'late' })).rejects.toMatchObject(refusal);
      expect((await place.store.page({})).total).toBe(0);
    });

    test('A6 that was cancelled takes no more children', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne({ id: 'parent' });
      const [, child] = await Promise.allSettled([
        place.store.do(cancel(id, 'enough')),
        place.insert({ parentId: 'parent' }),
      ]);
      expect(child).toMatchObject({ status: 'rejected', reason: { code: 'invalid-request' } });
    });
  });
}
