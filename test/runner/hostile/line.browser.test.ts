// The line of ready tasks, where several things happen to it in one transaction or one after the other. Here the store
// is asked itself: which commits share a transaction is a matter of luck anywhere else.

import { afterEach, describe, expect, test } from 'vitest';
import { claim, Positions, Store } from '../../../src/store/index.ts';
import { clearPlaces, newPlace, ONE, settling } from '../../support/place.ts';

afterEach(clearPlaces);

const LANE = 'test.noop';
const DEATH = { kind: 'interrupted' } as const;
const openPlace = () => newPlace((database, clock) => Store.open(database, clock));

describe('the line', () => {
  // What a look did not read, because it read no further, is forgotten until no task of the lane runs.
  test('B6 passes over none of several urgent tasks that overtake', async () => {
    const place = await openPlace();
    await place.insert({ name: 'a' }, { name: 'b' });
    const slow = await place.take(2);
    await place.insert(...['c', 'd', 'e', 'f'].map((name) => ({ name, priority: 10 })));
    const claimed = [await place.takeOne(), await place.takeOne()];
    for (const each of slow) await place.settle(each, { kind: 'succeeded' });
    claimed.push(await place.takeOne(), ...(await place.take(1)));
    expect(claimed.map(({ row }) => row.name)).toEqual(['c', 'd', 'e', 'f']);
  });

  // A look that shares its transaction with the second death takes the task for what it was when it was read.
  test('promise 4 gives no suspect away as if it were none', async () => {
    const place = await openPlace();
    await place.insertOne();
    await place.settle(await place.takeOne(), DEATH);
    const second = await place.takeOne();
    const look = claim({ engineId: ONE, lanes: [LANE], most: 1, take: () => 'take', alone: false }, new Positions());
    const [after, { claimed }] = await Promise.all([place.store.do(settling(second, DEATH)), place.store.do(look)]);
    expect(after?.row.deaths).toBe(2);
    expect(claimed).toEqual([]);
  });
});
