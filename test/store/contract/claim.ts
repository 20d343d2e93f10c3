// How ready tasks are claimed.

import { describe, expect, test } from 'vitest';
import { claim, decide, insert, Positions } from '../../../src/store/index.ts';
import { SUSPECTS, type TaskId } from '../../../src/task/index.ts';
import { leading, newPlace, ONE, type OpenStore, TWO } from '../../support/place.ts';
import { recount } from '../../support/raw.ts';
import { newRow } from '../../support/rows.ts';

const names = (claimed: readonly { row: { name: string } }[]) => claimed.map(({ row }) => row.name).join(' ');

export function claimContract(openStore: OpenStore): void {
  describe('a claim', () => {
    test('B6 takes by priority, then age, then id, across all lanes', async () => {
      const place = await newPlace(openStore);
      const wanted = [
        { name: 'd', type: 'test.a' },
        { name: 'b', type: 'test.b', priority: 5 },
        { name: 'g', type: 'test.c', priority: 'low' as const },
        { name: 'a', type: 'test.c', priority: 'high' as const },
        { name: 'e', type: 'test.b' },
      ];
      await place.insert(...wanted);
      place.clock.jump(1);
      await place.insert({ name: 'c', type: 'test.a', priority: 5 }, { name: 'f', type: 'test.a' });
      expect(names(await place.take(3))).toBe('a b c');
      expect(names(await place.take(3))).toBe('d e f');
      expect(names(await place.take(3))).toBe('g');
      expect(await place.take(3)).toEqual([]);
      await recount(place.store);
    });

    test('makes its tasks running, under tokens that only grow', async () => {
      const place = await newPlace(openStore);
      await place.insert({}, {}, {});
      const claimed = await place.take(2);
      const later = await place.takeOne();
      expect(later.claim.token).toBeGreaterThan(Math.max(...claimed.map((each) => each.claim.token)));
      for (const each of claimed) expect(await place.store.task(each.row.id)).toEqual(each);
      const { claims } = await place.store.standing();
      expect([...claims.keys()]).toHaveLength(3);
      expect((await place.store.page({ status: 'running' })).total).toBe(3);
    });

    test('leaves what waits for a time', async () => {
      const place = await newPlace(openStore);
      await place.insert({ schedule: { at: place.clock.now() + 1 } });
      expect(await place.take(5, { lanes: ['test.noop'] })).toEqual([]);
    });

    test('looks at the open lanes alone, takes what it is told to, and says whether more is there', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'a', type: 'test.a' }, { name: 'b', type: 'test.b' }, { name: 'c', type: 'test.a' });
      await place.lead();
      expect(names(await place.take(5, { lanes: ['test.b'] }))).toBe('b');
      const request = { engineId: ONE, lanes: ['test.a'], most: 5, alone: false };
      const leave = claim({ ...request, take: (row) => (row.name === 'a' ? 'leave' : 'take') }, place.positions);
      const left = await place.store.do(leave);
      expect([names(left.claimed), left.exhausted]).toEqual(['c', true]);
      const stop = await place.store.do(claim({ ...request, take: () => 'stop' }, new Positions()));
      expect(stop).toMatchObject({ claimed: [], exhausted: false, deposed: false });
    });

    test('finds what came in, in the very same transaction', async () => {
      const place = await newPlace(openStore);
      await place.lead();
      const seq = await place.seq();
      const [, { claimed }] = await Promise.all([
        place.insert({ name: 'a' }, { name: 'b', priority: 'high' }),
        place.store.do(place.claiming(5, ['test.noop'])),
      ]);
      expect(names(claimed)).toBe('b a');
      expect(await place.seq()).toBe(seq + 1);
      await recount(place.store);
    });

    test('E5 of an engine that leads no more takes nothing', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      await place.lead();
      await place.store.do(leading(TWO));
      const result = await place.store.do(place.claiming(5, ['test.noop']));
      expect(result).toMatchObject({ claimed: [], exhausted: true, deposed: true });
    });
  });
}

