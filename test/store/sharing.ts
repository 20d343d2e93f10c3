// What shares a transaction, a connection or a database with others must neither harm them nor be lost to them.

import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  cancel,
  countsOf,
  type FileRow,
  insert,
  type Operation,
  recordArtifact,
  recordStep,
  remove,
  settle,
  sweepTrash,
} from '../../src/store/index.ts';
import type { TaskId } from '../../src/task/index.ts';
import { clearPlaces, newPlace, ONE, type OpenStore, Place, settling, TWO, leading } from '../support/place.ts';
import { dropConnection, loseOutcome, readTables, recount } from '../support/raw.ts';
import { newRow } from '../support/rows.ts';

const step = (taskId: TaskId) => {
  return {
    taskId,
    stepSet: 0,
    name: 'a',
    kind: 'step' as const,
    status: 'completed' as const,
    seq: 1,
    tries: [],
    startedAt: 0,
  };
};

/** What is left of tasks that are not there. */
async function orphans(place: Place): Promise<unknown[]> {
  const { tasks, meta: _, ...rest } = await readTables(place.store);
  const ids = new Set(tasks.map((row) => row.id));
  return Object.values(rest).flatMap((rows) => rows.filter((row) => !ids.has(row.taskId)));
}

function sharedTransaction(openStore: OpenStore): void {
  describe('in one transaction', () => {
    test('A6 a child that comes with the cancel of its parent is cancelled, too', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne({ id: 'parent' });
      const together = [
        place.insert({ id: 'child', parentId: 'parent' }, { id: 'deep', parentId: 'child' }),
        place.store.do(cancel(id, 'enough')),
      ];
      await Promise.all(together);
      expect(await place.row('child')).toMatchObject({ status: 'cancelled' });
      expect(await place.row('deep')).toMatchObject({ status: 'cancelled' });
    });

    test('A13 what is recorded and settled as its task is removed goes with it', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      const { row, claim } = await place.takeOne();
      const { token } = claim;
      const file: FileRow = {
        ...step(row.id),
        id: 'f',
        role: 'artifact',
        type: '',
        size: 1,
        lastModified: 0,
        createdAt: 0,
      };
      await Promise.all([
        place.store.do(recordStep({ row, token }, step(row.id))),
        place.store.do(recordArtifact({ row, token }, file)),
        place.store.do(
          settle({
            row,
            event: { kind: 'succeeded', token, result: 'x', resultApart: true },
            result: { taskId: row.id, kind: 'result', index: 0, value: 'x' },
          }),
        ),
        place.store.do(remove([row.id])),
      ]);
      expect(await place.store.do(sweepTrash(place.clock.now(), 10))).toMatchObject({ files: ['f'], isEnd: true });
      expect(await orphans(place)).toEqual([]);
      await recount(place.store);
    });

    test('A13 a task that comes and is removed leaves nothing behind', async () => {
      const place = await newPlace(openStore);
      const row = newRow({ id: 'mine' }, undefined, true);
      const payload = { taskId: row.id, kind: 'payload' as const, index: 0, value: 'large' };
      await Promise.all([place.store.do(insert([{ row, ownId: true, payload }])), place.store.do(remove([row.id]))]);
      await place.store.do(sweepTrash(place.clock.now(), 10));
      expect(await orphans(place)).toEqual([]);
    });
  });
}

function sharedByOneTask(openStore: OpenStore): void {
  describe('in one transaction', () => {
    test('B8 two artifacts of one name are one, and the other may go', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const { row, claim } = await place.takeOne();
      const holder = { row, token: claim.token };
      const file = (id: string): FileRow => {
        return { id, taskId: row.id, role: 'artifact', name: 'a', type: '', size: 1, lastModified: 0, createdAt: 0 };
      };
      const replaced = await Promise.all([
        place.store.do(recordArtifact(holder, file('first'))),
        place.store.do(recordArtifact(holder, file('second'))),
      ]);
      expect(replaced).toEqual([[], ['first']]);
      expect((await readTables(place.store)).files.map((each) => each.id)).toEqual(['second']);
    });

    test('A1 a task that is named twice is removed once', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' });
      expect(await place.store.do(remove(['a', 'a'] as TaskId[]))).toEqual(['a']);
      await recount(place.store);
    });
  });
}

function badNeighbours(openStore: OpenStore): void {
  const fails: [string, () => Operation<unknown>][] = [
    [
      'holds what cannot be stored',
      () => insert([{ row: { ...newRow({ id: 'bad' }), payload: () => undefined }, ownId: true }]),
    ],
    ['cannot be read for', () => ({ load: () => Promise.reject(new TypeError('no')), apply: () => undefined })],
  ];

  describe('an operation', () => {
    test.each(fails)('that %s fails alone', async (_, bad) => {
      const place = await newPlace(openStore);
      const results = await Promise.allSettled([
        place.insert({ id: 'before' }),
        place.store.do(bad()),
        place.insert({ id: 'after' }),
      ]);
      expect(results.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await place.store.page({})).total).toBe(2);
      await recount(place.store);
    });

    test('that changed a claim and then failed takes no number', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const { row } = await place.takeOne();
      const seq = await place.seq();
      const failing: Operation<void> = {
        apply: (work) => {
          work.setClaim(row.id, undefined);
          throw new Error('after that');
        },
      };
      await expect(place.store.do(failing)).rejects.toThrow('after that');
      expect(await place.seq()).toBe(seq);
    });
  });
}

