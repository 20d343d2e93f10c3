// C7 and D1: events that reach who waits for them, that are kept for one task, and that start runs.

import { describe, expect, test } from 'vitest';
import { hurry, makeDue, sendEvent, signedIn, trigger } from '../../../src/store/index.ts';
import type { OverlapPolicy, Park } from '../../../src/task/index.ts';
import { endThis, forEvent, idOf, parking, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { recount, rowsOf } from '../../support/raw.ts';

const send = (place: Place, name: string, payload?: unknown, to?: string) =>
  place.store.do(sendEvent(name, payload, to === undefined ? undefined : idOf(to)));

/** Lets a task run until it waits for an event. */
async function park(place: Place, id: string, name: string, until?: number): Promise<void> {
  await place.store.do(parking(await takeThis(place, id), forEvent(name, until)));
}

async function heard(place: Place, id: string): Promise<unknown[]> {
  const steps = (await place.store.steps(idOf(id), 0)).filter((step) => step.status === 'completed');
  return steps.map((step) => step.result);
}

function broadcasts(openStore: OpenStore): void {
  describe('an event that is sent to all', () => {
    test('C7 is recorded for everybody who waits for it, by name, and for nobody else', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'idle' });
      await park(place, 'a', 'paid');
      await park(place, 'b', 'paid');
      await park(place, 'c', 'other');
      expect(await send(place, 'paid', { sum: 5 })).toBe(2);
      expect(await said(place, 'a', 'b', 'c', 'idle')).toEqual(['ready', 'ready', 'event', 'ready']);
      expect([await heard(place, 'a'), await heard(place, 'c')]).toEqual([[{ sum: 5 }], []]);
      expect(await send(place, 'paid')).toBe(0);
      await park(place, 'idle', 'paid');
      expect(await said(place, 'idle')).toEqual(['event']);
      expect(await rowsOf(place.store, 'events', 'idle')).toEqual([]);
      await recount(place.store);
    });

    test('C7 reaches who stops to wait for it in the same transaction, before it but not after', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' });
      const [a, b] = [await takeThis(place, 'a'), await takeThis(place, 'b')];
      const [, reached] = await Promise.all([
        place.store.do(parking(a, forEvent('paid'))),
        send(place, 'paid', 1),
        place.store.do(parking(b, forEvent('paid'))),
      ]);
      expect(reached).toBe(1);
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'event']);
      expect(await heard(place, 'a')).toEqual([1]);
      await recount(place.store);
    });

    test('C7 that does not come in time lets the task go on without', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      await park(place, 'a', 'paid', place.clock.now() + 10);
      place.clock.jump(10);
      await place.store.do(makeDue(place.clock.now(), 10));
      expect(await said(place, 'a')).toEqual(['ready']);
      expect(await send(place, 'paid')).toBe(0);
      expect(await heard(place, 'a')).toEqual([]);
      await recount(place.store);
    });
  });
}

function signIns(openStore: OpenStore): void {
  describe('somebody who signs in', () => {
    const forSignIn = (credential: string): Park => ({ kind: 'sign-in', credential, until: Infinity });

    test('F6 frees all that wait for that credential, and nobody else', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'idle' });
      for (const [id, credential] of [
        ['a', 'mail'],
        ['b', 'mail'],
        ['c', 'shop'],
      ] as const)
        await place.store.do(parking(await takeThis(place, id), forSignIn(credential)));
      expect(await said(place, 'a', 'b', 'c', 'idle')).toEqual(['sign-in', 'sign-in', 'sign-in', 'ready']);
      expect(await place.store.do(sendEvent('mail', undefined))).toBe(0);
      expect(await place.store.do(signedIn('mail'))).toBe(2);
      expect(await said(place, 'a', 'b', 'c', 'idle')).toEqual(['ready', 'ready', 'sign-in', 'ready']);
      expect(await place.store.do(signedIn('mail'))).toBe(0);
      expect(await place.store.do(signedIn())).toBe(1);
      expect(await said(place, 'c')).toEqual(['ready']);
      await recount(place.store);
    });

    test('F6 frees who comes to wait in the same transaction; an attempt is not charged', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' });
      const [a, b] = [await takeThis(place, 'a'), await takeThis(place, 'b')];
      const [, freed] = await Promise.all([
        place.store.do(parking(a, forSignIn('mail'))),
        place.store.do(signedIn('mail')),
        place.store.do(parking(b, forSignIn('mail'))),
      ]);
      expect([freed, await said(place, 'a', 'b')]).toEqual([1, ['ready', 'sign-in']]);
      await place.store.do(hurry(idOf('b')));
      expect(await said(place, 'b')).toEqual(['ready']);
      expect((await place.store.task(idOf('b')))?.row).toMatchObject({ failures: 0 });
      await recount(place.store);
    });
  });
}

