// B5, D3 and B10: deadlines, starts that come too late, and how often tasks of a type may start.

import { describe, expect, test } from 'vitest';
import { claim, makeDue, Positions, retry } from '../../../src/store/index.ts';
import { claimThis, endThis, idOf, said, takeThis } from '../../support/flow.ts';
import { newPlace, ONE, type OpenStore, type Place } from '../../support/place.ts';
import { recount } from '../../support/raw.ts';

const look = (place: Place, most = 100) => place.store.do(makeDue(place.clock.now(), most));

function deadlines(openStore: OpenStore): void {
  describe('a deadline', () => {
    test('B5 fails what is unfinished then, whatever it does or waits for, and nothing else', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      const deadline = now + 100;
      await place.insert({ id: 'running', deadline }, { id: 'ended', deadline }, { id: 'trying', deadline });
      await takeThis(place, 'running');
      await endThis(place, 'ended');
      await endThis(place, 'trying', { kind: 'failed' });
      await place.insert(
        { id: 'ready', deadline },
        { id: 'timed', deadline, schedule: { at: now + 500 } },
        { id: 'blocked', deadline, dependsOn: ['running'] },
        { id: 'later', deadline: now + 101 },
        { id: 'without' },
      );
      const ids = ['running', 'trying', 'ready', 'timed', 'blocked', 'ended', 'later', 'without'];
      place.clock.jump(99);
      expect(await look(place)).toBe(deadline);
      expect(await said(place, ...ids.slice(0, 5))).toEqual(['running', 'retry', 'ready', 'time', 'dependency']);
      place.clock.jump(1);
      await look(place);
      expect(await said(place, ...ids)).toEqual([...Array<string>(5).fill('failed'), 'completed', 'ready', 'ready']);
      expect(await place.row('running')).toMatchObject({ cutShort: true, error: { code: 'deadline-exceeded' } });
      expect((await place.store.standing()).claims.size).toBe(0);
      expect(await look(place)).toBe(now + 101);
      await recount(place.store);
    });

    test('B5 that has passed keeps a task from being claimed, and it is failed at once', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', deadline: place.clock.now() + 10 });
      place.clock.jump(10);
      expect(await claimThis(place, 'a')).toBeUndefined();
      expect(await said(place, 'a')).toEqual(['failed']);
      await recount(place.store);
    });

    test('B5 that has passed does not stop who is run again by hand', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', deadline: place.clock.now() + 10 });
      place.clock.jump(10);
      await look(place);
      await place.store.do(retry(idOf('a'), 'kim'));
      await look(place);
      await endThis(place, 'a');
      expect(await said(place, 'a')).toEqual(['completed']);
      await recount(place.store);
    });

    test('D1 a look says when the next must be, what came of it included, and takes no more than asked', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      expect(await look(place)).toBe(Infinity);
      const at = (ms: number) => ({ schedule: { at: now + ms } });
      await place.insert(...[30, 10, 10, 10, 50].map(at), { id: 'often', schedule: { everyMs: 1_000, startAt: now } });
      expect(await look(place)).toBe(now + 10);
      place.clock.jump(10);
      expect(await look(place, 2)).toBe(now + 10);
      expect(await look(place, 2)).toBe(now + 30);
      place.clock.jump(40);
      expect(await look(place, 9)).toBe(Infinity);
      await endThis(place, 'often');
      expect(await look(place)).toBe(now + 1_000);
      await recount(place.store);
    });
  });
}

function startDeadlines(openStore: OpenStore): void {
  describe('a start deadline', () => {
    test('D3 that has passed drops the run before it is claimed: for good, or until the next is due', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      const startDeadlineMs = 5_000;
      await place.insert(
        { id: 'once', schedule: { at: now, startDeadlineMs } },
        { id: 'often', schedule: { everyMs: '1m', startAt: now, startDeadlineMs }, concurrencyKey: 'k' },
        { id: 'behind', concurrencyKey: 'k', priority: 'low' },
      );
      expect(await said(place, 'once', 'often', 'behind')).toEqual(['ready', 'ready', 'limit']);
      place.clock.jump(5_001);
      expect(await claimThis(place, 'once')).toBeUndefined();
      expect(await said(place, 'once', 'often', 'behind')).toEqual(['cancelled', 'time', 'ready']);
      expect(await place.row('once')).toMatchObject({ error: { code: 'missed' } });
      expect(await place.row('often')).toMatchObject({ dueAt: now + 60_000, scheduleState: { taken: 0 } });
      await endThis(place, 'behind');
      place.clock.jump(60_000 - 1);
      await look(place);
      await endThis(place, 'often');
      await recount(place.store);
    });

    test('D3 holds for the start of a run, not for its retries', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', schedule: { at: place.clock.now(), startDeadlineMs: 1_000 } });
      await endThis(place, 'a', { kind: 'failed' });
      place.clock.jump(3_000);
      await look(place);
      await endThis(place, 'a');
      expect(await said(place, 'a')).toEqual(['completed']);
    });
  });
}

const RATES = new Map([['test.noop', { limit: 3, perMs: 100 }]]);

/** Claims what may start now. Says how many that were, and when more may. */
async function start(place: Place): Promise<[started: number, next: number | undefined]> {
  await place.lead();
  const request = { engineId: ONE, lanes: ['test.noop', 'test.free'], most: 100, alone: false, rates: RATES };
  const { claimed, limited } = await place.store.do(claim({ ...request, take: () => 'take' }, new Positions()));
  return [claimed.filter(({ row }) => row.type === 'test.noop').length, limited?.get('test.noop')];
}

function rates(openStore: OpenStore): void {
  describe('a rate limit', () => {
    test('B10 lets exactly so many start within any span, and says when the next may', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert(...Array.from({ length: 20 }, () => ({})), { type: 'test.free' });
      const started: [at: number, count: number][] = [];
      for (let at = 0; at <= 400; at += 20) {
        const [count] = await start(place);
        if (count > 0) started.push([at, count]);
        place.clock.jump(20);
      }
      expect(started).toEqual([0, 100, 200, 300, 400].map((at) => [at, 3]));
      expect((await start(place))[1]).toBe(now + 500);
      expect((await place.store.standing()).claims.size).toBe(16);
    });

    test('B10 slides, and is remembered by whoever opens the database next', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert({}, {});
      expect(await start(place)).toEqual([2, undefined]);
      place.clock.jump(60);
      await place.insert({}, {}, {});
      expect(await start(place)).toEqual([1, now + 100]);
      await place.store.close();
      const again = await newPlace(openStore, place.store.database);
      again.clock.jump(99);
      expect(await start(again)).toEqual([0, now + 100]);
      again.clock.jump(1);
      expect(await start(again)).toEqual([2, undefined]);
      await recount(again.store);
    });

    test('B10 holds nobody up for longer than its span when the clock is set back', async () => {
      const place = await newPlace(openStore);
      await place.insert(...Array.from({ length: 9 }, () => ({})));
      await start(place);
      place.clock.jump(-10_000);
      expect((await start(place))[0]).toBe(3);
      expect(await start(place)).toEqual([0, place.clock.now() + 100]);
      place.clock.jump(100);
      expect((await start(place))[0]).toBe(3);
    });
  });
}

export function timeContract(openStore: OpenStore): void {
  for (const part of [deadlines, startDeadlines, rates]) part(openStore);
}
