// B11: unfinished tasks of one key do not pile up.

import { describe, expect, test } from 'vitest';
import { cancel, type FileRow, insert, makeDue, remove, retry, undo } from '../../../src/store/index.ts';
import type { EnqueueRequest, Unique } from '../../../src/task/index.ts';
import { endThis, FOR_GOOD, idOf, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';
import { newRow } from '../../support/rows.ts';

const unique = (policy: Unique['policy'], rest: Partial<Unique> = {}) => ({ unique: { key: 'k', policy, ...rest } });

async function come(place: Place, policy: Unique['policy'], ...requests: Partial<EnqueueRequest>[]) {
  for (const request of requests) await place.insert({ ...unique(policy), ...request });
}

const dueAfter = async (place: Place, ms: number) => {
  place.clock.jump(ms);
  await place.store.do(makeDue(place.clock.now(), 100));
};

function keepAndReplace(openStore: OpenStore): void {
  describe('a unique key', () => {
    test('B11 keep: the task that is there is the answer, until it has ended', async () => {
      const place = await newPlace(openStore);
      await come(place, 'keep', { id: 'a' });
      const [kept] = await place.insert({ id: 'b', ...unique('keep') });
      expect(kept).toMatchObject({ created: false, taken: false, row: { id: 'a' } });
      const claimed = await takeThis(place, 'a');
      await come(place, 'keep', { id: 'c' });
      await place.settle(claimed, { kind: 'succeeded' });
      const [made, again] = await place.insert({ id: 'd', ...unique('keep') }, { id: 'e', ...unique('keep') });
      expect([made?.created, again?.row.id]).toEqual([true, 'd']);
      expect(await said(place, 'b', 'c', 'd', 'e')).toEqual(['gone', 'gone', 'ready', 'gone']);
      await recount(place.store);
    });

    test('B11 replace: every other of the key is cancelled, the running one too, with whoever waits for them', async () => {
      const place = await newPlace(openStore);
      await come(place, 'append', { id: 'a' }, { id: 'b' }, { id: 'c' });
      await place.insert({ id: 'of b', dependsOn: ['b'] }, { id: 'child', parentId: 'a' });
      await takeThis(place, 'a');
      await come(place, 'replace', { id: 'new' });
      expect(await said(place, 'a', 'b', 'c', 'of b', 'child')).toEqual(Array(5).fill('cancelled'));
      expect(await said(place, 'new')).toEqual(['ready']);
      expect((await place.store.standing()).claims.size).toBe(0);
      await recount(place.store);
    });

    test('B11 replace: of many that come together the last is left', async () => {
      const place = await newPlace(openStore);
      const ids = ['a', 'b', 'c', 'd'];
      await place.insert(...ids.map((id) => ({ id, ...unique('replace') })));
      expect(await said(place, ...ids)).toEqual(['cancelled', 'cancelled', 'cancelled', 'ready']);
      await recount(place.store);
    });

    test('B11 append: many that come together, with whatever ids, run one after another, in the order they came', async () => {
      const place = await newPlace(openStore);
      const ids = Array.from({ length: 40 }, (_, i) => `${(i * 17) % 40} mine`);
      const half = ids.splice(0, 20);
      await place.insert(...half.map((id) => ({ id, ...unique('append') })));
      await Promise.all(ids.map((id) => place.insert({ id, ...unique('append') })));
      const order: string[] = [];
      for (;;) {
        const claimed = await place.take(100);
        expect(claimed.length).toBeLessThanOrEqual(1);
        if (claimed[0] === undefined) break;
        order.push(claimed[0].row.id);
        await place.settle(claimed[0], order.length % 2 ? { kind: 'succeeded' } : FOR_GOOD);
      }
      expect(order).toEqual([...half, ...ids]);
      await recount(place.store);
    });
  });
}

function appending(openStore: OpenStore): void {
  describe('a unique key', () => {
    test.each(['cancel', 'remove'] as const)(
      'B11 append: a %s in the middle of the line lets nobody pass who is first',
      async (how) => {
        const place = await newPlace(openStore);
        await come(place, 'append', { id: 'z' }, { id: 'b' }, { id: 'a' }, { id: 'c' });
        const first = await takeThis(place, 'z');
        const end = (id: string): Promise<unknown> =>
          how === 'cancel' ? place.store.do(cancel(idOf(id), 'x')) : place.store.do(remove([idOf(id)]));
        await end('b');
        expect(await said(place, 'a', 'c')).toEqual(['dependency', 'dependency']);
        await Promise.all([come(place, 'append', { id: 'd' }), end('a'), end('d')]);
        expect(await said(place, 'c')).toEqual(['dependency']);
        await place.settle(first, { kind: 'succeeded' });
        expect(await said(place, 'c')).toEqual(['ready']);
        await recount(place.store);
      },
    );

    test('B11 append: it waits for its dependencies and for its turn, whichever comes last', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'dependency' }, { id: 'a', ...unique('append') });
      await place.insert({ id: 'b', ...unique('append'), dependsOn: ['dependency'] });
      await endThis(place, 'dependency');
      expect(await said(place, 'b')).toEqual(['dependency']);
      await endThis(place, 'a', FOR_GOOD);
      expect(await said(place, 'b')).toEqual(['ready']);
    });

    test('B11 an undo lets nobody run beside who has the key by now', async () => {
      const place = await newPlace(openStore);
      await come(place, 'append', { id: 'a' }, { id: 'b' }, { id: 'c' });
      await takeThis(place, 'a');
      await place.store.do(remove([idOf('b')]));
      await place.store.do(cancel(idOf('c'), 'oops'));
      expect(await place.store.do(undo([idOf('c'), idOf('b')]))).toEqual(['c', 'b']);
      expect(await said(place, 'b', 'c')).toEqual(['dependency', 'dependency']);
      await come(place, 'replace', { id: 'x' });
      expect(await place.store.do(undo([idOf('b')]))).toEqual(['b']);
      expect(await said(place, 'x', 'b')).toEqual(['ready', 'dependency']);
      await endThis(place, 'x');
      expect(await said(place, 'b')).toEqual(['ready']);
      await recount(place.store);
    });

    test('B11 is one for all types, and none to those that have no key or another', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', type: 'test.a', ...unique('keep') });
      await place.insert(
        { id: 'b', type: 'test.b', ...unique('keep') },
        { id: 'c', unique: { key: 'l', policy: 'keep' } },
      );
      expect(await said(place, 'b', 'c')).toEqual(['gone', 'ready']);
    });
  });
}

