// The one place where anything is written: what shares a transaction, and what must not be felt by those that share it.

import { describe, expect, test } from 'vitest';
import {
  cancel,
  configure,
  type Nudge,
  type Operation,
  recordLog,
  recordProgress,
  remove,
} from '../../../src/store/index.ts';
import { type TaskId, transition } from '../../../src/task/index.ts';
import { newPlace, type OpenStore, type Place, settling } from '../../support/place.ts';
import { dropConnection, readTables, recount } from '../../support/raw.ts';
import { newRow, tokenOf } from '../../support/rows.ts';

export function transactionContract(openStore: OpenStore): void {
  describe('a transaction', () => {
    test('is shared by what comes while another is under way', async () => {
      const place = await newPlace(openStore);
      const seq = await place.seq();
      await Promise.all(Array.from({ length: 50 }, (_, i) => place.insert({ name: `task ${i}` })));
      expect((await place.store.page({})).total).toBe(50);
      expect(await place.seq()).toBe(seq + 1);
      await Promise.all([place.insert({}), place.insert({})]);
      await place.insert({});
      expect(await place.seq()).toBe(seq + 3);
    });

    test('that changes nothing takes no number and tells nobody', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      const claimed = await place.takeOne();
      await place.settle(claimed, { kind: 'succeeded' });
      const seq = await place.seq();
      const nudges: Nudge[] = [];
      place.store.listen((nudge) => nudges.push(nudge));
      await place.insert({ id: 'mine' });
      await place.settle(claimed, { kind: 'succeeded' });
      await place.store.do(remove(['nobody' as TaskId]));
      await place.store.do(recordProgress([{ taskId: claimed.row.id, token: tokenOf(1), progress: { percent: 1 } }]));
      await expect(place.store.do(cancel(claimed.row.id, 'x'))).rejects.toThrow();
      expect(await place.take(5, { lanes: ['test.noop'] })).toEqual([]);
      expect([await place.seq(), nudges]).toEqual([seq, []]);
    });

    test('tells whoever listens what it touched, here and elsewhere', async () => {
      const place = await newPlace(openStore);
      const other = await newPlace(openStore, place.store.database);
      const heard = new Promise<Nudge>((resolve) => void other.store.listen(resolve));
      const nudges: Nudge[] = [];
      place.store.listen((nudge) => nudges.push(nudge));
      const { id } = await place.insertOne({ id: 'mine' });
      const expected = { seq: await place.seq(), touched: [id], ready: true, dueAt: undefined };
      expect(nudges).toEqual([expected]);
      expect(await heard).toEqual(expected);
      await place.insert({ schedule: { at: place.clock.now() + 7 } });
      expect(nudges[1]).toMatchObject({ ready: false, dueAt: place.clock.now() + 7 });
      await place.insert(...Array.from({ length: 101 }, () => ({})));
      expect(nudges[2]?.touched).toBeNull();
    });

    test('of several in a row: others are told of the first at once, of the rest together, and of all there were', async () => {
      const place = await newPlace(openStore);
      const other = await newPlace(openStore, place.store.database);
      const heard: Nudge[] = [];
      const hearsOf = (seq: number) =>
        new Promise<void>((resolve) => {
          other.store.listen((nudge) => nudge.seq >= seq && resolve());
        });
      other.store.listen((nudge) => heard.push(nudge));
      const seq = await place.seq();
      const [first, last] = [hearsOf(seq + 1), hearsOf(seq + 3)];
      for (const id of ['a', 'b', 'c']) await place.insert({ id });
      await first;
      await place.store.close();
      await last;
      expect(heard.map((nudge) => [nudge.seq, nudge.touched])).toEqual([
        [seq + 1, ['a']],
        [seq + 3, ['b', 'c']],
      ]);
    });
  });
}

export function patienceContract(openStore: OpenStore): void {
  describe('a transaction and those who may wait', () => {
    test('is shared by what may wait, in the order in which it came, and begins with whoever does not wait', async () => {
      const place = await newPlace(openStore);
      const seq = await place.seq();
      const waiting = ['a', 'b'].map((id) => place.store.do(place.arrivals({ id }), true));
      expect(await place.seq()).toBe(seq);
      await place.insert({ id: 'a' }, { id: 'c' });
      const [a] = await Promise.all(waiting);
      expect([a?.[0]?.created, await place.seq()]).toEqual([true, seq + 1]);
    });

    test('has what may wait behind what came before it', async () => {
      const place = await newPlace(openStore);
      const underWay = place.insert({});
      await Promise.resolve();
      const before = place.insert({ id: 'a', name: 'before' });
      const behind = place.store.do(place.arrivals({ id: 'a', name: 'behind' }), true);
      const [[first], [second]] = await Promise.all([before, behind, underWay]);
      expect([first?.created, second?.created, second?.row.name]).toEqual([true, false, 'before']);
    });

    test('is begun by what may wait once that is many, or the store is closed', async () => {
      const place = await newPlace(openStore);
      const seq = await place.seq();
      await Promise.all(Array.from({ length: 16 }, () => place.store.do(place.arrivals({}), true)));
      expect(await place.seq()).toBe(seq + 1);
      const last = place.store.do(place.arrivals({ id: 'last' }), true);
      await place.store.close();
      expect((await last)[0]?.created).toBe(true);
      const again = await newPlace(openStore, place.store.database);
      expect(await again.store.task('last')).toBeDefined();
    });
  });
}

