// How attempts end, and who may end them.

import { describe, expect, test } from 'vitest';
import { cancel, claim, makeDue, release, releaseUnknown, remove, settle } from '../../../src/store/index.ts';
import { leading, newPlace, ONE, type OpenStore, TWO } from '../../support/place.ts';
import { recount, rowsOf } from '../../support/raw.ts';
import { tokenOf } from '../../support/rows.ts';

export function settleContract(openStore: OpenStore): void {
  describe('a settlement', () => {
    test('B9 keeps the result and removes the claim, in one transaction', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const claimed = await place.takeOne();
      const seq = await place.seq();
      const state = await place.settle(claimed, { kind: 'succeeded', result: { n: new Date(5) } });
      expect(state?.row).toMatchObject({ status: 'completed', result: { n: new Date(5) } });
      expect(await place.store.task(claimed.row.id)).toEqual({ row: state?.row, claim: undefined });
      expect(await place.seq()).toBe(seq + 1);
      await recount(place.store);
    });

    test('B9 keeps a large result apart, and its log with it', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const { row, claim } = await place.takeOne();
      const { token } = claim;
      const value = 'x'.repeat(10_000);
      const lines = [{ at: 1, level: 'info' as const, message: 'done' }];
      await place.store.do(
        settle({
          row,
          event: { kind: 'succeeded', token, result: value, resultApart: true },
          result: { taskId: row.id, kind: 'result', index: 0, value },
          log: { taskId: row.id, runIndex: 0, attempt: 1, claimToken: token, seq: 0, lines },
        }),
      );
      expect(await place.row(row.id)).not.toHaveProperty('result');
      expect(await place.store.value(row, 'result', 0)).toBe(value);
      expect((await place.store.logs(row.id)).map((log) => log.lines)).toEqual([lines]);
    });
  });
}

export function staleContract(openStore: OpenStore): void {
  describe('a settlement that comes too late', () => {
    test.each(['succeeded', 'failed', 'interrupted'] as const)('by its old token writes nothing: %s', async (kind) => {
      const place = await newPlace(openStore);
      await place.insert({});
      const first = await place.takeOne();
      await place.settle(first, { kind: 'interrupted' });
      const second = await place.takeOne();
      const seq = await place.seq();
      expect(await place.settle(first, { kind })).toBeUndefined();
      expect(await place.settle(second, { kind }, tokenOf(999))).toBeUndefined();
      expect(await place.seq()).toBe(seq);
      expect(await place.store.task(first.row.id)).toEqual(second);
      await recount(place.store);
    });

    test('A13 of a removed task writes nothing, even if its id is used again', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      const claimed = await place.takeOne();
      await place.store.do(remove([claimed.row.id]));
      expect(await place.settle(claimed, { kind: 'succeeded' })).toBeUndefined();
      await place.insert({ id: 'mine', name: 'another' });
      expect(await place.settle(claimed, { kind: 'succeeded' })).toBeUndefined();
      expect(await place.row('mine')).toMatchObject({ status: 'pending', name: 'another' });
      await recount(place.store);
    });

    test('B4 that comes after a cancel, or with it, writes nothing', async () => {
      const place = await newPlace(openStore);
      await place.insert({}, {});
      const [a, b] = await place.take(2);
      if (a === undefined || b === undefined) throw new Error('Too few were claimed.');
      await place.store.do(cancel(a.row.id, 'enough'));
      expect(await place.settle(a, { kind: 'succeeded', result: 'late' })).toBeUndefined();
      const cancelling = place.store.do(cancel(b.row.id, 'enough'));
      expect(await place.settle(b, { kind: 'succeeded', result: 'late' })).toBeUndefined();
      await cancelling;
      for (const { row } of [a, b]) {
        expect(await place.row(row.id)).toMatchObject({ status: 'cancelled', error: { message: 'enough' } });
        expect(await place.row(row.id)).not.toHaveProperty('result');
        expect(await rowsOf(place.store, 'values', row.id)).toEqual([]);
      }
      await recount(place.store);
    });
  });
}

