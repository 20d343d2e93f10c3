// B12: a task that waits for others, whatever becomes of them, and whenever.

import { describe, expect, test } from 'vitest';
import { cancel, remove, retry } from '../../../src/store/index.ts';
import { endThis, FOR_GOOD, idOf, said, takeThis } from '../../support/flow.ts';
import { newPlace, type OpenStore, settling } from '../../support/place.ts';
import { recount } from '../../support/raw.ts';

const blockedOf = async (place: Awaited<ReturnType<typeof newPlace>>) => (await place.store.standing()).head.blocked;

function endings(openStore: OpenStore): void {
  describe('a dependency', () => {
    test('B12 holds a task back until all have ended, and then lets it be claimed', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' }, { id: 'last', dependsOn: ['a', 'b'] });
      expect(await said(place, 'a', 'b', 'last')).toEqual(['ready', 'ready', 'dependency']);
      expect(await place.row('last')).toMatchObject({ blockedBy: ['a', 'b'], links: ['after:a', 'after:b'] });
      await endThis(place, 'a');
      expect(await place.row('last')).toMatchObject({ blockedBy: ['b'], links: ['after:b'] });
      await recount(place.store);
      await endThis(place, 'b');
      expect(await said(place, 'last')).toEqual(['ready']);
      expect(await place.row('last')).not.toHaveProperty('links');
      expect(await blockedOf(place)).toBe(0);
      await endThis(place, 'last');
      await recount(place.store);
    });

    test.each([
      ['fails for good', FOR_GOOD],
      ['is cancelled', 'cancel'],
      ['is deleted', 'remove'],
    ] as const)('B12 that %s cancels whoever waits, and theirs; "continue" goes on', async (_, end) => {
      const place = await newPlace(openStore);
      await place.insert(
        { id: 'a' },
        { id: 'strict', dependsOn: ['a'] },
        { id: 'theirs', dependsOn: ['strict'] },
        { id: 'easy', dependsOn: { tasks: ['a'], onFailure: 'continue' } },
        { id: 'easier', dependsOn: { tasks: ['theirs'], onFailure: 'continue' } },
      );
      if (end === 'cancel') await place.store.do(cancel(idOf('a'), 'enough'));
      else if (end === 'remove') await place.store.do(remove([idOf('a')]));
      else await endThis(place, 'a', end);
      expect(await said(place, 'strict', 'theirs', 'easy', 'easier')).toEqual([
        'cancelled',
        'cancelled',
        'ready',
        'ready',
      ]);
      expect(await place.row('theirs')).toMatchObject({ error: { code: 'dependency-failed', retryable: false } });
      expect(await blockedOf(place)).toBe(0);
      await recount(place.store);
    });

    test('B12 that failed but will be retried is waited for still', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'last', dependsOn: ['a'] });
      await endThis(place, 'a', { kind: 'failed' });
      expect(await said(place, 'a', 'last')).toEqual(['retry', 'dependency']);
    });
  });
}

function comings(openStore: OpenStore): void {
  describe('a dependency', () => {
    test('B12 that had ended before holds nobody back, or cancels at once; one that is not there is refused', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'good' }, { id: 'bad' }, { id: 'gone' });
      await endThis(place, 'good');
      await endThis(place, 'bad', FOR_GOOD);
      await place.store.do(remove([idOf('gone')]));
      await place.insert(
        { id: 'a', dependsOn: ['good'] },
        { id: 'b', dependsOn: ['good', 'bad'] },
        { id: 'c', dependsOn: { tasks: ['bad', 'good'], onFailure: 'continue' } },
        { id: 'd', dependsOn: ['b'] },
      );
      expect(await said(place, 'a', 'b', 'c', 'd')).toEqual(['ready', 'cancelled', 'ready', 'cancelled']);
      const refusal = { code: 'invalid-request', details: { field: 'dependsOn' } };
      await expect(place.insert({ id: 'x' }, { dependsOn: ['gone'] })).rejects.toMatchObject(refusal);
      expect(await said(place, 'x')).toEqual(['gone']);
      await recount(place.store);
    });

    test('B12 may come later in the same call; a circle of them is refused, and nothing stays', async () => {
      const place = await newPlace(openStore);
      await place.insert(
        { id: 'last', dependsOn: ['middle'] },
        { id: 'middle', dependsOn: ['first'] },
        { id: 'first' },
      );
      expect(await said(place, 'first', 'middle', 'last')).toEqual(['ready', 'dependency', 'dependency']);
      const seq = await place.seq();
      const circle = place.insert(
        { id: 'x', dependsOn: ['z'] },
        { id: 'y', dependsOn: ['x'] },
        { id: 'z', dependsOn: ['first', 'y'] },
      );
      await expect(circle).rejects.toMatchObject({ code: 'invalid-request', details: { field: 'dependsOn' } });
      const hidden = place.insert(
        { id: 'v', unique: { key: 'k', policy: 'append' }, dependsOn: ['w'] },
        { id: 'w', unique: { key: 'k', policy: 'append' } },
      );
      await expect(hidden).rejects.toMatchObject({ code: 'invalid-request', details: { field: 'dependsOn' } });
      expect(await said(place, 'x', 'y', 'z', 'v', 'w')).toEqual(Array(5).fill('gone'));
      expect(await place.seq()).toBe(seq);
      await recount(place.store);
    });

    test('B12 on what another answers for is a dependency on that one', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'there', unique: { key: 'k', policy: 'keep' } });
      const kept = { id: 'newer', unique: { key: 'k', policy: 'keep' } } as const;
      await place.insert({ id: 'before', dependsOn: ['newer'] }, kept, { id: 'after', dependsOn: ['newer'] });
      expect(await place.row('before')).toMatchObject({ blockedBy: ['there'], dependsOn: { tasks: ['there'] } });
      expect(await place.row('after')).toMatchObject({ blockedBy: ['there'], dependsOn: { tasks: ['there'] } });
      await endThis(place, 'there');
      expect(await said(place, 'before', 'after')).toEqual(['ready', 'ready']);
      await recount(place.store);
    });
  });
}