export function riderContract(openStore: OpenStore): void {
  describe('a leader', () => {
    test('is told of settings, which are kept', async () => {
      const place = await newPlace(openStore);
      const nudges: Nudge[] = [];
      place.store.listen((nudge) => nudges.push(nudge));
      expect(await place.store.do(configure({ maxConcurrent: 4 }))).toEqual({ maxConcurrent: 4 });
      expect(await place.store.do(configure({}))).toEqual({ maxConcurrent: 4 });
      expect((await place.store.standing()).head.settings).toEqual({ maxConcurrent: 4 });
      expect(nudges[0]?.ready).toBe(true);
    });

    test('has its next claims ride along with each transaction, or alone when it asks for it', async () => {
      const place = await newPlace(openStore);
      await place.lead();
      const ride = (wanted: boolean) =>
        new Promise<unknown>((resolve, reject) => {
          place.store.setRider((alone) => {
            if (alone !== wanted) return undefined;
            place.store.setRider(undefined);
            return { operation: place.claiming(wanted ? 5 : 1, ['test.noop']), resolve, reject };
          });
        });
      const seq = await place.seq();
      const along = ride(false);
      await place.insert({ name: 'a' }, { name: 'b' });
      expect(await along).toMatchObject({ claimed: [{ row: { name: 'a' } }] });
      expect(await place.seq()).toBe(seq + 1);
      const alone = ride(true);
      place.store.kick();
      expect(await alone).toMatchObject({ claimed: [{ row: { name: 'b' } }] });
      expect(await place.seq()).toBe(seq + 2);
    });

    test('E6 is not asked for claims without end once a newer version has taken the database', async () => {
      const place = await newPlace(openStore);
      await place.lead();
      const asked: boolean[] = [];
      place.store.setRider((alone) => {
        asked.push(alone);
        if (asked.length > 100) throw new Error('It is asked without end.');
        return { operation: place.claiming(1, ['test.noop']), resolve: () => undefined, reject: () => undefined };
      });
      await changeVersion(place.store.database, 1_000);
      place.store.kick();
      await expect(place.insert({})).rejects.toMatchObject({ code: 'closed' });
      await place.store.close();
      expect(asked.length).toBeLessThan(5);
    });
  });
}