function debounce(openStore: OpenStore): void {
  describe('a unique key with debounce', () => {
    const debounced = (payload: unknown, ms = 100) => ({ payload, ...unique('debounce', { debounceMs: ms }) });

    test('B11 the newest payload runs once, a wait after the last has come', async () => {
      const place = await newPlace(openStore);
      const row = await place.insertOne({ id: 'a', ...debounced(1) });
      expect(row).toMatchObject({ waiting: 'time', dueAt: place.clock.now() + 100 });
      await dueAfter(place, 60);
      const [taken] = await place.insert({ id: 'b', ...debounced(2) });
      expect(taken).toMatchObject({ created: false, taken: true, row: { id: 'a', payload: 2, version: 2 } });
      await dueAfter(place, 60);
      expect(await said(place, 'a')).toEqual(['time']);
      await dueAfter(place, 40);
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'gone']);
      await recount(place.store);
    });

    test('B11 one whose wait is over but that has not begun waits anew, and lets go of its concurrency key', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...debounced(1), concurrencyKey: 'disk' });
      await dueAfter(place, 100);
      await place.insert({ id: 'other', concurrencyKey: 'disk' });
      expect(await said(place, 'a', 'other')).toEqual(['ready', 'limit']);
      await place.insert(debounced(2));
      expect(await said(place, 'a', 'other')).toEqual(['time', 'ready']);
      await recount(place.store);
    });

    test('B11 a shorter wait counts from the newcomer, too; one that a schedule gives is kept', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...debounced(1, 1_000) });
      await place.insert(debounced(2, 50));
      expect(await place.row('a')).toMatchObject({ dueAt: place.clock.now() + 50 });
      const at = place.clock.now() + 5_000;
      await place.insert({ id: 'b', unique: { key: 'l', policy: 'debounce' }, schedule: { at } });
      await place.insert({ unique: { key: 'l', policy: 'debounce' } });
      expect(await place.row('b')).toMatchObject({ dueAt: at });
      await dueAfter(place, 5_000);
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'ready']);
      await recount(place.store);
    });

    test('B11 one that runs is left alone: another waits beside it', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...debounced(1) });
      await dueAfter(place, 100);
      const claimed = await takeThis(place, 'a');
      await place.insert({ id: 'b', ...debounced(2) });
      await place.insert({ id: 'c', ...debounced(3) });
      expect(await said(place, 'a', 'b', 'c')).toEqual(['running', 'time', 'gone']);
      expect([(await place.row('a'))?.payload, (await place.row('b'))?.payload]).toEqual([1, 3]);
      expect(await place.settle(claimed, { kind: 'succeeded' })).toMatchObject({ row: { status: 'completed' } });
      await recount(place.store);
    });
  });
}

