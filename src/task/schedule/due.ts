// What a schedule wants done at this moment: which occurrence runs, which wait, which are dropped.

import { MOST_AT_ONCE, nextOccurrence, NONE, type Occurrences, occurrencesIn, only, runsLeft } from './occurrence.ts';
import type { OnSchedule, Schedule, ScheduleState } from './schedule.ts';

/**
 * An occurrence that is seen so late was missed, unless its start deadline says otherwise. Browsers let the timers of a
 * hidden page fire once a minute (https://developer.chrome.com/blog/timer-throttling-in-chrome-88).
 */
const ON_TIME_MS = 60_000;

/** What a schedule wants done now. */
export interface DueNow {
  /** The occurrence to start now, in milliseconds since 1970. None: nothing starts. */
  start?: number;
  /** The run that is on is to be cancelled before. */
  cancelRunning: boolean;
  /** The occurrences that will never run: missed, overlapping, too late, or more than are kept. */
  skipped: number;
  /** There were more of them than were counted. */
  skippedIsLowerBound: boolean;
  /** To be stored in the transaction that starts the run, before anything else comes of this. */
  state: ScheduleState;
  /** When the next occurrence comes due. None: no more will. Occurrences that wait for their turn are due already. */
  nextAt?: number;
  /** Nothing is on, waits or can come: the task is over. */
  isOver: boolean;
}

/**
 * The state of a schedule that begins now. What the schedule names before `now` is none of its occurrences, but for an
 * `at` that is past: that is due at once, and nobody missed it.
 */
export function newScheduleState(schedule: Schedule, now: number): ScheduleState {
  const isPast = schedule.kind === 'at' && schedule.at <= now;
  return isPast ? { handledAt: schedule.at, taken: 0, queued: [schedule.at] } : { handledAt: now - 1, taken: 0 };
}

/**
 * What to do as the engine looks at `now`. `isBusy`: the last run is not over; it is running, waits to start, or waits to
 * be tried again. Call it when an occurrence comes due, when a run ends, and on opening; a look too many changes nothing.
 *
 * Each occurrence is dealt with once, whatever the clock does: one set back brings nothing again, one set forward is like
 * an absence. At most 100 occurrences of an absence are looked at, however long it was.
 */
export function dueNow(schedule: Schedule, state: ScheduleState, now: number, isBusy = false): DueNow {
  const waiting = stillWaiting(schedule, state, now);
  const left = runsLeft(schedule, { taken: state.taken, queued: waiting });
  const passed = left > 0 ? occurrencesIn(schedule, state.handledAt, now) : NONE;
  const fresh = newestOf(byMissedPolicy(schedule, passed.newest, now), left);
  return decided(schedule, state, { passed, fresh, waiting }, now, isBusy);
}

/** What to do as the thing that a schedule waits for happens. The occurrence is that moment. */
export function triggered(schedule: OnSchedule, state: ScheduleState, now: number, isBusy = false): DueNow {
  const waiting = stillWaiting(schedule, state, now);
  const left = runsLeft(schedule, { taken: state.taken, queued: waiting });
  return decided(schedule, state, { passed: only(now), fresh: newestOf([now], left), waiting }, now, isBusy);
}

/** Whether an occurrence that has not started by `now` may no longer start. */
export function isTooLate(schedule: Schedule, occurrence: number, now: number): boolean {
  return now - occurrence > (schedule.startDeadlineMs ?? Infinity);
}

interface Seen {
  passed: Occurrences;
  /** Those of them that are to run. */
  fresh: number[];
  /** Those of the queue that may still start. */
  waiting: number[];
}

function stillWaiting(schedule: Schedule, state: ScheduleState, now: number): number[] {
  return (state.queued ?? []).filter((occurrence) => !isTooLate(schedule, occurrence, now));
}

function byMissedPolicy(schedule: Schedule, passed: number[], now: number): number[] {
  const inTime = passed.filter((occurrence) => !isTooLate(schedule, occurrence, now));
  const newest = inTime.slice(-1);
  switch (schedule.missed ?? 'one') {
    case 'all':
      return inTime;
    case 'one':
      return newest;
    case 'skip':
      return newest.filter((occurrence) => now - occurrence <= (schedule.startDeadlineMs ?? ON_TIME_MS));
  }
}

function decided(schedule: Schedule, state: ScheduleState, seen: Seen, now: number, isBusy: boolean): DueNow {
  const { passed, fresh } = seen;
  const mayCancel = schedule.overlap === 'cancel-running' && fresh.length > 0;
  const queue = newestOf(queued(schedule, seen, isBusy), MOST_AT_ONCE);
  const start = !isBusy || mayCancel ? queue.shift() : undefined;
  const after = stateAfter(state, passed.newest.at(-1), queue, start !== undefined);
  const nextAt = nextOccurrence(schedule, Math.max(now, after.handledAt), after);
  const kept = queue.length + (start === undefined ? 0 : 1);
  return {
    ...(start !== undefined && { start }),
    cancelRunning: isBusy && start !== undefined,
    skipped: passed.total + (state.queued?.length ?? 0) - kept,
    skippedIsLowerBound: passed.isLowerBound,
    state: after,
    ...(nextAt !== undefined && { nextAt }),
    isOver: !isBusy && kept === 0 && nextAt === undefined && !(schedule.kind === 'on' && runsLeft(schedule, after) > 0),
  };
}

/** Those that wait, with the new ones by the overlap policy. A queue that is not empty is a run that is not over. */
function queued(schedule: Schedule, { waiting, fresh }: Seen, isBusy: boolean): number[] {
  if (!isBusy && waiting.length === 0) return fresh;
  switch (schedule.overlap ?? 'skip') {
    case 'skip':
      return waiting;
    case 'queue':
      return [...waiting, ...fresh];
    case 'cancel-running':
      return fresh.length === 0 ? waiting : fresh.slice(-1);
  }
}

function newestOf(occurrences: number[], most: number): number[] {
  return occurrences.slice(Math.max(0, occurrences.length - most));
}

function stateAfter(state: ScheduleState, newest: number | undefined, queue: number[], starts: boolean): ScheduleState {
  return {
    handledAt: newest ?? state.handledAt,
    taken: state.taken + (starts ? 1 : 0),
    ...(queue.length > 0 && { queued: queue }),
  };
}