/** What another, newer version of the app does, or (with no version) whoever deletes the database. */
function changeVersion(database: string, version?: number): Promise<void> {
  const name = `errand:${database}`;
  return new Promise((resolve, reject) => {
    const request = version === undefined ? indexedDB.deleteDatabase(name) : indexedDB.open(name, version);
    request.onsuccess = () => {
      if (version !== undefined) request.result.close();
      resolve();
    };
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

/** Does all sorts of things to the database, then throws. */
function disaster(claimedId: string): Operation<void> {
  return {
    load: (load) => load.tasks([claimedId, 'mine']),
    apply: (work) => {
      work.putTask({ row: newRow({ type: 'test.ghost', creator: 'ghost' }) }, undefined);
      const running = work.task(claimedId as TaskId);
      const mine = work.task('mine' as TaskId);
      if (running?.claim === undefined || mine === undefined) throw new Error('The tasks are not there.');
      const cancelled = transition(running, { kind: 'cancelled', reason: 'ghost' }, work.now);
      if (cancelled !== undefined) work.putTask(cancelled, running);
      work.removeTask(mine);
      work.deletePrefix('logs', [claimedId]);
      work.put('values', { taskId: running.row.id, kind: 'result', index: 0, value: 'ghost' });
      work.delete('files', 'nobody');
      throw new Error('after all that');
    },
  };
}

export function undoContract(openStore: OpenStore): void {
  async function prepared(): Promise<{ place: Place; claimedId: string }> {
    const place = await newPlace(openStore);
    await place.insert({ id: 'mine', schedule: { at: place.clock.now() + 5 } }, { id: 'running' });
    const { row, claim } = await place.takeOne();
    const lines = [{ at: 1, level: 'info' as const, message: 'kept' }];
    const log = { taskId: row.id, runIndex: 0, attempt: 1, claimToken: claim.token, seq: 0, lines };
    await place.store.do(recordLog({ row, token: claim.token }, log));
    return { place, claimedId: row.id };
  }

  describe('an operation that throws', () => {
    test('leaves nothing of what it did', async () => {
      const { place, claimedId } = await prepared();
      const before = await readTables(place.store);
      await expect(place.store.do(disaster(claimedId))).rejects.toThrow('after all that');
      const { meta: _, ...after } = await readTables(place.store);
      expect(before).toMatchObject(after);
      expect((await place.store.standing()).claims.has(claimedId as TaskId)).toBe(true);
      await recount(place.store);
    });

    test('takes nobody with it of those that share its transaction, before it or after it', async () => {
      const { place, claimedId } = await prepared();
      const claimed = await place.store.task(claimedId);
      const seq = await place.seq();
      const results = await Promise.allSettled([
        place.insert({ id: 'before', type: 'test.ghost', creator: 'ghost' }),
        place.store.do(disaster(claimedId)),
        place.insert({ id: 'after', type: 'test.ghost' }),
        place.insert({ parentId: 'nobody' }),
        place.store.do(settling({ row: claimed?.row as never, claim: claimed?.claim as never }, { kind: 'succeeded' })),
      ]);
      expect(results.map((each) => each.status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(await place.seq()).toBe(seq + 1);
      expect(await place.row(claimedId)).toMatchObject({ status: 'completed' });
      expect(await place.row('mine')).toMatchObject({ status: 'pending' });
      expect(await place.row('before')).toBeDefined();
      const { logs, values } = await readTables(place.store);
      expect([logs.length, values]).toEqual([1, []]);
      await recount(place.store);
    });

    test('makes nothing ready that could be claimed in its transaction', async () => {
      const { place, claimedId } = await prepared();
      const [, claiming] = await Promise.allSettled([
        place.store.do(disaster(claimedId)),
        place.store.do(place.claiming(5, ['test.ghost'])),
      ]);
      expect(claiming).toMatchObject({ status: 'fulfilled', value: { claimed: [] } });
    });
  });
}

export function connectionContract(openStore: OpenStore): void {
  describe('a connection that the browser drops', () => {
    const uses: [string, (place: Place) => Promise<unknown>][] = [
      ['a write', (place) => place.insert({})],
      ['a read', (place) => place.store.task('mine')],
      ['a page', (place) => place.store.page({})],
      ['a read of another table', (place) => place.store.logs('mine' as TaskId)],
    ];
    test.each(uses)('is opened again by %s', async (_, use) => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      await dropConnection(place.store);
      await use(place);
      await place.insert({ id: 'later' });
      expect((await place.store.page({})).states.map((state) => state.row.id)).toContain('mine');
      await recount(place.store);
    });

    test('loses none of the writes that were asked for meanwhile', async () => {
      const place = await newPlace(openStore);
      await dropConnection(place.store);
      await Promise.all([place.insert({ id: 'a' }), place.insert({ id: 'b' }), place.insert({ id: 'c' })]);
      expect((await place.store.page({})).total).toBe(3);
      await recount(place.store);
    });
  });

  describe('a store', () => {
    test('that was closed says so', async () => {
      const { store, ...place } = await newPlace(openStore);
      await store.close();
      await expect(store.task('mine')).rejects.toMatchObject({ code: 'closed' });
      await expect(store.do(configure({}))).rejects.toMatchObject({ code: 'closed' });
      await expect(store.page({})).rejects.toMatchObject({ code: 'closed' });
      await expect(store.logs('mine' as TaskId)).rejects.toMatchObject({ code: 'closed' });
      expect(place).toBeDefined();
    });

    test('finds everything again when it is opened again', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' }, { id: 'other' });
      const claimed = await place.takeOne();
      const before = await place.store.standing();
      await place.store.close();
      const again = await newPlace(openStore, place.store.database);
      expect(await again.store.standing()).toEqual(before);
      expect(again.store.lastHead).toEqual(before.head);
      expect(await again.store.task(claimed.row.id)).toEqual(claimed);
      expect(again.store.wasLost).toBe(false);
    });

    test('never meets one of another name', async () => {
      const [one, two] = [await newPlace(openStore), await newPlace(openStore)];
      await one.insert({ id: 'mine' });
      expect(await two.row('mine')).toBeUndefined();
      expect((await one.store.standing()).head.generation).not.toBe((await two.store.standing()).head.generation);
    });
  });
}

export function tabsContract(openStore: OpenStore): void {
  describe('two tabs on one database', () => {
    test('E5 overwrite nothing of each other, although each remembers what it wrote last', async () => {
      const one = await newPlace(openStore);
      const two = await newPlace(openStore, one.store.database);
      for (const place of [one, two, one, one, two, one]) await place.insert({ type: 'test.a' }, { type: 'test.b' });
      await Promise.all([one.insert({}), two.insert({}), one.insert({}), two.insert({})]);
      expect((await two.store.page({})).total).toBe(16);
      await recount(one.store);
    });

    test('E5 know of each other’s claims and settlements', async () => {
      const one = await newPlace(openStore);
      const two = await newPlace(openStore, one.store.database);
      await one.insert({ name: 'a' }, { name: 'b' });
      const claimed = await one.takeOne();
      expect(await two.settle(claimed, { kind: 'succeeded' })).toBeDefined();
      expect(await one.settle(claimed, { kind: 'failed' })).toBeUndefined();
      expect((await one.take(5)).map(({ row }) => row.name)).toEqual(['b']);
      expect((await two.store.page({ status: 'running' })).total).toBe(1);
      await recount(one.store);
    });
  });
}
