// A1: what may be changed of a task, and when.

import { describe, expect, test } from 'vitest';
import { type FileRow, makeDue, sendEvent, update } from '../../../src/store/index.ts';
import type { TaskChange } from '../../../src/task/index.ts';
import { endThis, idOf, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { recount } from '../../support/raw.ts';
import { newRow } from '../../support/rows.ts';

const edit = { at: 1, by: 'kim', fields: ['name'] };
const change = (place: Place, id: string, to: TaskChange) => place.store.do(update(idOf(id), to, edit));

function fields(openStore: OpenStore): void {
  describe('an update', () => {
    test('A1 sets and takes away each field, says who did it, and stays in its place', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', tags: ['x'], description: 'old', payload: 1, timeoutMs: 5 });
      const before = await place.row('a');
      const to = {
        name: 'new',
        workspace: 'home',
        retry: { maxRetries: 0 },
        onComplete: { type: 'test.b' },
        payload: 2,
      };
      await change(place, 'a', { ...to, tags: undefined, description: undefined, timeoutMs: undefined });
      const { tags: _tags, description: _description, timeoutMs: _timeoutMs, ...kept } = before ?? {};
      const changed = { version: 2, updatedAt: place.clock.now(), edits: [edit] };
      expect(await place.row('a')).toEqual({ ...kept, ...to, ...changed });
      for (let i = 0; i < 25; i++) await change(place, 'a', { name: `${i}` });
      expect((await place.row('a'))?.edits).toHaveLength(20);
      await recount(place.store);
    });

    test('A1 of what runs, has ended, or is not there is refused; of a payload once a run has begun, too', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      const payload = { value: 1, apart: false, files: [] };
      const set = () => place.store.do(update(idOf('a'), { payload: 1 }, edit, payload));
      await set();
      const claimed = await takeThis(place, 'a');
      await expect(change(place, 'a', { name: 'x' })).rejects.toMatchObject({ code: 'not-pending' });
      await place.settle(claimed, { kind: 'failed' });
      await expect(set()).rejects.toMatchObject({ code: 'invalid-request', details: { field: 'payload' } });
      await change(place, 'a', { name: 'while it waits' });
      place.clock.jump(5_000);
      await place.store.do(makeDue(place.clock.now(), 10));
      await endThis(place, 'a');
      await expect(change(place, 'a', { name: 'x' })).rejects.toMatchObject({ code: 'not-pending' });
      await expect(change(place, 'nobody', {})).rejects.toMatchObject({ code: 'not-found' });
      expect(await place.row('a')).toMatchObject({ name: 'while it waits', payload: 1 });
      await recount(place.store);
    });

    test('A1 of the payload takes a large one and its files, and a small one again', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', payload: 'small' });
      const { id } = newRow({ id: 'a' });
      const file: FileRow = {
        ...{ id: 'f', taskId: id, role: 'payload', name: 'f', type: '', size: 1, lastModified: 0, createdAt: 0 },
      };
      await place.store.do(
        update(id, { payload: undefined, payloadApart: true }, edit, { value: 'large', apart: true, files: [file] }),
      );
      const row = await place.row('a');
      expect(row).not.toHaveProperty('payload');
      if (row !== undefined) expect(await place.store.value(row, 'payload', 0)).toBe('large');
      expect(await place.store.file('f')).toEqual(file);
      await place.store.do(update(id, { payload: 'tiny' }, edit, { value: 'tiny', apart: false, files: [] }));
      expect(await place.row('a')).toMatchObject({ payload: 'tiny' });
      expect(await place.row('a')).not.toHaveProperty('payloadApart');
    });
  });
}

function places(openStore: OpenStore): void {
  describe('an update that moves a task', () => {
    test('A1 of the priority puts it where that belongs, before what was passed already, too', async () => {
      const place = await newPlace(openStore);
      await place.insert(...['a', 'b', 'c', 'd'].map((id) => ({ id })));
      await place.takeOne();
      await place.takeOne();
      await change(place, 'd', { rank: -10 });
      expect((await place.takeOne()).row.id).toBe('d');
      await place.insert({ id: 'e' });
      await change(place, 'c', { rank: 10 });
      expect((await place.takeOne()).row.id).toBe('e');
      expect((await place.takeOne()).row.id).toBe('c');
      await recount(place.store);
    });

    test('A1 of the constraints moves it to another lane, with the counters', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' });
      await change(place, 'a', { constraints: { network: 'online' } });
      const { head } = await place.store.standing();
      expect(Object.fromEntries(head.lanes)).toEqual({ 'test.noop': 1, 'test.noop#online': 1 });
      await change(place, 'a', { constraints: undefined });
      expect(Object.fromEntries((await place.store.standing()).head.lanes)).toEqual({ 'test.noop': 2 });
      await recount(place.store);
    });

    test('A1 of the schedule has it wait for its new time, or for none; of the deadline counts that', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert({ id: 'a', schedule: { at: now } });
      await change(place, 'a', { schedule: { kind: 'at', at: now + 50 } });
      expect(await place.row('a')).toMatchObject({ waiting: 'time', dueAt: now + 50 });
      expect((await place.row('a'))?.run).not.toHaveProperty('scheduledAt');
      await change(place, 'a', { schedule: { kind: 'on', on: { event: 'x' } } });
      expect(await place.store.do(sendEvent('x', undefined))).toBe(1);
      await change(place, 'a', { schedule: undefined, deadlineAt: now + 100 });
      expect(await said(place, 'a')).toEqual(['ready']);
      expect(await place.row('a')).not.toHaveProperty('links');
      expect((await place.store.standing()).head).toMatchObject({ expiring: 1, timed: 0 });
      await change(place, 'a', { deadlineAt: undefined });
      expect((await place.store.standing()).head).toMatchObject({ expiring: 0 });
      await recount(place.store);
    });

    test('A1 of the schedule of one that has begun holds for the runs to come', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert({ id: 'a' });
      await endThis(place, 'a', { kind: 'failed' });
      await change(place, 'a', { schedule: { kind: 'every', everyMs: 60_000, startAt: now + 60_000 } });
      expect(await said(place, 'a')).toEqual(['retry']);
      place.clock.jump(5_000);
      await place.store.do(makeDue(place.clock.now(), 10));
      await endThis(place, 'a');
      expect(await place.row('a')).toMatchObject({ waiting: 'time', dueAt: now + 60_000, run: { index: 1 } });
      await recount(place.store);
    });
  });
}

export function updateContract(openStore: OpenStore): void {
  for (const part of [fields, places]) part(openStore);
}
