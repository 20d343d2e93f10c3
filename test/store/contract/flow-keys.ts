// B10: of the tasks of one concurrency key, one is ready or running at a time, and whoever lets go of the key passes it on.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancel, type Claimed, makeDue, pause, remove, undo, update } from '../../../src/store/index.ts';
import { endThis, FOR_GOOD, idOf, parking, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place, settling } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';
import type { TaskRow } from '../../../src/task/index.ts';

const key = (concurrencyKey: string) => ({ concurrencyKey });
const edit = { at: 0, by: 'kim', fields: ['concurrencyKey'] };

/** Per key at most one task has it, nobody waits for a key that nobody has, and only who has its key is ready. */
async function checkKeys(place: Place): Promise<void> {
  const rows = (await readTables(place.store)).tasks as unknown as TaskRow[];
  const holders = rows.flatMap(({ holds }) => (holds === undefined ? [] : [holds]));
  expect(new Set(holders).size).toBe(holders.length);
  for (const { wants, lane, holds, concurrencyKey } of rows) {
    if (wants !== undefined) expect(holders).toContain(wants);
    if (lane !== undefined) expect(holds).toBe(concurrencyKey);
    else expect(holds).toBeUndefined();
  }
  await recount(place.store);
}

const WAYS: Record<string, (place: Place, claimed: Claimed) => Promise<unknown>> = {
  succeeds: (place, claimed) => place.settle(claimed, { kind: 'succeeded' }),
  'fails for good': (place, claimed) => place.settle(claimed, FOR_GOOD),
  'waits to be tried again': (place, claimed) => place.settle(claimed, { kind: 'failed' }),
  snoozes: (place, claimed) => place.settle(claimed, { kind: 'snoozed', delayMs: 5 }),
  sleeps: (place, claimed) => place.store.do(parking(claimed, { kind: 'sleep', step: 's', until: Infinity })),
  'is cancelled': (place, { row }) => place.store.do(cancel(row.id, 'enough')),
  'is deleted': (place, { row }) => place.store.do(remove([row.id])),
  'must be decided on': (place, claimed) => place.settle(claimed, { kind: 'interrupted' }),
  'passes its deadline': (place) => {
    place.clock.jump(1_000);
    return place.store.do(makeDue(place.clock.now(), 10));
  },
};

function passing(openStore: OpenStore): void {
  describe('a concurrency key', () => {
    test('B10 is had by one at a time, whatever their types, in the order of priority, then age', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'first', ...key('k') });
      await place.insert(
        { id: 'low', priority: 'low', ...key('k') },
        { id: 'b', type: 'test.b', ...key('k') },
        { id: 'high', priority: 'high', ...key('k') },
        { id: 'free', ...key('another') },
      );
      expect(await said(place, 'first', 'low', 'b', 'high', 'free')).toEqual([
        'ready',
        'limit',
        'limit',
        'limit',
        'ready',
      ]);
      for (const id of ['first', 'high', 'b', 'low']) {
        await checkKeys(place);
        await endThis(place, id);
      }
      expect((await readTables(place.store)).tasks.filter((row) => row.status === 'pending')).toHaveLength(1);
    });

    test('B10 among those that come together the most urgent has it', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...key('k') }, { id: 'high', priority: 'high', ...key('k') });
      expect(await said(place, 'a', 'high')).toEqual(['limit', 'ready']);
    });

    test.each(Object.keys(WAYS))('B10 goes to the next when who has it %s', async (way) => {
      const place = await newPlace(openStore);
      const deadline = place.clock.now() + 1_000;
      await place.insert({ id: 'a', ...key('k'), ...(way === 'passes its deadline' && { deadline }) });
      await place.insert({ id: 'b', ...key('k') });
      await place.lead();
      const once = way === 'must be decided on';
      const [claimed] = await place.take(1, { once });
      if (claimed === undefined) throw new Error('Nothing was there to claim.');
      expect(claimed.row.id).toBe('a');
      await WAYS[way]?.(place, claimed);
      expect(await said(place, 'b')).toEqual(['ready']);
      await checkKeys(place);
    });

    test('B10 stays with whoever is interrupted, and comes back to who was tried again only in its turn', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...key('k') }, { id: 'b', ...key('k') });
      await endThis(place, 'a', { kind: 'interrupted' });
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'limit']);
      await endThis(place, 'a', { kind: 'snoozed', delayMs: 5 });
      place.clock.jump(5);
      await place.store.do(makeDue(place.clock.now(), 10));
      expect(await said(place, 'a', 'b')).toEqual(['limit', 'ready']);
      await endThis(place, 'b');
      expect(await said(place, 'a', 'b')).toEqual(['ready', 'completed']);
      await checkKeys(place);
    });
  });
}

