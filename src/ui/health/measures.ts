// How fast tasks end and how long they take, counted from those that ended of late.

import type { Task } from '../../task/index.ts';

/** What is kept of a task that has ended. */
export interface Ended {
  id: string;
  at: number;
  tookMs: number;
  hasFailed: boolean;
}

export interface Bin {
  /** From and up to, in milliseconds. */
  from: number;
  to: number;
  good: number;
  bad: number;
}

const MINUTE = 60_000;
export const HOUR_OF_MINUTES = 60;
const EDGES = [0, 10, 100, 1_000, 10_000, MINUTE, 10 * MINUTE, Infinity] as const;

export function endedOf(task: Task): Ended | undefined {
  if (task.finishedAt === null || task.status === 'cancelled') return undefined;
  const tookMs = 'durationMs' in task ? task.durationMs : 0;
  return { id: task.id, at: task.finishedAt, tookMs, hasFailed: task.status === 'failed' };
}

/** How many ended in each of the last sixty minutes, the oldest first. */
export function perMinute(ended: readonly Ended[], now: number): Bin[] {
  const end = Math.floor(now / MINUTE) * MINUTE + MINUTE;
  const first = end - HOUR_OF_MINUTES * MINUTE;
  const bins = Array.from({ length: HOUR_OF_MINUTES }, (_, i) => binAt(first + i * MINUTE, first + (i + 1) * MINUTE));
  for (const { at, hasFailed } of ended) count(bins[Math.floor((at - first) / MINUTE)], hasFailed);
  return bins;
}

/** How many took how long, by powers of ten. */
export function byDuration(ended: readonly Ended[]): Bin[] {
  const bins = EDGES.slice(0, -1).map((from, i) => binAt(from, EDGES[i + 1] ?? Infinity));
  for (const { tookMs, hasFailed } of ended)
    count(
      bins.find(({ to }) => tookMs < to),
      hasFailed,
    );
  return bins;
}

/** The duration that half of them stayed within. */
export function medianOf(ended: readonly Ended[]): number {
  const sorted = ended.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function binAt(from: number, to: number): Bin {
  return { from, to, good: 0, bad: 0 };
}

function count(bin: Bin | undefined, hasFailed: boolean): void {
  if (bin === undefined) return;
  if (hasFailed) bin.bad += 1;
  else bin.good += 1;
}