function addressed(openStore: OpenStore): void {
  describe('an event that is addressed', () => {
    test('D1 C7 starts a run of the one task that it triggers, and is not kept for it', async () => {
      const place = await newPlace(openStore);
      const schedule = { on: { event: 'knock' } } as const;
      await place.insert({ id: 'a', schedule }, { id: 'b', schedule });
      expect(await said(place, 'a', 'b')).toEqual(['event', 'event']);
      expect(await send(place, 'knock', 1, 'a')).toBe(1);
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'event']);
      expect(await rowsOf(place.store, 'events', 'a')).toEqual([]);
      await recount(place.store);
    });

    test('C7 is kept for a task that is on a run and would drop what triggers it; one that queues that has another run', async () => {
      const place = await newPlace(openStore);
      const on = { event: 'knock' };
      await place.insert({ id: 'skips', schedule: { on } }, { id: 'queues', schedule: { on, overlap: 'queue' } });
      for (const id of ['skips', 'queues'])
        expect([await send(place, 'knock', 1, id), await send(place, 'knock', 2, id)]).toEqual([1, 1]);
      expect(await rowsOf(place.store, 'events', 'skips')).toMatchObject([{ payload: 2 }]);
      expect(await rowsOf(place.store, 'events', 'queues')).toEqual([]);
      expect((await place.row('queues'))?.scheduleState?.queued).toHaveLength(1);
      await recount(place.store);
    });

    test('C7 is kept until it is asked for, in the order in which they were sent', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      await Promise.all([send(place, 'n', 1, 'a'), send(place, 'other', 'x', 'a'), send(place, 'n', 2, 'a')]);
      await send(place, 'n', 3, 'a');
      for (const expected of [[1], [2], [3]]) {
        await park(place, 'a', 'n');
        expect(await said(place, 'a')).toEqual(['ready']);
        expect(await heard(place, 'a')).toEqual(expected);
      }
      await park(place, 'a', 'n');
      expect(await said(place, 'a')).toEqual(['event']);
      expect(await rowsOf(place.store, 'events', 'a')).toMatchObject([{ name: 'other', payload: 'x' }]);
      expect(await send(place, 'n', 4, 'a')).toBe(1);
      expect(await heard(place, 'a')).toEqual([4]);
      await recount(place.store);
    });

    test.each([
      ['before', true],
      ['after', false],
    ])('C7 %s its task stops to wait for it, in the same transaction, is there at once', async (_, isBefore) => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      const claimed = await takeThis(place, 'a');
      const deeds = [() => send(place, 'n', 'now', 'a'), () => place.store.do(parking(claimed, forEvent('n')))];
      await Promise.all((isBefore ? deeds : deeds.reverse()).map((deed) => deed() as Promise<unknown>));
      expect(await said(place, 'a')).toEqual(['ready']);
      expect(await heard(place, 'a')).toEqual(['now']);
      expect(await rowsOf(place.store, 'events', 'a')).toEqual([]);
      await recount(place.store);
    });

    test('C7 to a task that is not there, or has ended, is refused; more than 1,000 are not kept', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' });
      await expect(send(place, 'n', 1, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
      await endThis(place, 'a');
      await expect(send(place, 'n', 1, 'a')).rejects.toMatchObject({ code: 'already-finished' });
      await Promise.all(Array.from({ length: 1_000 }, (_, i) => send(place, 'n', i, 'b')));
      await expect(send(place, 'n', 1, 'b')).rejects.toMatchObject({ code: 'invalid-request' });
      expect(await rowsOf(place.store, 'events', 'b')).toHaveLength(1_000);
    });
  });
}