function changing(openStore: OpenStore): void {
  describe('a concurrency key', () => {
    test('B10 of a deleted task goes on, and who comes back stands in line again', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', ...key('k') }, { id: 'b', ...key('k') }, { id: 'c', ...key('k') });
      await place.store.do(remove([idOf('a'), idOf('c')]));
      expect(await said(place, 'b')).toEqual(['ready']);
      await place.store.do(undo([idOf('a'), idOf('c')]));
      expect(await said(place, 'a', 'b', 'c')).toEqual(['limit', 'ready', 'limit']);
      await checkKeys(place);
      await Promise.all([place.store.do(remove([idOf('b')])), place.store.do(undo([idOf('b')]))]);
      expect(await said(place, 'a', 'b', 'c')).toEqual(['ready', 'limit', 'limit']);
      await checkKeys(place);
    });

    test('B10 is let go of by a pause of its holder, and by a change of its key', async () => {
      const place = await newPlace(openStore);
      const ids = ['a', 'b', 'c', 'd'];
      for (const id of ids) await place.insert({ id, ...key('k') });
      await place.store.do(pause({ ruleId: 'r', taskId: idOf('a'), createdAt: 0, createdBy: 'kim' }));
      expect(await said(place, ...ids)).toEqual(['pause', 'ready', 'limit', 'limit']);
      await place.store.do(update(idOf('b'), { concurrencyKey: 'another' }, edit));
      expect(await said(place, ...ids)).toEqual(['pause', 'ready', 'ready', 'limit']);
      await place.store.do(update(idOf('c'), { concurrencyKey: undefined }, edit));
      expect(await said(place, ...ids)).toEqual(['pause', 'ready', 'ready', 'ready']);
      await checkKeys(place);
    });

    test('B10 of many keys and two engines on one database, in few transactions', async () => {
      const place = await newPlace(openStore);
      const other = await newPlace(openStore, place.store.database);
      const some = (engine: string) =>
        Array.from({ length: 150 }, (_, i) => ({ id: `${engine} ${i}`, ...key(`key ${i % 50}`) }));
      await Promise.all([place.insert(...some('one')), other.insert(...some('two'))]);
      await checkKeys(place);
      for (let left = 300; left > 0; left -= 50) {
        const claimed = await place.take(1_000);
        expect(claimed).toHaveLength(50);
        expect(new Set(claimed.map(({ row }) => row.concurrencyKey)).size).toBe(50);
        await Promise.all(
          claimed.map((each, i) => (i % 2 ? other : place).store.do(settling(each, { kind: 'succeeded' }))),
        );
        for (const { row } of claimed) place.positions.leave(row.lane ?? '');
      }
      await checkKeys(place);
    });

    test('B10 is passed on beyond many that gave up waiting in the same transaction', async () => {
      const place = await newPlace(openStore);
      const ids = Array.from({ length: 70 }, (_, i) => `in line ${String(i).padStart(2, '0')}`);
      await place.insert({ id: 'first', ...key('k') });
      for (const id of ids) await place.insert({ id, ...key('k') });
      const claimed = await takeThis(place, 'first');
      await Promise.all([
        place.store.do(settling(claimed, { kind: 'succeeded' })),
        ...ids.slice(0, 65).map((id) => place.store.do(cancel(idOf(id), 'enough'))),
      ]);
      expect(await said(place, ...ids.slice(64))).toEqual(['cancelled', 'ready', 'limit', 'limit', 'limit', 'limit']);
      await checkKeys(place);
    });
  });
}

