// What every benchmark here needs: a runner of its own, its raw counterpart, and the middle of many samples.

import { createRunner, type Runner } from '../../../src/index.ts';
import { deleteDatabase, errandDatabase } from './database.ts';
import { Raw } from './raw.ts';

/** One round of a benchmark: our figure and the limit's, of the same unit, per row of the table. */
export type Round = Record<string, { ours: number; limit: number }>;

/** Which of the two goes first in this round, so that neither always finds the warmer machine. */
export type First = 'ours' | 'limit';

export interface Sides {
  ours: () => Promise<number>;
  limit: () => Promise<number>;
}

export interface Bench {
  runner: Runner;
  raw: Raw;
  database: string;
}

export function newName(): string {
  return `bench-${crypto.randomUUID()}`;
}

export async function startRunner(database: string, maxConcurrent = 2): Promise<Runner> {
  const worker = () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' });
  const runner = await createRunner({ worker, database, maxConcurrent });
  Object.assign(window, { lastRunner: runner }); // For run.mjs to ask, where a benchmark does not end.
  return runner;
}

/** Runs the work on a fresh database of ours, whose slots have started, beside a fresh raw one. */
export async function onFreshDatabases<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const database = newName();
  const raw = new Raw();
  await raw.call('open', `raw-${database}`);
  const runner = await startRunner(database);
  await warmUp(runner);
  try {
    return await work({ runner, raw, database });
  } finally {
    await runner.close();
    await raw.call('remove', `raw-${database}`);
    raw.end();
    await deleteDatabase(errandDatabase(database));
  }
}

/** Until both slots have started and the code has been run some hundred times. */
export async function warmUp(runner: Runner, count = 300): Promise<void> {
  await untilSettled(runner, await noops(runner, count));
}

export async function noops(runner: Runner, count: number): Promise<number> {
  const before = await runner.stats();
  await runner.enqueueMany(Array.from({ length: count }, (_, n) => ({ type: 'bench.noop', payload: { n } })));
  return before.completed + count;
}

/** Resolves when so many tasks of the database are completed, with the instant at which the last commit was heard of. */
export function untilSettled(runner: Runner, count: number): Promise<number> {
  const commits = new BroadcastChannel(errandDatabase(runner.database));
  let heardAt: number | undefined;
  commits.onmessage = () => {
    heardAt = performance.now();
  };
  return new Promise((resolve) => {
    const stop = runner.watchStats(({ completed, failed }) => {
      if (completed + failed < count) return;
      stop();
      commits.close();
      resolve(heardAt ?? performance.now());
    });
  });
}

export async function both(first: First, { ours, limit }: Sides): Promise<{ ours: number; limit: number }> {
  if (first === 'ours') {
    const mine = await ours();
    return { ours: mine, limit: await limit() };
  }
  const theirs = await limit();
  return { ours: await ours(), limit: theirs };
}

/** Takes turns, sample by sample, and gives the middle of each. */
export async function takeTurns(samples: number, first: First, sides: Sides): Promise<{ ours: number; limit: number }> {
  const ours: number[] = [];
  const limit: number[] = [];
  for (let i = 0; i < samples; i++) {
    const sample = await both(first, sides);
    ours.push(sample.ours);
    limit.push(sample.limit);
  }
  return { ours: middle(ours), limit: middle(limit) };
}

export function middle(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
