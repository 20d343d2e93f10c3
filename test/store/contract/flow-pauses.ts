// D6: pause rules. What names a type, or nothing, touches no task; what names a task is kept with it.

import { describe, expect, test } from 'vitest';
import {
  cancel,
  expireRules,
  lift,
  makeDue,
  pause,
  type PauseRow,
  remove,
  retry,
  undo,
} from '../../../src/store/index.ts';
import { restoreAll, redo } from '../../../src/store/log/restore.ts';
import { endThis, FOR_GOOD, idOf, parking, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { readPauses, readTables, recount } from '../../support/raw.ts';

const rule = (ruleId: string, rest: Partial<PauseRow> = {}): PauseRow => {
  return { ruleId, createdAt: 0, createdBy: 'kim', ...rest };
};
const rulesOf = async (place: Place) => (await place.store.standing()).head.rules.map(({ ruleId }) => ruleId);
const liftNow = (place: Place, which: Parameters<typeof lift>[0]) => place.store.do(lift(which, place.clock.now()));
const soon = async (place: Place, ms: number) => {
  place.clock.jump(ms);
  await place.store.do(makeDue(place.clock.now(), 100));
};

const NOTHING = { lastStamp: 0, checkpointSeq: 0, batches: [], wholeFrom: 0 };

function generalRules(openStore: OpenStore): void {
  describe('a pause of all, of a type, or of steps', () => {
    test('D6 is in force in the head and touches no row; lifted, it is kept with when that was', async () => {
      const place = await newPlace(openStore);
      await place.insert({}, { type: 'test.b' }, { schedule: { everyMs: '1h' } });
      const { tasks } = await readTables(place.store);
      await place.store.do(pause(rule('all')));
      await Promise.all([
        place.store.do(pause(rule('type', { type: 'test.b' }))),
        place.store.do(pause(rule('steps', { stepPattern: 'up*', expiresAt: place.clock.now() + 9 }))),
      ]);
      expect((await rulesOf(place)).sort()).toEqual(['all', 'steps', 'type']);
      place.clock.jump(5);
      expect(await liftNow(place, {})).toMatchObject([{ ruleId: 'all' }]);
      expect(await liftNow(place, { ruleId: 'type' })).toMatchObject([{ ruleId: 'type' }]);
      expect(await liftNow(place, { ruleId: 'type' })).toEqual([]);
      await place.store.do(expireRules(place.clock.now()));
      expect(await rulesOf(place)).toEqual(['steps']);
      place.clock.jump(4);
      await place.store.do(expireRules(place.clock.now()));
      expect(await rulesOf(place)).toEqual([]);
      const now = place.clock.now();
      const kept = (await readPauses(place.store)).map(({ ruleId, deletedAt }) => [ruleId, deletedAt]);
      expect(kept.sort()).toEqual([
        ['all', now - 4],
        ['steps', now],
        ['type', now - 4],
      ]);
      expect((await readTables(place.store)).tasks).toEqual(tasks);
      await recount(place.store);
    });

    test('D6 that is made and lifted at once is lifted', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      await Promise.all([
        place.store.do(pause(rule('all'))),
        place.store.do(pause(rule('a', { taskId: idOf('a') }))),
        liftNow(place, {}),
        liftNow(place, { ruleId: 'a' }),
      ]);
      expect(await rulesOf(place)).toEqual([]);
      expect(await said(place, 'a')).toEqual(['ready']);
    });
  });
}

function stepRules(openStore: OpenStore): void {
  describe('a pause of steps', () => {
    test.each(['lifted', 'expired'])('D6 whose handler stopped before a step is freed as it is %s', async (how) => {
      const place = await newPlace(openStore);
      const until = place.clock.now() + 50;
      await place.insert({ id: 'a' });
      await place.store.do(pause(rule('steps', { stepPattern: 'up*', expiresAt: until })));
      const claimed = await takeThis(place, 'a');
      await place.store.do(parking(claimed, { kind: 'pause', step: 'upload', ruleId: 'steps', until }));
      expect(await said(place, 'a')).toEqual(['pause']);
      expect(await place.row('a')).toMatchObject({ links: ['pause:steps'] });
      await liftNow(place, { ruleId: 'another' });
      expect(await said(place, 'a')).toEqual(['pause']);
      if (how === 'lifted') await liftNow(place, { stepPattern: 'up*' });
      else await soon(place, 50);
      expect(await said(place, 'a')).toEqual(['ready']);
      expect(await place.row('a')).not.toHaveProperty('parked');
      await recount(place.store);
    });

    test('D6 is in force again after the database was made again of the log, or went back', async () => {
      const place = await newPlace(openStore);
      await place.store.do(pause(rule('all')));
      await place.store.do(pause(rule('old', { type: 'test.a' })));
      await liftNow(place, { ruleId: 'old' });
      const pauses = await readPauses(place.store);
      const { meta } = await readTables(place.store);
      const change = (table: 'pauses' | 'meta', puts: object[]) => ({ table, puts, deletes: [], deletedPrefixes: [] });
      const changes = [change('pauses', pauses), change('meta', meta)];
      const transactions = [{ kind: 'transaction' as const, seq: 9, changes, at: 0, stamp: 0, stampBefore: 0 }];
      const history = { ...NOTHING, generation: place.store.generation, lastSeq: 9, transactions };
      for (const make of [restoreAll, redo] as const) {
        const empty = await newPlace(openStore);
        const raw = await opened(`errand:${empty.store.database}`);
        await make(raw, history);
        raw.close();
        expect(await rulesOf(empty)).toEqual(['all']);
        expect(await readPauses(empty.store)).toHaveLength(2);
        await recount(empty.store);
      }
    });
  });
}

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new Error(`${name} could not be opened`));
    };
  });
}