function model(openStore: OpenStore): void {
  describe('a concurrency key', () => {
    test('B10 whatever happens, who runs of a key is whom a plain model lets run', { timeout: 60_000 }, async () => {
      const deed = fc.record({
        kind: fc.constantFrom('come', 'end', 'retry', 'cancel', 'remove'),
        pick: fc.nat(1_000),
      });
      const histories = fc.array(fc.array(deed, { minLength: 1, maxLength: 4 }), { minLength: 10, maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(histories, (history) => live(openStore, history)),
        { numRuns: 10 },
      );
    });
  });
}

export function keyContract(openStore: OpenStore): void {
  for (const part of [passing, changing, model]) part(openStore);
}

interface Deed {
  kind: string;
  pick: number;
}

/** Whoever is first in line of each key that nobody has gets it, once all of a transaction is done. */
class Model {
  readonly #lines = new Map<string, string[]>();
  readonly #places = new Map<string, [number, string]>();
  readonly holders = new Map<string, string>();

  come(id: string, of: string, rank: number): void {
    this.#places.set(id, [rank, id]);
    this.#lines.set(of, [...(this.#lines.get(of) ?? []), id]);
  }

  leave(id: string): void {
    for (const [of, line] of this.#lines)
      this.#lines.set(
        of,
        line.filter((each) => each !== id),
      );
    for (const [of, holder] of this.holders) if (holder === id) this.holders.delete(of);
  }

  passOn(): void {
    for (const [of, line] of this.#lines) {
      if (this.holders.has(of)) continue;
      const [first] = line.sort((a, b) => this.#compare(a, b));
      if (first !== undefined) this.holders.set(of, first);
    }
  }

  #compare(a: string, b: string): number {
    const [[rankA, idA] = [0, ''], [rankB, idB] = [0, '']] = [this.#places.get(a), this.#places.get(b)];
    return rankA - rankB || (idA < idB ? -1 : 1);
  }
}

async function live(openStore: OpenStore, history: readonly Deed[][]): Promise<void> {
  const place = await newPlace(openStore);
  const model = new Model();
  const running = new Map<string, Claimed>();
  let made = 0;
  const act = async ({ kind, pick }: Deed) => {
    const holder = [...model.holders.values()][pick % Math.max(1, model.holders.size)];
    if (kind === 'come') {
      const id = `task ${String(made++).padStart(3, '0')}`;
      model.come(id, `key ${pick % 3}`, (pick % 2) * -1);
      await place.insert({ id, ...key(`key ${pick % 3}`), priority: pick % 2 });
    } else if (holder !== undefined) {
      const claimed = running.get(holder);
      model.leave(holder);
      running.delete(holder);
      if (kind === 'cancel' || claimed === undefined) await place.store.do(cancel(idOf(holder), 'x'));
      else if (kind === 'remove') await place.store.do(remove([idOf(holder)]));
      else await place.store.do(settling(claimed, kind === 'end' ? FOR_GOOD : { kind: 'failed' }));
    }
  };
  for (const group of history) {
    await Promise.all(group.map(act));
    model.passOn();
    const { tasks } = await readTables(place.store);
    const holders = tasks.flatMap(({ holds, id }) => (holds === undefined ? [] : [[holds, id]]));
    expect(holders.sort()).toEqual([...model.holders].sort());
    await checkKeys(place);
    for (const id of model.holders.values()) if (!running.has(id)) running.set(id, await takeThis(place, id));
  }
  await place.store.close();
}