export function engineContract(openStore: OpenStore): void {
  describe('an engine', () => {
    test('E5 that takes the lead interrupts the claims of the dead, and of nobody else', async () => {
      const place = await newPlace(openStore);
      await place.insert({ type: 'test.a' }, { type: 'test.b' });
      await place.take(1, { lanes: ['test.a'] });
      expect(await place.store.do(leading(TWO))).toBe(0);
      expect((await place.store.standing()).claims.size).toBe(1);
      expect(await place.store.do(leading(TWO, { [ONE]: 'death' }))).toBe(1);
      const { head, claims } = await place.store.standing();
      expect([head.leader, claims.size]).toEqual([TWO, 0]);
      const [row] = (await place.store.page({ type: 'test.a' })).states.map((state) => state.row);
      expect(row).toMatchObject({ status: 'pending', lane: 'test.a', deaths: 1, failures: 0 });
      await recount(place.store);
    });

    test('B13 that died on a task that must not run twice leaves a decision behind', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne();
      await place.take(1, { once: true });
      await place.store.do(leading(TWO, { [ONE]: 'death' }));
      expect(await place.row(id)).toMatchObject({ status: 'pending', waiting: 'decision' });
      expect(await place.take(5)).toEqual([]);
      await recount(place.store);
    });

    test('B13 that is gone, but did not die, costs its tasks no death', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne();
      await place.take(1);
      expect(await place.store.do(leading(TWO, { [ONE]: 'released' }))).toBe(1);
      expect(await place.row(id)).toMatchObject({ status: 'pending', lane: 'test.noop' });
      expect(await place.row(id)).not.toHaveProperty('deaths');
    });

    test('hands back claims that it was never told of, even on what must not run twice', async () => {
      const place = await newPlace(openStore);
      await place.insert({ name: 'known' }, { name: 'unknown' });
      await place.lead();
      const request = { engineId: ONE, lanes: ['test.noop'], most: 5, alone: false, take: () => 'take' as const };
      const { claimed } = await place.store.do(claim({ ...request, once: () => true }, place.positions));
      const known = claimed[0]?.claim;
      expect(await place.store.do(releaseUnknown(TWO, () => false))).toBe(0);
      expect(await place.store.do(releaseUnknown(ONE, ({ taskId }) => taskId === known?.taskId))).toBe(1);
      expect([...(await place.store.standing()).claims.keys()]).toEqual([known?.taskId]);
      expect(await place.row(claimed[1]?.row.id ?? '')).toMatchObject({ status: 'pending', lane: 'test.noop' });
      await recount(place.store);
    });

    test('that ends in an orderly way hands back its claims, which counts as no death', async () => {
      const place = await newPlace(openStore);
      await place.insert({}, {}, {});
      const claimed = await place.take(2);
      expect(await place.store.do(release(TWO))).toBe(0);
      expect((await place.store.standing()).head.leader).toBe(ONE);
      expect(await place.store.do(release(ONE))).toBe(2);
      const { head, claims } = await place.store.standing();
      expect([head.leader, claims.size]).toEqual([null, 0]);
      for (const { row } of claimed) {
        expect(await place.row(row.id)).toMatchObject({ status: 'pending', lane: 'test.noop', failures: 0 });
        expect(await place.row(row.id)).not.toHaveProperty('deaths');
      }
      await recount(place.store);
    });
  });
}

export function dueContract(openStore: OpenStore): void {
  describe('what waits for a time', () => {
    test('D1 is made ready when it is due, and the next time is told', async () => {
      const place = await newPlace(openStore);
      const now = place.clock.now();
      await place.insert(
        { schedule: { at: now + 10 } },
        { schedule: { at: now + 20 } },
        { schedule: { at: now + 30 } },
      );
      expect(await place.store.do(makeDue(now, 100))).toBe(now + 10);
      expect((await place.store.standing()).head).toMatchObject({ timed: 3, lanes: new Map() });
      place.clock.jump(20);
      expect(await place.store.do(makeDue(now + 20, 100))).toBe(now + 30);
      expect(await place.take(5)).toHaveLength(2);
      expect(await place.store.do(makeDue(now + 40, 100))).toBe(Infinity);
      await recount(place.store);
    });

    test('D1 is made ready so many at a time, and the rest at once after', async () => {
      const place = await newPlace(openStore);
      const at = place.clock.now() + 10;
      await place.insert(...Array.from({ length: 5 }, () => ({ schedule: { at } })));
      place.clock.jump(10);
      expect(await place.store.do(makeDue(at, 2))).toBe(at);
      expect((await place.store.standing()).head.timed).toBe(3);
      await place.store.do(makeDue(at, 2));
      expect(await place.store.do(makeDue(at, 2))).toBe(Infinity);
      expect(await place.take(9)).toHaveLength(5);
      await recount(place.store);
    });

    test('is nothing where nothing waits, and that is no change', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const seq = await place.seq();
      expect(await place.store.do(makeDue(place.clock.now(), 5))).toBe(Infinity);
      expect(await place.seq()).toBe(seq);
    });

    test('B7 a task that failed is ready again after its backoff', async () => {
      const place = await newPlace(openStore);
      await place.insert({ retry: { initialBackoffMs: 500, jitter: 0 } });
      const state = await place.settle(await place.takeOne(), { kind: 'failed' });
      expect(state?.row).toMatchObject({ waiting: 'retry', failures: 1, dueAt: place.clock.now() + 500 });
      expect(await place.take(5)).toEqual([]);
      place.clock.jump(500);
      await place.store.do(makeDue(place.clock.now(), 5));
      expect((await place.takeOne()).row.failures).toBe(1);
      await recount(place.store);
    });
  });
}