export function doubtContract(openStore: OpenStore): void {
  describe('a claim', () => {
    test('promise 5 leaves a task for a decision that must not run twice, and may have run in a hole of the log', async () => {
      const place = await newPlace(openStore);
      const doubtful = (name: string) => {
        return { row: { ...newRow({ name }), mayHaveRun: true as const }, ownId: false };
      };
      await place.store.do(insert([doubtful('a'), { row: newRow({ name: 'b' }), ownId: false }, doubtful('c')]));
      await place.lead();
      const request = { engineId: ONE, lanes: ['test.noop'], most: 5, alone: false, take: () => 'take' as const };
      const result = await place.store.do(claim({ ...request, once: (row) => row.name !== 'c' }, place.positions));
      expect([names(result.claimed), result.doubted]).toEqual(['b c', 1]);
      const waiting = (await place.store.page({ status: 'pending' })).states.map(({ row }) => row);
      expect(waiting).toMatchObject([{ name: 'a', waiting: 'decision' }]);
      const again = await place.store.do(decide(waiting[0]?.id ?? ('' as TaskId), { decision: 'run-again' }, 'kim'));
      expect(again.row).not.toHaveProperty('mayHaveRun');
      expect(names(await place.take(5))).toBe('a');
      await recount(place.store);
    });
  });
}

export function positionsContract(openStore: OpenStore): void {
  describe('a claimer that remembers how far it came', () => {
    test('B6 finds a later task of higher priority, although earlier ones are claimed', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' });
      expect(names(await place.take(2))).toBe('a b');
      await place.insert({ name: 'first', priority: 'high' }, { name: 'second', priority: 5 });
      expect(names(await place.take(1))).toBe('first');
      expect(names(await place.take(2))).toBe('second c');
      expect(names(await place.take(2))).toBe('d');
    });

    test('B6 finds many that overtook, and the rest in order', async () => {
      const place = await newPlace(openStore);
      await place.insert(...Array.from({ length: 5 }, (_, i) => ({ name: `low${i}` })));
      expect(await place.take(5)).toHaveLength(5);
      await place.insert(...Array.from({ length: 7 }, (_, i) => ({ name: `high${i}`, priority: 1 })));
      expect(names(await place.take(3))).toBe('high0 high1 high2');
      expect(names(await place.take(9))).toBe('high3 high4 high5 high6');
    });

    test('goes on behind the claimed ones when some have ended, in any order', async () => {
      const place = await newPlace(openStore);
      await place.insert(...['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })));
      const [a, b] = await place.take(2);
      if (a === undefined || b === undefined) throw new Error('Too few were claimed.');
      await place.settle(b, { kind: 'succeeded' });
      expect(names(await place.take(1))).toBe('c');
      await place.settle(a, { kind: 'succeeded' });
      expect(names(await place.take(5))).toBe('d e');
    });

    test('finds again what was claimed and came back', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'a' }, { name: 'b' }, { name: 'c' });
      const [a] = await place.take(2);
      if (a === undefined) throw new Error('Too few were claimed.');
      await place.settle(a, { kind: 'interrupted' });
      expect(names(await place.take(1))).toBe('a');
      expect(names(await place.take(1))).toBe('c');
    });

    test('finds again the one that it claimed last, while others still run', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'a' }, { name: 'b' });
      const [, b] = await place.take(2);
      if (b === undefined) throw new Error('Too few were claimed.');
      await place.settle(b, { kind: 'interrupted' });
      expect(names(await place.take(5))).toBe('b');
    });

    test('finds everything again once all have ended', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'a' }, { name: 'b' });
      for (const claimed of await place.take(2)) await place.settle(claimed, { kind: 'succeeded' });
      expect(place.positions.taken('test.noop')).toBe(0);
      await place.insert({ name: 'c', priority: 'high' }, { name: 'd', priority: 'low' });
      expect(names(await place.take(5))).toBe('c d');
    });
  });
}

export function suspectContract(openStore: OpenStore): void {
  describe('a suspect', () => {
    test('B13 stands in a lane of its own, and is claimed alone', async () => {
      const place = await newPlace(openStore);
      const row = { ...newRow({ name: 'killer', type: 'test.a' }), deaths: 1 };
      await place.insert({ name: 'other', type: 'test.a', priority: 'low' });
      await place.store.do(insert([{ row, ownId: false }]));
      const killer = await place.takeOne();
      expect(killer.row.name).toBe('killer');
      expect((await place.settle(killer, { kind: 'interrupted' }))?.row.lane).toBe(`${SUSPECTS}test.a`);
      expect(names(await place.take(5, { lanes: ['test.a'] }))).toBe('other');
      const again = await place.takeOne({ lanes: [`${SUSPECTS}test.a`], alone: true });
      expect([again.row.name, again.claim.alone]).toEqual(['killer', true]);
      const verdict = await place.settle(again, { kind: 'interrupted' });
      expect(verdict?.row).toMatchObject({ status: 'failed', error: { code: 'worker-crashed' } });
      await recount(place.store);
    });
  });
}
