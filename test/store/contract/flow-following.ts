// What follows an end: children are cancelled with their parent, and the task that was to follow is made.

import { describe, expect, test } from 'vitest';
import { cancel, discard, makeDue, remove, retry, undo } from '../../../src/store/index.ts';
import { endThis, FOR_GOOD, idOf, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, type Place, settling } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';

const onComplete = { type: 'test.after', payload: 'follows' };

async function followers(place: Place): Promise<Record<string, unknown>[]> {
  const { tasks } = await readTables(place.store);
  return tasks.filter((row) => row.type === 'test.after');
}

const soon = async (place: Place, ms: number) => {
  place.clock.jump(ms);
  await place.store.do(makeDue(place.clock.now(), 100));
};

const CUTS: Record<string, (place: Place) => Promise<unknown>> = {
  'is cancelled': (place) => place.store.do(cancel(idOf('root'), 'enough')),
  'is deleted': (place) => place.store.do(remove([idOf('root')])),
  'is replaced': (place) => place.insert({ unique: { key: 'k', policy: 'replace' } }),
  'loses what it depends on': (place) => endThis(place, 'needed', FOR_GOOD),
};

function children(openStore: OpenStore): void {
  describe('a family', () => {
    test.each(Object.keys(CUTS))('A6 goes with a parent that %s, through those that have ended', async (cut) => {
      const place = await newPlace(openStore);
      await place.insert(
        { id: 'needed', priority: 'high' },
        { id: 'root', dependsOn: ['needed'], unique: { key: 'k', policy: 'keep' } },
        { id: 'ended', parentId: 'root' },
        { id: 'ending', parentId: 'root' },
        { id: 'running', parentId: 'root' },
        { id: 'of ended', parentId: 'ended' },
        { id: 'of ending', parentId: 'ending' },
        { id: 'deep', parentId: 'of ended', schedule: { everyMs: '1h' } },
        { id: 'stranger' },
      );
      await endThis(place, 'ended');
      await takeThis(place, 'running');
      const ending = await takeThis(place, 'ending');
      await Promise.all([place.store.do(settling(ending, { kind: 'succeeded' })), CUTS[cut]?.(place)]);
      const family = ['running', 'of ended', 'of ending', 'deep'];
      expect(await said(place, ...family, 'stranger')).toEqual([...Array<string>(4).fill('cancelled'), 'ready']);
      expect((await place.store.standing()).head).toMatchObject({ children: 0 });
      await recount(place.store);
    });

    test('A6 lives on where its parent completed or failed, even once that is deleted', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'good' }, { id: 'bad' }, { id: 'a', parentId: 'good' }, { id: 'b', parentId: 'bad' });
      await endThis(place, 'good');
      await endThis(place, 'bad', FOR_GOOD);
      await place.store.do(discard([idOf('good')]));
      await place.store.do(remove([idOf('bad')]));
      expect(await said(place, 'good', 'bad', 'a', 'b')).toEqual(['gone', 'gone', 'ready', 'ready']);
      await recount(place.store);
    });
  });
}

const ENDS: Record<string, (place: Place) => Promise<unknown>> = {
  succeeds: (place) => endThis(place, 'a'),
  fails: (place) => endThis(place, 'a', FOR_GOOD),
  'is cancelled': (place) => place.store.do(cancel(idOf('a'), 'enough')),
  'passes its deadline': (place) => soon(place, 1_000),
};

function followUps(openStore: OpenStore): void {
  describe('a follow-up', () => {
    test.each(Object.keys(ENDS))('A11 is made in the commit in which its task %s, once', async (way) => {
      const place = await newPlace(openStore);
      const deadline = place.clock.now() + 1_000;
      await place.insert({ id: 'a', onComplete, deadline, creator: 'kim', workspace: 'home' });
      await place.lead();
      await ENDS[way]?.(place);
      const seq = await place.seq();
      const made = await followers(place);
      expect(made).toHaveLength(1);
      expect(made[0]).toMatchObject({
        ...{ payload: 'follows', creator: 'kim', workspace: 'home', lane: 'test.after' },
        dependsOn: { tasks: ['a'], onFailure: 'continue' },
      });
      const other = await newPlace(openStore, place.store.database);
      expect(await other.row(String(made[0]?.id))).toEqual(made[0]);
      await soon(place, 5_000);
      expect([await place.seq(), (await followers(place)).length]).toEqual([seq, 1]);
      await recount(place.store);
    });

    test('A11 is made for each run of a recurring task, and for each run by hand, a retry of an attempt being none', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', onComplete, schedule: { everyMs: '1m', count: 3 } });
      await endThis(place, 'a', { kind: 'failed' });
      expect(await followers(place)).toHaveLength(0);
      await soon(place, 2_000);
      for (let runs = 1; runs <= 3; runs++) {
        await endThis(place, 'a', runs === 2 ? FOR_GOOD : { kind: 'succeeded' });
        expect(await followers(place)).toHaveLength(runs);
        await soon(place, 60_000);
      }
      expect(await said(place, 'a')).toEqual(['completed']);
      await recount(place.store);
    });

    test('A11 is made for a run that began and was cut off in one transaction', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', onComplete });
      await endThis(place, 'a', FOR_GOOD);
      await Promise.all([place.store.do(retry(idOf('a'), 'kim')), place.store.do(cancel(idOf('a'), 'x'))]);
      expect(await followers(place)).toHaveLength(2);
    });

    test('A11 is none of a task that is deleted, or had back', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', onComplete }, { id: 'b', onComplete });
      await endThis(place, 'a');
      await place.store.do(remove([idOf('a'), idOf('b')]));
      await place.store.do(undo([idOf('a'), idOf('b')]));
      expect(await said(place, 'a', 'b')).toEqual(['completed', 'ready']);
      expect(await followers(place)).toHaveLength(1);
      await recount(place.store);
    });
  });
}

function withdrawals(openStore: OpenStore): void {
  describe('the follow-up of a cancelled task', () => {
    test('A11 is taken back with an undo, unless it has begun', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', onComplete });
      await place.store.do(cancel(idOf('a'), 'oops'));
      await place.store.do(undo([idOf('a')]));
      expect(await followers(place)).toHaveLength(0);
      await endThis(place, 'a');
      expect(await followers(place)).toHaveLength(1);
      expect((await place.row('a'))?.run).not.toHaveProperty('followUp');
      await recount(place.store);
    });

    test('A11 waits for nobody when it is cancelled and had back itself, though its task recurs', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a', onComplete, schedule: { everyMs: '1m' } });
      await endThis(place, 'a');
      const [made] = await followers(place);
      const id = String(made?.id);
      await place.store.do(cancel(idOf(id), 'oops'));
      expect(await place.store.do(undo([idOf(id)]))).toEqual([id]);
      expect(await said(place, id)).toEqual(['ready']);
    });
  });
}

export function followingContract(openStore: OpenStore): void {
  for (const part of [children, followUps, withdrawals]) part(openStore);
}