function latest(openStore: OpenStore): void {
  describe('a unique key with latest', () => {
    test('B11 while one runs, one follows, with the newest payload, name, priority and version of its type', async () => {
      const place = await newPlace(openStore);
      await come(place, 'latest', { id: 'a', payload: 1 });
      const claimed = await takeThis(place, 'a');
      await come(place, 'latest', { id: 'b', payload: 2, tags: ['old'], description: 'old' });
      await come(place, 'latest', { id: 'c', payload: 3, name: 'newest', priority: 'high', typeVersion: 2 });
      expect(await said(place, 'a', 'b', 'c')).toEqual(['running', 'dependency', 'gone']);
      const row = await place.row('b');
      expect(row).toMatchObject({ payload: 3, name: 'newest', rank: -10, typeVersion: 2 });
      expect(row).not.toHaveProperty('tags');
      expect(row).not.toHaveProperty('description');
      await place.settle(claimed, FOR_GOOD);
      expect(await place.row('b')).toMatchObject({ lane: 'test.noop@2' });
      await endThis(place, 'b');
      await recount(place.store);
    });

    test('B11 what has not begun takes over at once, and goes where its new priority puts it', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'before' }, { id: 'a', ...unique('latest') }, { id: 'between' });
      await place.takeOne();
      await place.takeOne();
      await come(place, 'latest', { payload: 2 });
      await place.insert({ id: 'x', unique: { key: 'l', policy: 'latest' }, priority: 'low' });
      await place.takeOne();
      await place.insert({ id: 'y', unique: { key: 'l', policy: 'latest' }, priority: 'high' });
      await place.insert({ id: 'z' });
      expect((await place.takeOne()).row.id).toBe('x');
      await recount(place.store);
    });

    test('B11 the newcomer of another type takes the place of the one that waits', async () => {
      const place = await newPlace(openStore);
      await come(place, 'latest', { id: 'a', type: 'test.a' });
      const claimed = await takeThis(place, 'a');
      await come(place, 'latest', { id: 'b', type: 'test.a' }, { id: 'c', type: 'test.b', payload: 'for b' });
      expect(await said(place, 'a', 'b', 'c')).toEqual(['running', 'cancelled', 'dependency']);
      expect(await place.row('c')).toMatchObject({ type: 'test.b', payload: 'for b', blockedBy: ['a'] });
      await place.settle(claimed, { kind: 'succeeded' });
      expect(await said(place, 'c')).toEqual(['ready']);
      await recount(place.store);
    });

    test('B11 one that runs again by hand keeps the payload of the runs it had', async () => {
      const place = await newPlace(openStore);
      await come(place, 'latest', { id: 'a', payload: 1 });
      await endThis(place, 'a', FOR_GOOD);
      await place.store.do(retry(idOf('a'), 'kim'));
      await come(place, 'latest', { id: 'b', payload: 2 }, { id: 'c', payload: 3 });
      expect(await said(place, 'a', 'b', 'c')).toEqual(['ready', 'dependency', 'gone']);
      expect([(await place.row('a'))?.payload, (await place.row('b'))?.payload]).toEqual([1, 3]);
      await recount(place.store);
    });
  });
}

function belongings(openStore: OpenStore): void {
  describe('a unique key with latest', () => {
    test.each(['latest', 'debounce'] as const)(
      'B11 %s: large payloads and files of the newcomer are taken, and the old ones go',
      async (policy) => {
        const place = await newPlace(openStore);
        const arrive = (id: string, large: boolean) => {
          const row = newRow({ id, ...unique(policy), ...(!large && { payload: id }) }, place.clock.now(), large);
          const file: FileRow = {
            ...{ id: `${id} file`, taskId: row.id, role: 'payload', name: id, type: '', size: 1 },
            ...{ lastModified: 0, createdAt: 0 },
          };
          const payload = { taskId: row.id, kind: 'payload' as const, index: 0, value: `${id} value` };
          return place.store.do(insert([{ row, ownId: true, files: [file], ...(large && { payload }) }]));
        };
        await arrive('a', true);
        await Promise.all([arrive('b', true), arrive('c', true)]);
        const [row] = (await place.store.page({})).states.map((state) => state.row);
        expect(row).toMatchObject({ id: 'a', payloadApart: true });
        if (row !== undefined) expect(await place.store.value(row, 'payload', 0)).toBe('c value');
        const { files } = await readTables(place.store);
        expect(files.map(({ id, taskId }) => [id, taskId])).toEqual([['c file', 'a']]);
        await arrive('d', false);
        expect(await place.row('a')).toMatchObject({ payload: 'd' });
        expect(await place.row('a')).not.toHaveProperty('payloadApart');
        expect((await readTables(place.store)).files.map(({ id }) => id)).toEqual(['d file']);
        await recount(place.store);
      },
    );
  });
}

export function uniqueContract(openStore: OpenStore): void {
  for (const part of [keepAndReplace, appending, debounce, latest, belongings]) part(openStore);
}
