// The instants that a schedule names.

import { lastCron, nextCron } from './cron.ts';
import { FARTHEST } from './milliseconds.ts';
import type { CronSchedule, EverySchedule, Schedule, ScheduleState } from './schedule.ts';

/** So many occurrences are counted, kept and run for one absence; Kubernetes gives up on a CronJob at the same number. */
export const MOST_AT_ONCE = 100;

/**
 * The first occurrence strictly after an instant, in milliseconds since 1970; `undefined` if there is none, or if all
 * the runs of its `count` are taken or queued. A trigger has none that could be known before.
 */
export function nextOccurrence(
  schedule: Schedule,
  after: number,
  state: Pick<ScheduleState, 'taken' | 'queued'> = { taken: 0 },
): number | undefined {
  if (runsLeft(schedule, state) === 0) return undefined;
  const next = following(schedule, after);
  return next !== undefined && next <= endOf(schedule) ? next : undefined;
}

/** How many more runs may be queued. */
export function runsLeft(schedule: Schedule, state: Pick<ScheduleState, 'taken' | 'queued'>): number {
  const count = schedule.kind === 'at' ? 1 : (schedule.count ?? Infinity);
  return Math.max(0, count - state.taken - (state.queued?.length ?? 0));
}

/** The occurrences of a stretch of time. */
export interface Occurrences {
  /** Oldest first; of many, the newest 100. */
  newest: number[];
  total: number;
  /** Counting stopped: there are this many at least. */
  isLowerBound: boolean;
}

/** The occurrences after `after`, up to and with `until`. Its cost does not grow with the length of the stretch. */
export function occurrencesIn(schedule: Schedule, after: number, until: number): Occurrences {
  const last = Math.min(until, endOf(schedule));
  switch (schedule.kind) {
    case 'at':
      return schedule.at > after && schedule.at <= last ? only(schedule.at) : NONE;
    case 'every':
      return multiples(schedule, after, last);
    case 'cron':
      return wallTimes(schedule, after, last);
    case 'on':
      return NONE;
  }
}

export const NONE: Occurrences = { newest: [], total: 0, isLowerBound: false };

/** One occurrence. */
export function only(occurrence: number): Occurrences {
  return { newest: [occurrence], total: 1, isLowerBound: false };
}

function following(schedule: Schedule, after: number): number | undefined {
  switch (schedule.kind) {
    case 'at':
      return schedule.at > after ? schedule.at : undefined;
    case 'every':
      return schedule.startAt + firstMultiple(schedule, after) * schedule.everyMs;
    case 'cron':
      return nextCron(schedule.cron, schedule.timeZone, Math.max(after, beforeStart(schedule)));
    case 'on':
      return undefined;
  }
}

function firstMultiple({ startAt, everyMs }: EverySchedule, after: number): number {
  return Math.max(0, Math.floor((after - startAt) / everyMs) + 1);
}

function multiples(schedule: EverySchedule, after: number, until: number): Occurrences {
  const { startAt, everyMs } = schedule;
  const first = firstMultiple(schedule, after);
  const total = Math.max(0, Math.floor((until - startAt) / everyMs) + 1 - first);
  const shown = Math.min(total, MOST_AT_ONCE);
  const newest = Array.from({ length: shown }, (_, each) => startAt + (first + total - shown + each) * everyMs);
  return { newest, total, isLowerBound: false };
}

/** Walks back from the newest, so that a year's absence costs no more than a hundred steps. */
function wallTimes(schedule: CronSchedule, after: number, until: number): Occurrences {
  const { cron, timeZone } = schedule;
  const least = Math.max(after, beforeStart(schedule));
  const newest: number[] = [];
  let at = lastAfter(least, until);
  for (; at !== undefined && newest.length < MOST_AT_ONCE; at = lastAfter(least, at - 1)) newest.unshift(at);
  return { newest, total: newest.length + (at === undefined ? 0 : 1), isLowerBound: at !== undefined };

  function lastAfter(bound: number, end: number): number | undefined {
    const found = end > bound ? lastCron(cron, timeZone, end) : undefined;
    return found !== undefined && found > bound ? found : undefined;
  }
}

/** Cron knows no times before 1970. */
function beforeStart({ startAt = 0 }: CronSchedule): number {
  return Math.max(0, startAt) - 1;
}

function endOf(schedule: Schedule): number {
  return 'endAt' in schedule ? (schedule.endAt ?? FARTHEST) : FARTHEST;
}
