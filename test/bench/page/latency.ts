// How long one takes, with nothing else to do.

import type { Runner } from '../../../src/index.ts';
import { type First, onFreshDatabases, type Round, takeTurns } from './measure.ts';

const SAMPLES = 60;

/** A no-op is enqueued on an idle engine, and done with before the next. */
export function loneEnqueue(first: First): Promise<Round> {
  return onFreshDatabases(async ({ runner, raw }) => ({
    'lone-enqueue': await takeTurns(SAMPLES, first, {
      ours: () => enqueueOne(runner),
      limit: () => raw.call('strictPut'),
    }),
  }));
}

export async function enqueueOne(runner: Runner): Promise<number> {
  const start = performance.now();
  const task = await runner.enqueue('bench.noop', { n: 0 });
  const ms = performance.now() - start;
  await task.result();
  return ms;
}

export function start(first: First): Promise<Round> {
  return onFreshDatabases(async ({ runner, raw }) => ({
    start: await takeTurns(SAMPLES, first, {
      ours: () => startOne(runner),
      limit: () => raw.call('strictPutAndMessage'),
    }),
  }));
}

/** From before the call of `enqueue` until the handler is entered. */
export async function startOne(runner: Runner): Promise<number> {
  const stamps = new BroadcastChannel('bench:stamps');
  const stamped = new Promise<number>((resolve) => {
    stamps.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
  });
  const before = performance.timeOrigin + performance.now();
  const task = await runner.enqueue('bench.stamp', null);
  const ms = (await stamped) - before;
  await task.result();
  stamps.close();
  return ms;
}
