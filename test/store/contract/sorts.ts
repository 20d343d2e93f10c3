// Lists in every order, against a plain array of what there is.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancel } from '../../../src/store/index.ts';
import {
  type EnqueueRequest,
  instantOf,
  type ListQuery,
  type SortField,
  statusOf,
  type TaskState,
} from '../../../src/task/index.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';

const SORTS: readonly SortField[] = ['priority', 'status', 'type', 'createdAt', 'updatedAt', 'scheduledAt'];

/** Made at the start and so many milliseconds later. */
const asked = fc.record({
  type: fc.constantFrom('test.a', 'test.b', 'test.c'),
  creator: fc.constantFrom('kim', 'lou'),
  priority: fc.integer({ min: -2, max: 2 }),
  tags: fc.subarray(['red', 'big']),
  workspace: fc.constantFrom('default', 'home'),
  name: fc.constantFrom('one', 'two', 'three'),
  after: fc.integer({ min: 0, max: 6 }),
  at: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
});

const queries: fc.Arbitrary<ListQuery> = fc.record(
  {
    sortBy: fc.constantFrom(...SORTS),
    sortOrder: fc.constantFrom('asc', 'desc'),
    status: fc.subarray(['pending', 'running', 'completed', 'failed', 'cancelled'] as const, { minLength: 1 }),
    type: fc.constantFrom('test.a', 'test.b'),
    creator: fc.constantFrom('kim', 'lou'),
    workspace: fc.constantFrom('home'),
    tag: fc.constantFrom('red', 'big'),
    search: fc.constantFrom('one', 't'),
    from: fc.integer({ min: 0, max: 6 }),
    to: fc.integer({ min: 0, max: 6 }),
  },
  { requiredKeys: [] },
);

/** Many tasks of every kind. More priorities than streams are read for, if so many are asked for. */
async function peopled(
  openStore: OpenStore,
  tasks: readonly (typeof asked extends fc.Arbitrary<infer T> ? T : never)[],
  ranks: number,
): Promise<Place> {
  const place = await newPlace(openStore);
  const start = place.clock.now();
  for (const [i, { after, at, ...rest }] of tasks.entries()) {
    place.clock.jump(start + after - place.clock.now());
    const request: Partial<EnqueueRequest> = { ...rest };
    if (ranks > 5) request.priority = i % ranks;
    if (at !== undefined) request.schedule = { at: start + at * 1_000 };
    await place.insert(request);
  }
  place.clock.jump(start + 50 - place.clock.now());
  for (const [i, claimed] of (await place.take(Math.floor(tasks.length / 2))).entries()) {
    place.clock.jump(i % 3);
    if (i % 4 === 0) await place.settle(claimed, { kind: 'succeeded' });
    if (i % 4 === 1) await place.settle(claimed, { kind: 'failed', error: { retryable: i % 8 === 1 } });
    if (i % 4 === 2) await place.store.do(cancel(claimed.row.id, 'enough'));
  }
  return place;
}

async function everything(place: Place): Promise<TaskState[]> {
  const states: TaskState[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await place.store.page({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
    states.push(...page.states);
    cursor = page.nextCursor;
  }
  return states;
}

function valueOf({ row, claim }: TaskState, sortBy: SortField): string | number | null {
  switch (sortBy) {
    case 'priority':
      return -row.rank;
    case 'status':
      return statusOf({ row, claim });
    case 'scheduledAt':
      return row.schedule?.kind === 'at' ? row.schedule.at : null;
    case 'type':
      return row.type;
    case 'createdAt':
      return row.createdAt;
    case 'updatedAt':
      return row.updatedAt ?? null;
  }
}

function model(states: readonly TaskState[], query: ListQuery): string[] {
  const { sortBy = 'priority', sortOrder = sortBy === 'priority' ? 'desc' : 'asc', search = '' } = query;
  const wanted = states.filter(
    (state) =>
      (query.status === undefined || query.status.includes(statusOf(state))) &&
      (query.type ?? state.row.type) === state.row.type &&
      (query.creator ?? state.row.creator) === state.row.creator &&
      (query.workspace ?? state.row.workspace) === state.row.workspace &&
      (query.tag === undefined || state.row.tags?.includes(query.tag) === true) &&
      `${state.row.name} ${state.row.type} ${state.row.id}`.includes(search) &&
      state.row.createdAt >= (instantOf(query.from) ?? -Infinity) &&
      state.row.createdAt <= (instantOf(query.to) ?? Infinity),
  );
  const compare = (a: TaskState, b: TaskState): number => {
    const [x, y] = [valueOf(a, sortBy), valueOf(b, sortBy)];
    if (x !== y && (x === null || y === null)) return x === null ? 1 : -1;
    if (x !== y && x !== null && y !== null) return (x < y ? -1 : 1) * (sortOrder === 'asc' ? 1 : -1);
    return a.row.createdAt - b.row.createdAt || (a.row.id < b.row.id ? -1 : 1);
  };
  return wanted.sort(compare).map((state) => state.row.id);
}

async function byCursor(place: Place, query: ListQuery, limit: number, wanted: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await place.store.page({ ...query, limit, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.states.map(({ row }) => row.id));
    expect(page.total).toBe(wanted);
    cursor = page.nextCursor;
  }
  return ids;
}

export function sortContract(openStore: OpenStore): void {
  describe('an order', () => {
    test.each([5, 60])(
      'A2 A3 A4 is that of a plain array, however it is cut: %i priorities',
      { timeout: 120_000 },
      async (ranks) => {
        const [tasks = []] = fc.sample(fc.array(asked, { minLength: 130, maxLength: 130, size: 'max' }), {
          numRuns: 1,
          seed: 7,
        });
        const place = await peopled(openStore, tasks, ranks);
        const start = place.clock.now() - 60;
        const states = await everything(place);
        expect(states).toHaveLength(130);
        const first = Math.min(...states.map(({ row }) => row.createdAt));
        expect(start).toBeLessThan(first + 60);
        const check = async (drawn: ListQuery, limit: number, offset: number) => {
          const query = { ...drawn };
          if (drawn.from !== undefined) query.from = first + Number(drawn.from);
          if (drawn.to !== undefined) query.to = new Date(first + Number(drawn.to)).toISOString();
          const wanted = model(states, query);
          const page = await place.store.page({ ...query, limit, offset });
          expect(page.states.map(({ row }) => row.id)).toEqual(wanted.slice(offset, offset + limit));
          expect(page).toMatchObject({ total: wanted.length, limit, offset });
          expect(page).not.toHaveProperty('totalIsLowerBound');
          expect(page.nextCursor === null).toBe(wanted.length <= offset + limit);
          expect(await byCursor(place, query, limit, wanted.length)).toEqual(wanted);
        };
        await fc.assert(
          fc.asyncProperty(queries, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 140 }), check),
          { numRuns: 120 },
        );
      },
    );
  });
}

