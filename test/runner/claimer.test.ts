// How much the engine asks for when it claims.

import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { Claimer, type ClaimerSetup } from '../../src/runner/claimer.ts';
import type { Operation } from '../../src/store/index.ts';
import { systemClock } from '../../src/task/index.ts';
import { laneOf } from '../../src/task/lane.ts';

/** A claimer beside two free slots, with tasks in one lane; for the slots some attempts wait already. */
function claimerOf(lane: string, ...queued: string[]): Claimer {
  const setup = {
    clock: systemClock,
    definitions: new Map(),
    store: { lastHead: { lanes: new Map([[lane, 1_000]]) } },
    gate: { isOpen: () => true },
    running: { size: 0, urgent: 0, values: () => [] },
    pool: { size: 2, room: 2, idle: 2 },
    queue: () => queued.map((type) => ({ row: { type } })),
  };
  return new Claimer(setup as unknown as ClaimerSetup);
}

/** How many rows it would read. */
async function asked(claimer: Claimer): Promise<number | undefined> {
  let most: number | undefined;
  const load = {
    claims: Promise.resolve(new Map()),
    index: (...[, , , count]: [string, string, IDBKeyRange, number]) => {
      most = count;
      return Promise.resolve([]);
    },
  };
  const { operation } = claimer.next(true, () => undefined) ?? {};
  await operation?.load?.(load as unknown as Parameters<NonNullable<Operation<unknown>['load']>>[0]);
  return most;
}

describe('claiming quick tasks', () => {
  it.each([
    ['that need nothing', { typeVersion: 1 }],
    ['of a later version', { typeVersion: 2 }],
    ['that need the network', { typeVersion: 1, constraints: { network: 'online' as const } }],
  ])('B6 %s: enough for a tenth of a second is asked for', async (_, rest) => {
    const claimer = claimerOf(laneOf({ type: 'quick', ...rest }));
    expect(await asked(claimer)).toBe(2);
    claimer.pace.took('quick', 5);
    expect(await asked(claimer)).toBe(42);
  });
});

describe('claiming in a transaction of its own', () => {
  const lane = laneOf({ type: 'slow', typeVersion: 1 });

  it('goes on while a slot is free, though a slow task waits for the other to start', async () => {
    expect(await asked(claimerOf(lane, 'slow'))).toBe(1);
  });

  it('is not worth it while slow tasks wait for every slot', async () => {
    expect(await asked(claimerOf(lane, 'slow', 'slow'))).toBeUndefined();
  });
});