function sharedConnection(openStore: OpenStore): void {
  describe('a connection that the browser drops', () => {
    test('is opened again by all who use it at once', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      await dropConnection(place.store);
      const results = await Promise.allSettled([
        place.store.task('mine'),
        place.insert({ id: 'later' }),
        place.store.page({}),
        place.store.standing(),
        place.store.logs('mine' as TaskId),
      ]);
      expect(results.filter((each) => each.status === 'rejected')).toEqual([]);
      expect((await place.store.page({})).total).toBe(2);
    });
  });

  describe('a commit that came to be, though its connection was lost', () => {
    test.each(['UnknownError', 'AbortError'])('is done once (%s)', async (name) => {
      const place = await newPlace(openStore);
      const seq = await place.seq();
      loseOutcome(name);
      await Promise.all([place.insert({ name: 'a' }), place.insert({ name: 'b' })]);
      expect([(await place.store.page({})).total, await place.seq()]).toEqual([2, seq + 1]);
      loseOutcome(name);
      const claimed = await place.take(5);
      expect(claimed.map(({ row }) => row.name)).toEqual(['a', 'b']);
      await place.insert({ name: 'c' });
      await recount(place.store);
    });

    test('is found, whoever else has written since', async () => {
      const place = await newPlace(openStore);
      const other = await newPlace(openStore, place.store.database);
      loseOutcome('UnknownError');
      await Promise.all([
        place.insert({ id: 'mine' }),
        other.insert({}),
        other.insert({}).then(() => other.insert({})),
      ]);
      expect((await place.store.page({})).total).toBe(4);
      await recount(place.store);
    });
  });

  describe('a new leader', () => {
    test('E5 finds what is ready beyond the claims that a living engine still holds', async () => {
      const place = await newPlace(openStore);
      await place.insert(...['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })));
      expect(await place.take(3)).toHaveLength(3);
      await place.store.do(leading(TWO));
      await place.store.do(leading(ONE));
      const fresh = new Place(place.store, place.clock);
      expect((await fresh.take(2)).map(({ row }) => row.name)).toEqual(['d', 'e']);
    });
  });
}

function heardOfOthers(openStore: OpenStore): void {
  test('what another engine was heard to have written is not computed past in vain', async () => {
    const place = await newPlace(openStore);
    const other = await newPlace(openStore, place.store.database);
    const aborts = vi.spyOn(IDBTransaction.prototype, 'abort');
    await place.insert({});
    const heard = new Promise<void>((resolve) => {
      place.store.listen((_, isOwn) => (isOwn ? undefined : resolve()));
    });
    await other.insert({});
    await heard;
    aborts.mockClear();
    await place.insert({});
    expect(aborts).not.toHaveBeenCalled();
    aborts.mockRestore();
    await recount(place.store);
  });
}

function keptCounts(openStore: OpenStore): void {
  describe('what is kept counted', () => {
    test('A8 is told apart by creator and type, whatever characters they hold', async () => {
      const place = await newPlace(openStore);
      await place.insert({ creator: 'a\0b', type: 'test.x' }, { creator: 'a', type: 'test.y' });
      const groups = countsOf(await place.store.standing()).map(({ creator, type }) => [creator, type]);
      expect(groups).toEqual([
        ['a\0b', 'test.x'],
        ['a', 'test.y'],
      ]);
      expect((await place.store.page({ creator: 'a\0b', type: 'test.x' })).total).toBe(1);
    });

    test(
      'A4 gives the exact total per creator, status and type, however many there are',
      { timeout: 20_000 },
      async () => {
        const place = await newPlace(openStore);
        const thousand = Array.from({ length: 1_000 }, () => ({ type: 'test.many', creator: 'kim' }));
        for (let i = 0; i < 10; i++) await place.insert(...thousand);
        await place.insert({ type: 'test.many', creator: 'kim' }, {});
        await place.takeOne();
        for (const query of [{ type: 'test.many' }, { creator: 'kim' }, { creator: 'kim', type: 'test.many' }]) {
          const { total, totalIsLowerBound } = await place.store.page({ ...query, limit: 1 });
          expect([total, totalIsLowerBound]).toEqual([10_001, undefined]);
        }
        expect((await place.store.page({ status: 'pending', limit: 1 })).total).toBe(10_001);
        // Where it must be counted, the bound is the same on every page.
        const deep = await place.store.page({ workspace: 'default', offset: 10_000, limit: 1 });
        expect(deep).toMatchObject({ total: 10_000, totalIsLowerBound: true });
      },
    );
  });
}

function failedWhole(openStore: OpenStore): void {
  describe('a transaction that fails as a whole', () => {
    test('leaves nothing in mind that is not on disk', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      const claimed = await place.takeOne();
      const row = { ...newRow(), payload: () => undefined };
      await Promise.allSettled([
        place.store.do(settling(claimed, { kind: 'succeeded' })),
        place.store.do(insert([{ row, ownId: false }])),
      ]);
      await place.settle(claimed, { kind: 'succeeded' });
      await place.insert({});
      expect(await place.row('mine')).toMatchObject({ status: 'completed' });
      expect((await place.store.page({})).total).toBe(2);
      await recount(place.store);
    });

    test('says what could not be stored', async () => {
      const place = await newPlace(openStore);
      const row = { ...newRow(), payload: () => undefined };
      const refusal = { code: 'payload-not-cloneable' };
      await expect(place.store.do(insert([{ row, ownId: false }]))).rejects.toMatchObject(refusal);
      expect((await place.store.page({})).total).toBe(0);
      await recount(place.store);
    });
  });
}

export function sharing(name: string, openStore: OpenStore): void {
  describe(name, () => {
    afterEach(clearPlaces);
    sharedTransaction(openStore);
    sharedByOneTask(openStore);
    badNeighbours(openStore);
    failedWhole(openStore);
    sharedConnection(openStore);
    heardOfOthers(openStore);
    keptCounts(openStore);
  });
}
