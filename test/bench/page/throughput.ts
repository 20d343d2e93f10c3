// How many per second.

import { both, type First, noops, onFreshDatabases, type Round, timed, untilSettled } from './measure.ts';
import type { Runner } from '../../../src/index.ts';
import { farAway } from './rows.ts';

const NOOPS = 5_000;
const ITEMS = 100_000;
const BURST = 1_000;

export function noOps(first: First): Promise<Round> {
  return onFreshDatabases(async ({ runner, raw }) => ({
    'no-ops': await both(first, {
      ours: () => noOpsPerSecond(runner, NOOPS),
      limit: async () => perSecond(NOOPS, await raw.call('insertAndUpdate', NOOPS)),
    }),
  }));
}

export function mapItems(first: First): Promise<Round> {
  return onFreshDatabases(async ({ runner }) => ({
    'map-items': await both(first, {
      ours: async () =>
        perSecond(ITEMS, await timed(async () => (await runner.enqueue('bench.map', { count: ITEMS })).result())),
      limit: () => noOpsPerSecond(runner, NOOPS / 2),
    }),
  }));
}

/** Tasks that wait for their day, so that nothing runs meanwhile. */
export function burst(first: First): Promise<Round> {
  return onFreshDatabases(async ({ runner, raw }) => {
    const sides = {
      ours: async () => perSecond(BURST, await timed(() => enqueueMany(runner))),
      limit: async () => perSecond(BURST, await raw.call('batchOfDelayed', BURST)),
    };
    await both(first, sides);
    return { burst: await both(first, sides) };
  });
}

export function enqueueMany(runner: Runner): Promise<unknown> {
  const schedule = { at: farAway() };
  return Promise.all(Array.from({ length: BURST }, (_, n) => runner.enqueue('bench.noop', { n }, { schedule })));
}

/** From before the enqueue until the last is settled. */
export async function noOpsPerSecond(runner: Runner, count: number): Promise<number> {
  const start = performance.now();
  const end = await untilSettled(runner, await noops(runner, count));
  return perSecond(count, end - start);
}

function perSecond(count: number, ms: number): number {
  return (count / ms) * 1_000;
}