const on = (event: string, overlap?: OverlapPolicy) => ({
  schedule: { on: { event }, ...(overlap !== undefined && { overlap }) },
});

function triggers(openStore: OpenStore): void {
  describe('a trigger', () => {
    test('D1 starts a run of each task whose schedule names it, each time it happens', async () => {
      const place = await newPlace(openStore);
      await place.insert(
        { id: 'a', ...on('x') },
        { id: 'b', schedule: { on: 'online', count: 1 } },
        { id: 'c', ...on('y') },
      );
      expect([await send(place, 'x'), await place.store.do(trigger('online'))]).toEqual([1, 1]);
      expect(await said(place, 'a', 'b', 'c')).toEqual(['ready', 'ready', 'event']);
      await endThis(place, 'a');
      await endThis(place, 'b');
      expect(await said(place, 'a', 'b')).toEqual(['event', 'completed']);
      expect([await send(place, 'x'), await place.store.do(trigger('online'))]).toEqual([1, 0]);
      expect((await place.row('a'))?.run).toMatchObject({ index: 1, scheduledAt: place.clock.now() });
      await recount(place.store);
    });

    test.each([
      ['skip', 1, 'event'],
      ['queue', 3, 'event'],
    ] as const)('D3 while a run is on: %s gives %d runs', async (overlap, runs, then) => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...on('x', overlap) });
      await send(place, 'x');
      const claimed = await takeThis(place, 'a');
      await send(place, 'x');
      await Promise.all([send(place, 'x'), place.settle(claimed, { kind: 'succeeded' })]);
      for (let i = 1; i < runs; i++) await endThis(place, 'a');
      expect(await said(place, 'a')).toEqual([then]);
      expect((await place.store.runs(idOf('a'))).map(({ status }) => status)).toEqual(Array(runs).fill('completed'));
      await recount(place.store);
    });

    test('D3 while a run is on: "cancel-running" has it give way at once, be it running or waiting', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...on('x', 'cancel-running') });
      await send(place, 'x');
      const claimed = await takeThis(place, 'a');
      expect(await send(place, 'x')).toBe(1);
      expect(await said(place, 'a')).toEqual(['ready']);
      expect(await place.settle(claimed, { kind: 'succeeded' })).toBeUndefined();
      await endThis(place, 'a', { kind: 'failed' });
      expect(await said(place, 'a')).toEqual(['retry']);
      await send(place, 'x');
      expect(await said(place, 'a')).toEqual(['ready']);
      await endThis(place, 'a');
      const ended = (await place.store.runs(idOf('a'))).map(({ status }) => status);
      expect(ended).toEqual(['cancelled', 'cancelled', 'completed']);
      await recount(place.store);
    });
  });
}

function triggersTooSoon(openStore: OpenStore): void {
  describe('a trigger', () => {
    test.each(['skip', 'queue', 'cancel-running'] as const)(
      'D1 B11 that happens while its task waits for others starts no run of it, then or later: %s',
      async (overlap) => {
        const place = await newPlace(openStore);
        const unique = { key: 'k', policy: 'append' as const };
        await place.insert({ id: 'first', unique });
        await place.insert(
          { id: 'dependent', dependsOn: ['first'], ...on('x', overlap) },
          { id: 'behind', unique, ...on('x', overlap) },
        );
        expect(await said(place, 'dependent', 'behind')).toEqual(['dependency', 'dependency']);
        expect([await send(place, 'x'), await send(place, 'x')]).toEqual([0, 0]);
        expect(await said(place, 'dependent', 'behind')).toEqual(['dependency', 'dependency']);
        await endThis(place, 'first');
        expect(await said(place, 'dependent', 'behind')).toEqual(['event', 'event']);
        expect(await send(place, 'x')).toBe(2);
        expect(await said(place, 'dependent', 'behind')).toEqual(['ready', 'ready']);
        await recount(place.store);
      },
    );
  });
}

export function eventContract(openStore: OpenStore): void {
  for (const part of [broadcasts, signIns, addressed, triggers, triggersTooSoon]) part(openStore);
}
