// When what of a task ran: its runs and steps as bars on one scale, with the time in which nothing happened folded away.

import type { StepView, TaskDetail } from '../../runner/index.ts';
import type { AttemptRow, RunRow } from '../../task/index.ts';

export type BarState = AttemptRow['outcome'] | 'running' | 'completed' | 'waiting';

export interface Bar {
  from: number;
  to: number;
  state: BarState;
  /** The number of the attempt, where it is one. */
  attempt?: number;
  message?: string;
}

export interface Track {
  key: string;
  bars: Bar[];
  run?: RunRow;
  step?: StepView;
}

/** A stretch of the scale: to scale, or folded. In percent of the width. */
export interface Stretch {
  from: number;
  to: number;
  left: number;
  width: number;
  isFolded: boolean;
}

export interface Timeline {
  tracks: Track[];
  stretches: Stretch[];
  /** So many runs before the first that is shown. */
  earlierRuns: number;
}

const MOST_RUNS = 20;
/** Of what was worked, a gap of this part is worth folding; shorter ones than a second never are. */
const FOLDED_PART = 0.15;
const FOLDED_MS = 1_000;
const FOLDED_WIDTH = 5;
const MOST_FOLDED_WIDTH = 40;

/** The tracks of a task as it is now: its runs, then the steps of the last one, in the order in which they began. */
export function timelineOf({ task, runs, steps }: TaskDetail, now: number): Timeline {
  const shown = runs.slice(-MOST_RUNS);
  const last = runs.at(-1);
  const runningSince = task.status === 'running' ? (task.lastRunAt ?? now) : undefined;
  const tracks: Track[] = [
    ...shown.map((run) => ({
      key: `run ${run.index}`,
      run,
      bars: barsOfRun(run, run === last ? runningSince : undefined, now),
    })),
    ...steps.map((step) => ({
      key: `step ${step.name}`,
      step,
      bars: barsOfStep(step, task.status === 'running', now),
    })),
  ];
  return {
    tracks,
    stretches: stretchesOf(tracks.flatMap((track) => track.bars)),
    earlierRuns: runs.length - shown.length,
  };
}

/** Where an instant lies, in percent of the width. */
export function placeOf(at: number, stretches: readonly Stretch[]): number {
  const within = stretches.find((each) => at <= each.to) ?? stretches.at(-1);
  if (within === undefined) return 0;
  const length = within.to - within.from;
  const part = length === 0 ? 0 : (at - within.from) / length;
  return within.left + within.width * Math.min(1, Math.max(0, part));
}

function barsOfRun(
  { attempts = [], startedAt, finishedAt, status, error }: RunRow,
  since: number | undefined,
  now: number,
) {
  const bars: Bar[] = attempts.map(({ startedAt: from, endedAt: to, outcome, attempt, error: why }) => ({
    ...{ from, to, state: outcome, attempt },
    ...(why !== undefined && { message: why.message }),
  }));
  if (since !== undefined)
    bars.push({ from: since, to: Math.max(now, since), state: 'running', attempt: bars.length + 1 });
  else if (bars.length === 0 && startedAt !== undefined && finishedAt !== undefined) {
    const state = status === 'completed' ? 'succeeded' : status === 'cancelled' ? 'cancelled' : 'failed';
    bars.push({ from: startedAt, to: finishedAt, state, attempt: 1, ...(error && { message: error.message }) });
  }
  return bars;
}

function barsOfStep(step: StepView, isRunning: boolean, now: number): Bar[] {
  const { attempts, kind, startedAt, completedAt, status, error } = step;
  if (kind === 'sleep' || kind === 'event') return [{ from: startedAt, to: completedAt ?? now, state: 'waiting' }];
  const bars: Bar[] = attempts.map((each) => ({
    ...{ from: each.startedAt, to: each.completedAt, state: each.status, attempt: each.attemptNumber },
    ...(each.error && { message: each.error.message }),
  }));
  const isUnderWay = status === 'running' && isRunning;
  if (isUnderWay || bars.length === 0) {
    const from = bars.length === 0 ? startedAt : (bars.at(-1)?.to ?? startedAt);
    const state = isUnderWay ? 'running' : status === 'running' ? 'interrupted' : status;
    bars.push({ from, to: isUnderWay ? now : (completedAt ?? from), state, ...(error && { message: error.message }) });
  }
  return bars;
}

function stretchesOf(bars: readonly Bar[]): Stretch[] {
  const busy = unionOf(bars.filter((bar) => bar.state !== 'waiting'));
  const first = bars.reduce((least, { from }) => Math.min(least, from), Infinity);
  const end = bars.reduce((most, { to }) => Math.max(most, to), -Infinity);
  if (first === Infinity) return [];
  const worked = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const gaps = gapsOf(busy, first, end).filter(({ from, to }) => to - from > Math.max(FOLDED_MS, worked * FOLDED_PART));
  const folded = Math.min(FOLDED_WIDTH, MOST_FOLDED_WIDTH / Math.max(1, gaps.length));
  const open = end - first - gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const perMs = open === 0 ? 0 : (100 - folded * gaps.length) / open;
  const made: Stretch[] = [];
  let at = first;
  let left = 0;
  const add = (to: number, isFolded: boolean) => {
    const width = isFolded ? folded : (to - at) * perMs;
    if (to > at || isFolded) made.push({ from: at, to, left, width, isFolded });
    left += width;
    at = to;
  };
  for (const gap of gaps) {
    add(gap.from, false);
    add(gap.to, true);
  }
  add(end, false);
  return made.length === 0 ? [{ from: first, to: end, left: 0, width: 100, isFolded: false }] : made;
}

interface Span {
  from: number;
  to: number;
}

function unionOf(bars: readonly Span[]): Span[] {
  const made: Span[] = [];
  for (const { from, to } of [...bars].sort((a, b) => a.from - b.from)) {
    const last = made.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else made.push({ from, to });
  }
  return made;
}

function gapsOf(busy: readonly Span[], first: number, end: number): Span[] {
  const edges = [{ from: first, to: first }, ...busy, { from: end, to: end }];
  return edges.slice(1).map((next, i) => ({ from: edges[i]?.to ?? first, to: next.from }));
}
