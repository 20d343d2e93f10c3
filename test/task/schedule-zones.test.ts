// Cron over summer time: 20 zones, 10 years, against a second opinion that knows nothing of croner: the offsets that Intl
// says, and every minute between them, one by one. ALL_DAYS=1 looks at every day, not only at those around each change.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkSchedule,
  dueNow,
  type MissedPolicy,
  newScheduleState,
  nextOccurrence,
  type Schedule,
} from '../../src/task/schedule/index.ts';
import { occurrencesIn } from '../../src/task/schedule/occurrence.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2015, 6, 1);
const UNTIL = Date.UTC(2025, 6, 1);
const ALL_DAYS = process.env.ALL_DAYS === '1';

// Half-hour and two-hour summer times, gaps at midnight and before it, two changes around Ramadan, zones that moved.
const ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Asuncion',
  'America/Caracas',
  'America/Havana',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kolkata',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Europe/Dublin',
  'Europe/Volgograd',
  'Pacific/Chatham',
] as const;

/** A stretch of time with one offset from UTC. */
interface Stretch {
  from: number;
  until: number;
  offset: number;
}

/** A cron pattern, and what it means, said otherwise: which minutes on the wall, and whether it is of fixed times. */
interface Pattern {
  cron: string;
  isFixed: boolean;
  /** Of a wall clock, read as if it were UTC. */
  names: (wall: number) => boolean;
}

const minuteOfDay = (wall: number) => Math.floor(wall / MINUTE) % 1_440;
const isAt = (hour: number, minute: number) => (wall: number) => minuteOfDay(wall) === hour * 60 + minute;
const daily = (hour: number, minute: number): Pattern => ({
  cron: `${minute} ${hour} * * *`,
  isFixed: true,
  names: isAt(hour, minute),
});
const everyMinutes = (minutes: number): Pattern => ({
  cron: `*/${minutes} * * * *`,
  isFixed: false,
  names: (wall) => (Math.floor(wall / MINUTE) % 60) % minutes === 0,
});
const weekly = (day: number, hour: number, minute: number): Pattern => ({
  cron: `${minute} ${hour} * * ${day}`,
  isFixed: true,
  names: (wall) => isAt(hour, minute)(wall) && new Date(wall).getUTCDay() === day,
});
const monthly = (day: number, hour: number, minute: number): Pattern => ({
  cron: `${minute} ${hour} ${day} * *`,
  isFixed: true,
  names: (wall) => isAt(hour, minute)(wall) && new Date(wall).getUTCDate() === day,
});
const twiceADay: Pattern = {
  cron: '30 2,14 * * *',
  isFixed: true,
  names: (wall) => isAt(2, 30)(wall) || isAt(14, 30)(wall),
};

const PATTERNS: Pattern[] = [
  daily(0, 0),
  daily(0, 30),
  daily(1, 15),
  daily(2, 0),
  daily(2, 30),
  daily(3, 0),
  daily(23, 30),
  daily(12, 0),
  twiceADay,
  weekly(0, 2, 30),
  weekly(6, 0, 15),
  monthly(29, 2, 30),
  monthly(31, 23, 45),
  everyMinutes(60),
  everyMinutes(20),
  everyMinutes(7),
];

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetAt(zone: string, instant: number): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  formats.set(zone, format);
  const name = format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
}

const stretchesOf = (zone: string): Stretch[] => known.get(zone) ?? foundStretches(zone);
const known = new Map<string, Stretch[]>();

function foundStretches(zone: string): Stretch[] {
  const stretches: Stretch[] = [];
  let from = FROM - 2 * DAY;
  for (let at = from; at < UNTIL + 2 * DAY; at += DAY / 2) {
    if (offsetAt(zone, at + DAY / 2) === offsetAt(zone, from)) continue;
    const until = changeIn(zone, at, at + DAY / 2);
    stretches.push({ from, until, offset: offsetAt(zone, from) });
    from = until;
  }
  stretches.push({ from, until: UNTIL + 3 * DAY, offset: offsetAt(zone, from) });
  known.set(zone, stretches);
  return stretches;
}

/** The first minute of the new offset. */
function changeIn(zone: string, before: number, after: number): number {
  if (after - before <= MINUTE) return after;
  const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
  return offsetAt(zone, middle) === offsetAt(zone, before)
    ? changeIn(zone, middle, after)
    : changeIn(zone, before, middle);
}

/** Every occurrence of a stretch of time, minute by minute. */
function occurrencesBy(pattern: Pattern, stretches: Stretch[], from: number, until: number): number[] {
  const found = new Set<number>();
  const wallsSeen = new Set<number>();
  stretches.forEach(({ from: start, until: end, offset }, index) => {
    const before = stretches[index - 1];
    if (before !== undefined && pattern.isFixed) {
      if (start >= from && start < until && isGapNamed(pattern, start, before.offset, offset)) found.add(start);
    }
    // A day before, so that what is repeated is known to be.
    const first = Math.floor((from - DAY) / MINUTE) * MINUTE;
    for (let at = Math.max(start, first); at < Math.min(end, until); at += MINUTE) {
      if (!pattern.names(at + offset)) continue;
      const isRepeated = pattern.isFixed && wallsSeen.has(at + offset);
      wallsSeen.add(at + offset);
      if (at >= from && !isRepeated) found.add(at);
    }
  });
  return [...found].sort((one, other) => one - other);
}

