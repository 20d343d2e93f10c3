// Undo: what was deleted or cancelled comes back for ten seconds, into a world that has gone on.

import { describe, expect, test } from 'vitest';
import { cancel, makeDue, remove, sweepTrash, undo } from '../../../src/store/index.ts';
import { endThis, FOR_GOOD, forEvent, idOf, parking, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';

const removeAll = (place: Place, ...ids: string[]) => place.store.do(remove(ids.map(idOf)));
const undoAll = (place: Place, ...ids: string[]) => place.store.do(undo(ids.map(idOf)));
const cancelOne = (place: Place, id: string) => place.store.do(cancel(idOf(id), 'oops'));

function deletions(openStore: OpenStore): void {
  describe('an undo of a deletion', () => {
    test('undo brings back whatever it was, but what ran, as it was: that stays cancelled', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert(
        ...['running', 'ended', 'failed', 'trying', 'parked', 'ready'].map((id) => ({ id })),
        { id: 'timed', schedule: { at: now + 5_000 } },
        { id: 'often', schedule: { everyMs: '1m' } },
        { id: 'due', deadline: now + 1_000 },
      );
      await endThis(place, 'ended');
      await endThis(place, 'failed', FOR_GOOD);
      await endThis(place, 'trying', { kind: 'failed' });
      await endThis(place, 'often');
      await place.store.do(parking(await takeThis(place, 'parked'), forEvent('paid')));
      await takeThis(place, 'running');
      const ids = ['running', 'ended', 'failed', 'trying', 'parked', 'ready', 'timed', 'often', 'due'];
      const stood = await said(place, ...ids);
      expect(await removeAll(place, ...ids, 'nobody')).toEqual(ids);
      expect(await said(place, ...ids)).toEqual(ids.map(() => 'gone'));
      await recount(place.store);
      place.clock.jump(10_000);
      expect(await undoAll(place, 'nobody', ...ids, ...ids)).toEqual(ids);
      expect(await said(place, ...ids)).toEqual(stood.map((each) => (each === 'running' ? 'cancelled' : each)));
      await recount(place.store);
      await place.store.do(makeDue(place.clock.now(), 100));
      expect(await said(place, 'timed', 'trying', 'due')).toEqual(['ready', 'ready', 'failed']);
      expect((await place.store.standing()).head).toMatchObject({ trashed: 0 });
      await recount(place.store);
    });

    test('undo too late, of what was swept, or of an id that is used again, brings nothing back', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'late' }, { id: 'swept' }, { id: 'again', name: 'old' });
      await removeAll(place, 'late');
      place.clock.jump(10_001);
      await removeAll(place, 'swept', 'again');
      await place.insert({ id: 'again', name: 'new' });
      await place.store.do(sweepTrash(place.clock.now(), 10));
      expect(await undoAll(place, 'late', 'swept', 'again')).toEqual([]);
      expect(await said(place, 'late', 'swept', 'again')).toEqual(['gone', 'gone', 'ready']);
      expect(await place.row('again')).toMatchObject({ name: 'new' });
      const { head } = await place.store.standing();
      expect(head.removedSeq).toBe(head.commitSeq);
      expect((await readTables(place.store)).trash).toEqual([]);
      await recount(place.store);
    });
  });
}

function reunions(openStore: OpenStore): void {
  describe('an undo of the deletion of what waits for others', () => {
    test('undo of those that wait for each other brings all back, in whatever order they are named', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b', dependsOn: ['a'] }, { id: 'c', dependsOn: ['b'] });
      await removeAll(place, 'c', 'b', 'a');
      await undoAll(place, 'c', 'a', 'b');
      expect(await said(place, 'a', 'b', 'c')).toEqual(['ready', 'dependency', 'dependency']);
      await recount(place.store);
    });

    test('undo of one whose dependency has ended meanwhile frees it, or cancels it', async () => {
      const place = await newPlace(openStore);
      await place.insert(
        { id: 'good' },
        { id: 'bad' },
        { id: 'a', dependsOn: ['good'] },
        { id: 'b', dependsOn: ['bad'] },
      );
      await removeAll(place, 'a', 'b');
      await endThis(place, 'good');
      await endThis(place, 'bad', FOR_GOOD);
      expect(await undoAll(place, 'a', 'b')).toEqual(['a', 'b']);
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'cancelled']);
      await recount(place.store);
    });
  });
}

function cancels(openStore: OpenStore): void {
  describe('an undo of a cancel', () => {
    test('undo puts back what never ran, where it was; what ran stays cancelled', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert(
        ...[{ id: 'ran' }, { id: 'ready' }, { id: 'dependency' }],
        { id: 'timed', schedule: { at: now + 60_000 }, deadline: now + 90_000 },
        { id: 'on time', schedule: { at: now } },
        { id: 'blocked', dependsOn: ['dependency'] },
        { id: 'wanting', concurrencyKey: 'k' },
      );
      const ids = ['ready', 'timed', 'on time', 'blocked', 'wanting'];
      const stood = await said(place, ...ids);
      await endThis(place, 'ran', { kind: 'failed' });
      for (const id of ['ran', ...ids]) await cancelOne(place, id);
      await recount(place.store);
      place.clock.jump(10_000);
      expect(await undoAll(place, 'ran', ...ids)).toEqual(ids);
      expect(await said(place, 'ran', ...ids)).toEqual(['cancelled', ...stood]);
      expect(await place.row('timed')).toMatchObject({ dueAt: now + 60_000, expiresAt: now + 90_000 });
      expect(await undoAll(place, ...ids)).toEqual([]);
      await recount(place.store);
    });

    test('undo too late, or of what its failed dependency cancelled, changes nothing that is seen', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'late' }, { id: 'bad' }, { id: 'strict', dependsOn: ['bad'] });
      await cancelOne(place, 'late');
      place.clock.jump(10_001);
      await endThis(place, 'bad', FOR_GOOD);
      expect(await undoAll(place, 'late', 'strict')).toEqual([]);
      expect(await said(place, 'late', 'strict')).toEqual(['cancelled', 'cancelled']);
      await recount(place.store);
    });

    test('undo of a whole chain brings it back, though it names the last first', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b', dependsOn: ['a'] }, { id: 'c', dependsOn: ['b'] });
      await cancelOne(place, 'a');
      expect(await undoAll(place, 'c', 'b', 'a')).toEqual(['c', 'b', 'a']);
      expect(await said(place, 'a', 'b', 'c')).toEqual(['ready', 'dependency', 'dependency']);
      await recount(place.store);
    });

    test('undo of a recurring task goes on counting its runs', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', schedule: { everyMs: '1m', count: 2 } });
      await endThis(place, 'a');
      await cancelOne(place, 'a');
      expect(await undoAll(place, 'a')).toEqual(['a']);
      place.clock.jump(60_000);
      await place.store.do(makeDue(place.clock.now(), 10));
      await cancelOne(place, 'a');
      expect(await undoAll(place, 'a')).toEqual(['a']);
      await endThis(place, 'a');
      expect(await said(place, 'a')).toEqual(['completed']);
      expect((await place.row('a'))?.run.index).toBe(1);
      await recount(place.store);
    });
  });
}

export function undoFlowContract(openStore: OpenStore): void {
  for (const part of [deletions, reunions, cancels]) part(openStore);
}
