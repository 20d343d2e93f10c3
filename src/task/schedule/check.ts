// From what a caller asks for to the schedule that is stored: checked whole, and able to come due.

import * as v from 'valibot';
import type { Duration } from '../duration.ts';
import { duration } from '../duration.ts';
import { ErrandError } from '../errors.ts';
import { cronFault } from './cron.ts';
import { instant } from './instant.ts';
import { nextOccurrence } from './occurrence.ts';
import type { CronSchedule, EverySchedule, Schedule } from './schedule.ts';
import { deviceTimeZone, isTimeZone } from './time-zone.ts';

/** Cron is no finer, a run costs more than what could be done in less, and browsers hold timers back to a second. */
const LEAST_SPAN_MS = 1_000;
/** Ten years: more is a slip of the unit. */
const LONGEST_SPAN_MS = 3_653 * 86_400_000;
/** Of what was wrong, so much is said again. */
const LONGEST_SAID = 500;

const SPAN = 'Use milliseconds, or a number with ms, s, m, h or d, from 1 second to 10 years.';
const span = v.pipe(
  v.union(
    [
      v.pipe(v.number(), v.finite(SPAN), v.minValue(0, SPAN)),
      v.pipe(v.string(), v.regex(/^\d{1,15}(\.\d{1,15})?(ms|s|m|h|d)$/, SPAN)),
    ],
    SPAN,
  ),
  v.transform((written) => Math.round(duration(written as Duration))),
  v.minValue(LEAST_SPAN_MS, SPAN),
  v.maxValue(LONGEST_SPAN_MS, SPAN),
);

const rules = {
  missed: v.optional(v.picklist(['skip', 'one', 'all'])),
  overlap: v.optional(v.picklist(['skip', 'queue', 'cancel-running'])),
  startDeadlineMs: v.optional(span),
};
const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)));
const bounds = { startAt: v.optional(instant), endAt: v.optional(instant), count };
const pattern = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? cronFault(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
  v.transform((written) => written.trim().replace(/\s+/g, ' ')),
);
const zone = v.pipe(v.string(), v.check(isTimeZone, 'Use the IANA name of a time zone, such as Europe/Berlin.'));
const trigger = v.union(
  [
    v.picklist(['online', 'charging', 'visible', 'share']),
    v.strictObject({ event: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) }),
  ],
  'Use online, charging, visible, share, or { event } with a name of 1 to 200 characters.',
);

const atShape = v.strictObject({ at: instant, ...rules });
const everyShape = v.strictObject({ everyMs: span, ...bounds, ...rules });
const cronShape = v.strictObject({ cron: pattern, timeZone: v.optional(zone), ...bounds, ...rules });
const onShape = v.strictObject({ on: trigger, count, ...rules });

const KEYS = ['at', 'everyMs', 'cron', 'on'] as const;

/**
 * Checks a schedule and brings it to the form that is stored. `now` is where `everyMs` without `startAt` begins;
 * `timeZone` is what a cron pattern without one gets, by default the device's.
 * Throws `invalid-request` with the field at fault in `details.field`, such as `schedule.cron`, for what cannot be read
 * and for what can never come due. An `at` that is past is taken, and means at once.
 */
export function checkSchedule(input: unknown, now: number, timeZone?: string): Schedule {
  const schedule = shaped(input, now, timeZone);
  if (schedule.kind === 'every' || schedule.kind === 'cron') refuseIfNever(schedule, now);
  if (schedule.kind === 'at' && schedule.at + (schedule.startDeadlineMs ?? Infinity) < now) {
    throw bad(
      'startDeadlineMs',
      'By this deadline it would already be too late. Use a later time or a longer deadline.',
    );
  }
  return schedule;
}

function shaped(input: unknown, now: number, timeZone: string | undefined): Schedule {
  const key = KEYS.find((each) => isSaid(input, each));
  switch (key) {
    case 'at':
      return { kind: 'at', ...given(parsed(atShape, input)) };
    case 'everyMs':
      return { kind: 'every', startAt: now, ...given(parsed(everyShape, input)) };
    case 'cron':
      return { kind: 'cron', timeZone: timeZone ?? deviceTimeZone(), ...given(parsed(cronShape, input)) };
    case 'on':
      return { kind: 'on', ...given(parsed(onShape, input)) };
    case undefined:
      throw bad('', 'Use at, everyMs, cron or on. Leave the schedule out to run now.');
  }
}

function isSaid(input: unknown, key: string): boolean {
  return (
    typeof input === 'object' && input !== null && Object.hasOwn(input, key) && Reflect.get(input, key) !== undefined
  );
}

function refuseIfNever(schedule: EverySchedule | CronSchedule, now: number): void {
  const { endAt = Infinity, ...endless } = schedule;
  if (endAt < now) throw bad('endAt', 'It is in the past.');
  if (endAt < (schedule.startAt ?? now)) throw bad('endAt', 'It is before startAt.');
  const first = nextOccurrence(endless, now - 1);
  if (first === undefined) throw bad('cron', 'It never comes due within twelve years. Correct the day or month.');
  if (first > endAt) throw bad('endAt', 'Nothing comes due before it.');
}

function parsed<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const checked = v.safeParse(schema, input);
  if (checked.success) return checked.output;
  const issue = checked.issues[0];
  throw bad(v.getDotPath(issue) ?? '', issue.message);
}

/** What was said, without the fields that were left `undefined`. */
function given<T extends object>(said: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function bad(path: string, rule: string): ErrandError {
  const field = (path === '' ? 'schedule' : `schedule.${path}`).slice(0, LONGEST_SAID);
  return new ErrandError('invalid-request', `${field}: ${rule.slice(0, LONGEST_SAID)}`, { field });
}
