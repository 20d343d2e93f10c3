// How much the engine asks for when it claims.

import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { Claimer, type ClaimerSetup } from '../../src/runner/claimer.ts';
import type { Operation } from '../../src/store/index.ts';
import { systemClock } from '../../src/task/index.ts';
import { laneOf } from '../../src/task/lane.ts';

/** A claimer beside two free slots, with tasks in one lane. */
function claimerOf(lane: string): Claimer {
  const setup = {
    clock: systemClock,
    definitions: new Map(),
    store: { lastHead: { lanes: new Map([[lane, 1_000]]) } },
    gate: { isOpen: () => true },
    running: { size: 0, urgent: 0, values: () => [] },
    pool: { size: 2, room: 2, idle: 2 },
    queue: () => [],
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
