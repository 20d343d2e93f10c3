// Lists, page by page.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancel } from '../../../src/store/index.ts';
import type { EnqueueRequest, ListQuery, TaskRow } from '../../../src/task/index.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';

async function names(place: Place, query: ListQuery): Promise<string> {
  return (await place.store.page(query)).states.map((state) => state.row.name).join(' ');
}

export function orderContract(openStore: OpenStore): void {
  describe('a page', () => {
    test('A3 is ordered by priority, then age, then id, whatever the status', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'c', id: '2' }, { name: 'a', priority: 'high' }, { name: 'f', priority: 'low' });
      await place.insert({ name: 'b', id: '1' });
      await place.settle(await place.takeOne(), { kind: 'succeeded' });
      await place.settle(await place.takeOne(), { kind: 'failed', error: { retryable: false } });
      await place.takeOne();
      place.clock.jump(1);
      await place.insert({ name: 'e', id: '0' });
      place.clock.jump(-1);
      const later = await place.insertOne({ name: 'd', id: '3' });
      await place.store.do(cancel(later.id, 'enough'));
      expect(await names(place, {})).toBe('a b c d e f');
    });

    test('A3 is in the same order however it is cut', async () => {
      const place = await newPlace(openStore);
      const request = fc.record({
        priority: fc.integer({ min: -2, max: 2 }),
        type: fc.constantFrom('test.a', 'test.b'),
      });
      const [requests] = fc.sample(fc.array(request, { minLength: 40, maxLength: 40, size: 'max' }), 1);
      await place.insert(...(requests ?? []));
      for (const claimed of await place.take(15)) await place.settle(claimed, { kind: 'succeeded' });
      await place.take(5);
      const all = (await place.store.page({ limit: 1_000 })).states.map((state) => state.row);
      expect(all).toEqual([...all].sort(inOrder));
      for (const limit of [1, 7, 39, 40]) {
        const cut: TaskRow[] = [];
        for (let offset = 0; offset < 40; offset += limit) {
          cut.push(...(await place.store.page({ limit, offset })).states.map((state) => state.row));
        }
        expect(cut).toEqual(all);
      }
    });

    test('A4 holds 20 unless it is told, and says how many there are', async () => {
      const place = await newPlace(openStore);
      await place.insert(...Array.from({ length: 25 }, () => ({})));
      const page = await place.store.page({});
      expect(page).toMatchObject({ limit: 20, offset: 0, total: 25 });
      expect(page.states).toHaveLength(20);
      expect(page).not.toHaveProperty('totalIsLowerBound');
    });

    test('A4 past the end is empty', async () => {
      const place = await newPlace(openStore);
      await place.insert({}, {});
      expect(await place.store.page({ offset: 2 })).toMatchObject({ states: [], total: 2, nextCursor: null });
      expect(await place.store.page({ offset: 5_000 })).toMatchObject({ states: [], total: 2, nextCursor: null });
    });

    test.each<[string, string, ListQuery]>([
      ['limit', 'limit must be between 1 and 1000', { limit: 0 }],
      ['limit', 'limit must be between 1 and 1000', { limit: 1_001 }],
      ['limit', 'limit must be between 1 and 1000', { limit: 1.5 }],
      ['limit', 'limit must be between 1 and 1000', { limit: '20' as unknown as number }],
      ['offset', 'offset must be a non-negative integer', { offset: -1 }],
      ['offset', 'offset must be a non-negative integer', { offset: Number.NaN }],
      ['cursor', 'cursor and offset cannot be used together', { cursor: '[0,0,"a"]', offset: 1 }],
      ['cursor', 'cursor must be the nextCursor of an earlier page', { cursor: 'x' }],
      ['cursor', 'cursor must be the nextCursor of an earlier page', { cursor: '[1,2]' }],
      ['cursor', 'cursor must be the nextCursor of an earlier page', { cursor: '[1,2,3]' }],
    ])('A4 is refused with the %s at fault: %s', async (field, message, query) => {
      const { store } = await newPlace(openStore);
      const refusal = { code: 'invalid-pagination', message, details: { field } };
      await expect(store.page(query)).rejects.toMatchObject(refusal);
    });
  });
}