export function orderFieldsContract(openStore: OpenStore): void {
  describe('an order', () => {
    test('A3 puts those without a time last, whichever way it goes', async () => {
      const place = await newPlace(openStore);
      const at = place.clock.now();
      await place.insert(
        { name: 'none' },
        { name: 'late', schedule: { at: at + 9 } },
        { name: 'soon', schedule: { at: at + 1 } },
      );
      const names = async (query: ListQuery) =>
        (await place.store.page(query)).states.map(({ row }) => row.name).join(' ');
      expect(await names({ sortBy: 'scheduledAt' })).toBe('soon late none');
      expect(await names({ sortBy: 'scheduledAt', sortOrder: 'desc' })).toBe('late soon none');
    });

    test('A2 from and to are instants of any form, both included', async () => {
      const place = await newPlace(openStore);
      const start = place.clock.now();
      for (const name of ['a', 'b', 'c', 'd']) {
        await place.insert({ name });
        place.clock.jump(1_000);
      }
      const names = async (query: ListQuery) =>
        (await place.store.page(query)).states.map(({ row }) => row.name).join('');
      expect(await names({ from: start + 1_000 })).toBe('bcd');
      expect(await names({ to: new Date(start + 1_000) })).toBe('ab');
      expect(await names({ from: new Date(start + 1_000).toISOString(), to: start + 2_000 })).toBe('bc');
      expect(await names({ from: start + 5_000 })).toBe('');
      expect(await place.store.page({ from: start + 2_000, to: start })).toMatchObject({ states: [], total: 0 });
    });
  });
}

export function refusedOrderContract(openStore: OpenStore): void {
  describe('an order', () => {
    test.each<[string, ListQuery]>([
      ['from', { from: 'yesterday' }],
      ['to', { to: '2024-06-01T10:00:00' }],
      ['from', { from: Number.NaN }],
      ['sortBy', { sortBy: 'name' as never }],
      ['sortOrder', { sortOrder: 'up' as never }],
    ])('A2 A3 names the field at fault: %s', async (field, query) => {
      const { store } = await newPlace(openStore);
      await expect(store.page(query)).rejects.toMatchObject({ code: 'invalid-request', details: { field } });
    });

    test('A4 has cursors of its own: those of another are refused', async () => {
      const place = await newPlace(openStore);
      await place.insert({}, {}, {});
      const refusal = { code: 'invalid-pagination', details: { field: 'cursor' } };
      const orders: ListQuery[] = SORTS.flatMap((sortBy) => [
        { sortBy, sortOrder: 'asc' },
        { sortBy, sortOrder: 'desc' },
      ]);
      for (const order of orders) {
        const cursor = (await place.store.page({ ...order, limit: 1 })).nextCursor ?? '';
        for (const other of orders) {
          const page = place.store.page({ ...other, limit: 1, cursor });
          if (other === order) await expect(page).resolves.toMatchObject({ total: 3 });
          else await expect(page).rejects.toMatchObject(refusal);
        }
      }
    });

    test.each([
      '["type","asc",5,0,"a"]',
      '["type","asc",0,"a"]',
      '["createdAt","asc",null,0,"a"]',
      '["type"]',
      '{}',
      '[[],"asc","a",0,"a"]',
    ])('A4 has no such cursor: %s', async (cursor) => {
      const { store } = await newPlace(openStore);
      for (const sortBy of ['type', 'createdAt'] as const)
        await expect(store.page({ sortBy, cursor })).rejects.toMatchObject({ code: 'invalid-pagination' });
    });
  });
}