function taskRules(openStore: OpenStore): void {
  describe('a pause of one task', () => {
    const paused = (place: Place, id: string, rest: Partial<PauseRow> = {}) =>
      place.store.do(pause(rule(`of ${id}`, { taskId: idOf(id), ...rest })));

    test('D6 holds it back at once, or when what it waits for has come, until it is lifted', async () => {
      const place = await newPlace(openStore);
      const at = place.clock.now() + 10;
      await place.insert({ id: 'holder', concurrencyKey: 'k' });
      await place.insert(
        { id: 'ready' },
        { id: 'timed', schedule: { at } },
        { id: 'blocked', dependsOn: ['holder'] },
        { id: 'wanting', concurrencyKey: 'k' },
        { id: 'triggered', schedule: { on: 'online' } },
      );
      const ids = ['ready', 'timed', 'blocked', 'wanting', 'triggered'];
      for (const id of ids) await paused(place, id);
      expect(await said(place, ...ids)).toEqual(['pause', 'time', 'dependency', 'pause', 'event']);
      await endThis(place, 'holder');
      await soon(place, 10);
      expect(await said(place, ...ids)).toEqual(['pause', 'pause', 'pause', 'pause', 'event']);
      await recount(place.store);
      for (const id of ids) await liftNow(place, { taskId: id });
      expect(await said(place, ...ids)).toEqual(['ready', 'ready', 'ready', 'ready', 'event']);
      expect((await readTables(place.store)).tasks.filter((row) => row.pauses !== undefined)).toEqual([]);
      await recount(place.store);
    });

    test('D6 is carried by the claim of one that runs, and holds it back after that', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' });
      const [a, b] = [await takeThis(place, 'a'), await takeThis(place, 'b')];
      const row = await place.row('a');
      await Promise.all([paused(place, 'a'), paused(place, 'b')]);
      expect(await place.row('a')).toEqual(row);
      await liftNow(place, { taskId: 'b' });
      const other = await newPlace(openStore, place.store.database);
      const { claims } = await other.store.standing();
      expect(claims.get(a.row.id)?.pauses).toEqual([{ ruleId: 'of a', expiresAt: Infinity }]);
      expect(claims.get(b.row.id)?.pauses).toBeUndefined();
      await place.settle(a, { kind: 'interrupted' });
      await place.settle(b, { kind: 'interrupted' });
      expect(await said(place, 'a', 'b')).toEqual(['pause', 'ready']);
      await recount(place.store);
    });

    test('D6 outlasts the run, and the end of the task until it is lifted', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'often', schedule: { everyMs: '1m' } }, { id: 'failing' }, { id: 'never' });
      const often = await takeThis(place, 'often');
      const failing = await takeThis(place, 'failing');
      for (const id of ['often', 'failing', 'never']) await paused(place, id);
      await place.settle(often, { kind: 'succeeded' });
      await place.settle(failing, FOR_GOOD);
      await place.store.do(cancel(idOf('never'), 'oops'));
      await place.store.do(undo([idOf('never')]));
      await soon(place, 60_000);
      await place.store.do(retry(idOf('failing'), 'kim'));
      expect(await said(place, 'often', 'failing', 'never')).toEqual(['pause', 'pause', 'pause']);
      await place.store.do(cancel(idOf('failing'), 'x'));
      await liftNow(place, { taskId: 'failing' });
      await place.store.do(retry(idOf('failing'), 'kim'));
      expect(await said(place, 'failing')).toEqual(['ready']);
      await recount(place.store);
    });
  });
}

function taskRulesToo(openStore: OpenStore): void {
  describe('a pause of one task, too,', () => {
    const paused = (place: Place, id: string, rest: Partial<PauseRow> = {}) =>
      place.store.do(pause(rule(`of ${id} ${rest.expiresAt}`, { taskId: idOf(id), ...rest })));

    test('D6 expires by itself; of several the last counts', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert({ id: 'a' });
      await paused(place, 'a', { expiresAt: now + 50 });
      await paused(place, 'a', { expiresAt: now + 20 });
      await soon(place, 20);
      expect(await said(place, 'a')).toEqual(['pause']);
      await soon(place, 30);
      expect(await said(place, 'a')).toEqual(['ready']);
      await recount(place.store);
    });

    test('D6 that was lifted while its task was deleted holds it no more when that is had back', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' }, { id: 'c' });
      await paused(place, 'a');
      await paused(place, 'b');
      await place.store.do(pause(rule('steps', { stepPattern: '*' })));
      const claimed = await takeThis(place, 'c');
      await place.store.do(parking(claimed, { kind: 'pause', step: 's', ruleId: 'steps', until: Infinity }));
      const ids = ['a', 'b', 'c'].map(idOf);
      await place.store.do(remove(ids));
      await liftNow(place, { taskId: 'a' });
      await liftNow(place, { ruleId: 'steps' });
      await place.store.do(undo(ids));
      expect(await said(place, 'a', 'b', 'c')).toEqual(['ready', 'pause', 'ready']);
      await recount(place.store);
    });

    test('D6 of one that is not there, or has ended, is refused', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      await place.store.do(cancel(idOf('a'), 'x'));
      await expect(paused(place, 'a')).rejects.toMatchObject({ code: 'already-finished' });
      await expect(paused(place, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
      expect(await readPauses(place.store)).toEqual([]);
    });
  });
}

export function pauseContract(openStore: OpenStore): void {
  for (const part of [generalRules, stepRules, taskRules, taskRulesToo]) part(openStore);
}
