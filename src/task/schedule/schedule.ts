// What a schedule says: as a caller writes it, and as it is stored.

import type { Duration } from '../duration.ts';

/**
 * What becomes of occurrences that came due with nothing open to see them. `one`: they are made up for by one run, that
 * of the newest. `all`: each has its run, oldest first, the newest 100 at most. `skip`: none of them runs.
 * Whatever the policy, those that came due between two looks of the engine count as missed, but for the newest of them.
 */
export type MissedPolicy = 'skip' | 'one' | 'all';

/**
 * What becomes of an occurrence that comes due while the task's last run is not over. `skip`: it does not run. `queue`:
 * it waits for its turn, 100 at most, the newest. `cancel-running`: the run that is on is cancelled, and this one starts.
 */
export type OverlapPolicy = 'skip' | 'queue' | 'cancel-running';

/** What a task can be run by: a signal of the device, a file shared to the app, or an event of that name. */
export type Trigger = 'online' | 'charging' | 'visible' | 'share' | { event: string };

/** An instant: a Date, milliseconds since 1970 (UTC), or ISO 8601 with its offset, such as `2030-01-31T09:00:00Z`. */
export type Instant = Date | number | string;

/** The rules that any schedule may have. Spans in milliseconds once they are stored. */
interface Rules<Span> {
  /** Default `one`. */
  missed?: MissedPolicy;
  /** Default `skip`. */
  overlap?: OverlapPolicy;
  /** An occurrence that has not started so long after its time is dropped. Default: it may start as late as it likes. */
  startDeadlineMs?: Span;
}

interface Bounds<When> {
  /** No occurrence is before it; one may be at it. Default: the moment the schedule was made. */
  startAt?: When;
  /** No occurrence is after it; one may be at it. Default: none. */
  endAt?: When;
}

interface Count {
  /**
   * How many runs the schedule starts, after which it is over. Default: no limit. It counts runs, not occurrences: what
   * was missed or skipped is not counted, so that "three times" means three even where the computer is mostly closed.
   */
  count?: number;
}

/** Once. A time that is past means at once. */
export interface AtInput extends Rules<Duration> {
  at: Instant;
}

/**
 * Every so often in elapsed time, whatever the clocks on the wall do: at `startAt`, and at each whole multiple after it,
 * however long a run takes. Without `startAt` the first is at once.
 */
export interface EveryInput extends Rules<Duration>, Bounds<Instant>, Count {
  /** 1 second to 10 years. */
  everyMs: Duration;
}

/**
 * By the clock on the wall of a place, as cron has it: minute, hour, day of month, month, day of week, optionally with
 * a second before them; or a nickname such as `@daily`. Knows `L`, `W`, `#`, `?` and names; day of month and day of week are
 * joined by "or", and by "and" where the day of week begins with `+`.
 *
 * When clocks go forward, a pattern of fixed times (no `*` or step in second, minute and hour) that names a skipped time
 * runs once, at the end of the gap, if that is still the same day; others run at no skipped time. When clocks go back,
 * fixed times run once, at the first pass; others run on both, so that what is hourly stays hourly.
 * Source: Vixie cron, as croner follows it with `fixedTimeRule: 'no-wildcard'`.
 */
export interface CronInput extends Rules<Duration>, Bounds<Instant>, Count {
  cron: string;
  /** An IANA name, such as `Europe/Berlin`. Default: where the device is as the schedule is made, kept by name. */
  timeZone?: string;
}

/** Each time that something happens. What happens with nothing open to see it is not known of. */
export interface OnInput extends Rules<Duration>, Count {
  on: Trigger;
}

/** When a task runs, as a caller writes it. Without one: at once. */
export type ScheduleInput = AtInput | EveryInput | CronInput | OnInput;

export interface AtSchedule extends Rules<number> {
  kind: 'at';
  at: number;
}
export interface EverySchedule extends Rules<number>, Bounds<number>, Count {
  kind: 'every';
  everyMs: number;
  /** The first occurrence, from which all others are counted. */
  startAt: number;
}
export interface CronSchedule extends Rules<number>, Bounds<number>, Count {
  kind: 'cron';
  cron: string;
  timeZone: string;
}
export interface OnSchedule extends Rules<number>, Count {
  kind: 'on';
  on: Trigger;
}

/** When a task runs, as it is stored: checked, instants and spans in milliseconds, absent fields at their defaults. */
export type Schedule = AtSchedule | EverySchedule | CronSchedule | OnSchedule;

/** How far a schedule has come: stored with its task, made by `newScheduleState`, renewed by `dueNow` and `triggered`. */
export interface ScheduleState {
  /** The newest occurrence that has been dealt with, or an instant before the first; nothing up to it is looked at again. */
  handledAt: number;
  /** The runs that the schedule has started. */
  taken: number;
  /** Occurrences that wait for their turn, oldest first. */
  queued?: number[];
}