function inOrder(a: TaskRow, b: TaskRow): number {
  return a.rank - b.rank || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

export function filterContract(openStore: OpenStore): void {
  /** One of each kind: pending, running, completed, failed, cancelled; and one that waits for its time. */
  async function varied(): Promise<Place> {
    const place = await newPlace(openStore);
    const tasks: Partial<EnqueueRequest>[] = [
      { name: 'completed', type: 'test.a', creator: 'kim', tags: ['red', 'big'], priority: 5 },
      { name: 'failed', type: 'test.b', workspace: 'home', priority: 4 },
      { name: 'running', type: 'test.a', tags: ['red'], priority: 3 },
      { id: 'root', name: 'pending', type: 'test.b', priority: 2, payload: { city: 'Zürich', zip: 8001 } },
      { name: 'cancelled', type: 'test.a', creator: 'kim', parentId: 'root' },
      { name: 'waiting', type: 'test.b', parentId: 'root', schedule: { at: place.clock.now() + 9 } },
    ];
    const rows = (await place.insert(...tasks)).map((each) => each.row);
    await place.settle(await place.takeOne(), { kind: 'succeeded' });
    await place.settle(await place.takeOne(), { kind: 'failed', error: { retryable: false } });
    await place.takeOne();
    await place.store.do(cancel(rows[4]?.id ?? ('' as never), 'enough'));
    return place;
  }

  describe('a filter', () => {
    test.each<[query: ListQuery, wanted: string[]]>([
      [{ status: 'completed' }, ['completed']],
      [{ status: 'failed' }, ['failed']],
      [{ status: 'cancelled' }, ['cancelled']],
      [{ status: 'running' }, ['running']],
      [{ status: 'pending' }, ['pending', 'waiting']],
      [{ status: ['running', 'pending'] }, ['running', 'pending', 'waiting']],
      [{ status: ['running', 'failed'] }, ['failed', 'running']],
      [{ status: [] }, []],
      [{ type: 'test.a' }, ['completed', 'running', 'cancelled']],
      [{ type: 'test' }, []],
      [{ creator: 'kim' }, ['completed', 'cancelled']],
      [{ workspace: 'home' }, ['failed']],
      [{ workspace: 'default', type: 'test.b' }, ['pending', 'waiting']],
      [{ tag: 'red' }, ['completed', 'running']],
      [{ tag: 're' }, []],
      [{ parentId: 'root' }, ['cancelled', 'waiting']],
      [{ search: 'ING' }, ['running', 'pending', 'waiting']],
      [{ search: 'root' }, ['pending']],
      [{ search: 'zürich 8001' }, ['pending']],
      [{ search: 'zürich bern' }, []],
      [{ search: 'test.a' }, ['completed', 'running', 'cancelled']],
      [{ search: '  ' }, ['completed', 'failed', 'running', 'pending', 'cancelled', 'waiting']],
      [{ creator: 'kim', status: 'cancelled', type: 'test.a' }, ['cancelled']],
    ])('A2 of %j', async (query, wanted) => {
      const place = await varied();
      expect(await names(place, query)).toBe(wanted.join(' '));
      const { total, nextCursor } = await place.store.page({ ...query, limit: 1 });
      expect(total).toBe(wanted.length);
      expect(nextCursor === null).toBe(wanted.length <= 1);
      expect((await place.store.page({ ...query, offset: 1 })).total).toBe(wanted.length);
    });

    test('A2 by search passes over what cannot be text', async () => {
      const place = await newPlace(openStore);
      const circle: { self?: unknown } = {};
      circle.self = circle;
      await place.insert({ name: 'a', payload: circle }, { name: 'xyz', payload: 10n }, { name: 'c', payload: null });
      expect(await names(place, { search: 'xyz' })).toBe('xyz');
    });
  });
}

export function cursorContract(openStore: OpenStore): void {
  async function walk(place: Place, query: ListQuery, between: () => Promise<unknown>): Promise<TaskRow[]> {
    const seen: TaskRow[] = [];
    let cursor: string | null = null;
    do {
      const page = await place.store.page(cursor === null ? query : { ...query, cursor });
      seen.push(...page.states.map((state) => state.row));
      cursor = page.nextCursor;
      await between();
    } while (cursor !== null);
    return seen;
  }

  describe('a cursor', () => {
    test.each<[ListQuery]>([[{ limit: 3 }], [{ limit: 1 }], [{ limit: 4, type: 'test.a' }], [{ limit: 12 }]])(
      'A4 visits each task exactly once, even while others come in: %j',
      async (query) => {
        const place = await newPlace(openStore);
        const kinds = Array.from({ length: 24 }, (_, i) => ({ type: `test.${'ab'[i % 2] ?? ''}`, priority: i % 3 }));
        const rows = (await place.insert(...kinds)).map((each) => each.row);
        const wanted = rows.filter((row) => query.type === undefined || row.type === query.type).sort(inOrder);
        let turn = 0;
        const seen = await walk(place, query, async () => {
          if (turn++ < 3) await place.insert({ priority: 9, type: 'test.a' }, { priority: turn, type: 'test.a' });
        });
        const ids = seen.map((row) => row.id);
        expect(new Set(ids).size).toBe(ids.length);
        const known = new Set(rows.map((row) => row.id));
        expect(ids.filter((id) => known.has(id))).toEqual(wanted.map((row) => row.id));
      },
    );

    test('A4 goes on where it was, although the task it names is gone or has changed', async () => {
      const place = await newPlace(openStore);
      await place.insert(...['a', 'b', 'c', 'd'].map((name) => ({ name })));
      const { nextCursor } = await place.store.page({ limit: 2 });
      for (const claimed of await place.take(2)) await place.settle(claimed, { kind: 'succeeded' });
      expect(await names(place, { cursor: nextCursor ?? '' })).toBe('c d');
    });

    test('A4 knows the total of the whole list, not of the rest', async () => {
      const place = await newPlace(openStore);
      await place.insert(...Array.from({ length: 9 }, (_, i) => ({ type: `test.${i % 3}` })));
      for (const query of [{ limit: 2 }, { limit: 2, type: 'test.1' }, { limit: 2, search: 'test' }]) {
        const first = await place.store.page(query);
        const second = await place.store.page({ ...query, cursor: first.nextCursor ?? '' });
        expect(second.total).toBe(first.total);
      }
    });
  });
}

export function totalContract(openStore: OpenStore): void {
  describe('a total', () => {
    test(
      'A4 of very many is kept exactly, and counted to 10,000 where a filter needs counting',
      { timeout: 20_000 },
      async () => {
        const place = await newPlace(openStore);
        const thousand = Array.from({ length: 1_000 }, () => ({ workspace: 'large' }));
        for (let i = 0; i < 10; i++) await place.insert(...thousand);
        await place.insert(
          ...Array.from({ length: 50 }, () => ({ workspace: 'large', tags: ['last'], priority: 'low' as const })),
        );
        expect(await place.store.page({ limit: 1 })).toMatchObject({ total: 10_050 });
        expect(await place.store.page({ limit: 1 })).not.toHaveProperty('totalIsLowerBound');
        const bounded = await place.store.page({ limit: 1, workspace: 'large' });
        expect(bounded).toMatchObject({ total: 10_000, totalIsLowerBound: true });
        expect(await place.store.page({ tag: 'last', limit: 50 })).toMatchObject({ total: 50, nextCursor: null });
        const deep = await place.store.page({ offset: 10_040, limit: 20 });
        expect([deep.states.length, deep.total]).toEqual([10, 10_050]);
      },
    );
  });
}