function numbers(openStore: OpenStore): void {
  describe('a dependency', () => {
    test('B12 a chain of 1,000 is cancelled in one transaction', async () => {
      const place = await newPlace(openStore);
      const chain = Array.from({ length: 1_000 }, (_, i) => ({
        id: `link ${i}`,
        ...(i > 0 && { dependsOn: [`link ${i - 1}`] }),
      }));
      await place.insert(...chain);
      const seq = await place.seq();
      await place.store.do(cancel(idOf('link 0'), 'enough'));
      expect(await place.seq()).toBe(seq + 1);
      expect((await place.store.page({ status: 'cancelled' })).total).toBe(1_000);
      await recount(place.store);
    });

    test('B12 many of them, ending in any order and together, are all waited for', async () => {
      const place = await newPlace(openStore);
      const ids = Array.from({ length: 200 }, (_, i) => `part ${i}`);
      await place.insert(...ids.map((id) => ({ id })), { id: 'whole', dependsOn: ids });
      const claimed = await place.take(200);
      const last = claimed.splice(70, 1);
      await Promise.all(claimed.map((each) => place.store.do(settling(each, { kind: 'succeeded' }))));
      expect(await said(place, 'whole')).toEqual(['dependency']);
      await Promise.all(last.map((each) => place.store.do(settling(each, { kind: 'succeeded' }))));
      expect(await said(place, 'whole')).toEqual(['ready']);
      await recount(place.store);
    });
  });
}

function together(openStore: OpenStore): void {
  describe('a dependency, in one transaction with what waits for it,', () => {
    test('B12 ends, and frees or cancels it, whichever comes first', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' }, { id: 'c' });
      const [a, b] = [await takeThis(place, 'a'), await takeThis(place, 'b')];
      const seq = await place.seq();
      await Promise.all([
        place.insert({ id: 'early', dependsOn: ['a'] }),
        place.store.do(settling(a, { kind: 'succeeded' })),
        place.insert({ id: 'late', dependsOn: ['a'] }),
        place.insert({ id: 'strict', dependsOn: ['b'] }),
        place.store.do(settling(b, FOR_GOOD)),
        place.insert({ id: 'of c', dependsOn: ['c'] }),
        place.store.do(remove([idOf('c')])),
      ]);
      expect(await place.seq()).toBe(seq + 1);
      expect(await said(place, 'early', 'late', 'strict', 'of c')).toEqual([
        'ready',
        'ready',
        'cancelled',
        'cancelled',
      ]);
      await recount(place.store);
    });

    test('B12 comes and goes again, and nobody waits for it for ever', async () => {
      const place = await newPlace(openStore);
      await Promise.all([
        place.insert({ id: 'a' }, { id: 'strict', dependsOn: ['a'] }, { id: 'child', parentId: 'a' }),
        place.insert({ id: 'easy', dependsOn: { tasks: ['a'], onFailure: 'continue' } }),
        place.store.do(remove([idOf('a')])),
      ]);
      expect(await said(place, 'a', 'strict', 'child', 'easy')).toEqual(['gone', 'cancelled', 'cancelled', 'ready']);
      await recount(place.store);
    });

    test('B12 runs again and ends again, and whoever came between is told', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' });
      await place.store.do(cancel(idOf('a'), 'enough'));
      place.clock.jump(5);
      await Promise.all([
        place.store.do(retry(idOf('a'), 'kim')),
        place.insert({ id: 'between', dependsOn: ['a'] }),
        place.store.do(cancel(idOf('a'), 'enough')),
      ]);
      expect(await said(place, 'a', 'between')).toEqual(['cancelled', 'cancelled']);
      await recount(place.store);
    });
  });
}

function retries(openStore: OpenStore): void {
  describe('a retry by hand', () => {
    test('B12 of a cancelled dependent runs it anyway, once', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'strict', dependsOn: ['a'] });
      await endThis(place, 'a', FOR_GOOD);
      await place.store.do(retry(idOf('strict'), 'kim'));
      expect(await said(place, 'strict')).toEqual(['ready']);
      await endThis(place, 'strict');
      await place.store.do(retry(idOf('a'), 'kim'));
      await endThis(place, 'a');
      expect(await said(place, 'a', 'strict')).toEqual(['completed', 'completed']);
      await recount(place.store);
    });

    test('B12 of a dependency leaves those that it cancelled as they are, and is waited for by new ones', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'old', dependsOn: ['a'] });
      await endThis(place, 'a', FOR_GOOD);
      await place.store.do(retry(idOf('a'), 'kim'));
      await place.insert({ id: 'new', dependsOn: ['a'] });
      expect(await said(place, 'a', 'old', 'new')).toEqual(['ready', 'cancelled', 'dependency']);
      await endThis(place, 'a');
      expect(await said(place, 'old', 'new')).toEqual(['cancelled', 'ready']);
      await recount(place.store);
    });
  });
}

export function dependencyContract(openStore: OpenStore): void {
  for (const part of [endings, comings, numbers, together, retries]) part(openStore);
}