/** Whether a time that was skipped, on the day on which the gap ends, is one of the pattern's. */
function isGapNamed(pattern: Pattern, change: number, before: number, after: number): boolean {
  const dayOf = (wall: number) => Math.floor(wall / DAY);
  for (let wall = change + before; wall < change + after; wall += MINUTE) {
    if (pattern.names(wall) && dayOf(wall) === dayOf(change + after)) return true;
  }
  return false;
}

const schedule = (cron: string, timeZone: string, rest: object = {}): Schedule =>
  checkSchedule({ cron, timeZone, ...rest }, FROM);

function allBySteps(of: Schedule, from: number, until: number): number[] {
  const found: number[] = [];
  let at = nextOccurrence(of, from - 1);
  for (; at !== undefined && at < until; at = nextOccurrence(of, at)) found.push(at);
  return found;
}

/** The times to look at: those around each change of the clocks, and the first month; or all. */
function windowsOf(pattern: Pattern, stretches: Stretch[]): [from: number, until: number][] {
  const reach = pattern.isFixed ? DAY : ALL_DAYS ? 3 * DAY : 2.5 * HOUR;
  if (ALL_DAYS && pattern.isFixed) return [[FROM, UNTIL]];
  const around = stretches.slice(1).map(({ from }): [number, number] => [from - reach, from + reach]);
  return [[FROM, FROM + 10 * reach], ...around];
}

test('the zones change their clocks often, in both directions, and not by an hour alone', () => {
  const steps = ZONES.flatMap((zone) => {
    const stretches = stretchesOf(zone);
    return stretches.slice(1).map(({ offset }, index) => offset - (stretches[index]?.offset ?? 0));
  });
  expect(steps.length).toBeGreaterThan(200);
  expect(new Set(steps)).toEqual(new Set([HOUR, -HOUR, 2 * HOUR, -2 * HOUR, HOUR / 2, -HOUR / 2]));
});

describe.each(ZONES)('D3 in %s', (zone) => {
  test.each(PATTERNS)('$cron comes due when the clock on the wall says so', { timeout: 60_000 }, (pattern) => {
    const stretches = stretchesOf(zone);
    const of = schedule(pattern.cron, zone);
    for (const [from, until] of windowsOf(pattern, stretches)) {
      const expected = occurrencesBy(pattern, stretches, from, until);
      expect(allBySteps(of, from, until)).toEqual(expected);
      expect(occurrencesIn(of, from - 1, until - 1).newest).toEqual(expected.slice(-100));
    }
  });
});

/** The engine looks: after a while, or `late` after the next occurrence, as one does that is open. */
type Look = { after: number } | { late: number };

const looks: fc.Arbitrary<Look[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ late: fc.oneof(fc.nat(2_000), fc.nat(3 * MINUTE)) }) },
    { weight: 1, arbitrary: fc.record({ after: fc.oneof(fc.nat(MINUTE), fc.nat(DAY), fc.nat(9 * DAY)) }) },
  ),
  { minLength: 5, maxLength: 15 },
);

interface Seen {
  now: number;
  started: number[];
  skipped: number;
}

/** An engine whose runs take no time: what it started at each look. */
function lookedAt(of: Schedule, from: number, plan: Look[]): Seen[] {
  let state = newScheduleState(of, from);
  let now = from;
  return plan.map((look) => {
    now = 'after' in look ? now + look.after : (nextOccurrence(of, Math.max(now, state.handledAt)) ?? now) + look.late;
    const seen: Seen = { now, started: [], skipped: 0 };
    for (let due = dueNow(of, state, now); ; due = dueNow(of, state, now)) {
      seen.skipped += due.skipped;
      state = due.state;
      if (due.start === undefined) return seen;
      seen.started.push(due.start);
    }
  });
}

/** What is to run of those that came due since the last look. */
const BY_POLICY: Record<MissedPolicy, (passed: number[], now: number) => number[]> = {
  all: (passed) => passed.slice(-100),
  one: (passed) => passed.slice(-1),
  skip: (passed, now) => passed.slice(-1).filter((occurrence) => now - occurrence <= MINUTE),
};

describe.each(['all', 'one', 'skip'] as const)('D3 missed: %s', (missed) => {
  test('runs each occurrence by its policy, whenever the engine looks', { timeout: 60_000 }, () => {
    const place = fc.record({
      zone: fc.constantFrom(...ZONES),
      pattern: fc.constantFrom(...PATTERNS.filter(({ cron }) => cron !== '*/7 * * * *')),
      change: fc.nat(),
      before: fc.nat(10 * DAY),
    });
    const runs = ALL_DAYS ? 2_000 : 40;
    fc.assert(
      fc.property(place, looks, ({ zone, pattern, change, before }, plan) => {
        const stretches = stretchesOf(zone);
        const from = (stretches[change % stretches.length]?.from ?? FROM) + 12 * DAY - before;
        const seen = lookedAt(schedule(pattern.cron, zone, { missed }), from, plan);
        const all = occurrencesBy(pattern, stretches, from, Math.min((seen.at(-1)?.now ?? from) + 1, UNTIL));
        let since = from - 1;
        for (const { now, started, skipped } of seen.filter(({ now }) => now < UNTIL)) {
          const passed = all.filter((occurrence) => occurrence > since && occurrence <= now);
          expect(started).toEqual(BY_POLICY[missed](passed, now));
          expect(skipped).toBe(Math.min(passed.length, 101) - started.length);
          since = now;
        }
      }),
      { numRuns: runs },
    );
  });
});
