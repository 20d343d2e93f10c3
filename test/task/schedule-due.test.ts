// What a schedule wants done, look by look: each occurrence once, by its policies, whatever the clock does.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkSchedule,
  type DueNow,
  dueNow,
  isTooLate,
  newScheduleState,
  nextOccurrence,
  type Schedule,
  type ScheduleInput,
  type ScheduleState,
  triggered,
} from '../../src/task/schedule/index.ts';
import { occurrencesIn } from '../../src/task/schedule/occurrence.ts';
import { NOON } from '../support/fake-clock.ts';
import { frozen } from '../support/rows.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const make = (input: ScheduleInput, now = NOON) => checkSchedule(input, now, 'Europe/Berlin');
const utc = (text: string) => Date.parse(`${text}Z`);

/** A schedule that is looked at, with its state. Each look freezes what it was given. */
function begun(input: ScheduleInput, now = NOON) {
  const schedule = frozen(make(input, now));
  let state = newScheduleState(schedule, now);
  return {
    look(at: number, isBusy = false): DueNow {
      const due = dueNow(schedule, frozen(state), at, isBusy);
      state = due.state;
      return due;
    },
    state: () => state,
  };
}

describe('the next occurrence', () => {
  test('D1 at a time is that time, once', () => {
    const schedule = make({ at: NOON });
    expect(nextOccurrence(schedule, NOON - 1)).toBe(NOON);
    expect(nextOccurrence(schedule, NOON)).toBeUndefined();
  });

  test('D1 of every so often is counted from its start, and does not drift', () => {
    const schedule = make({ everyMs: HOUR, startAt: NOON + 5 });
    expect(nextOccurrence(schedule, -Infinity)).toBe(NOON + 5);
    expect(nextOccurrence(schedule, NOON + 5)).toBe(NOON + HOUR + 5);
    expect(nextOccurrence(schedule, NOON + 90 * MINUTE)).toBe(NOON + 2 * HOUR + 5);
    expect(nextOccurrence(schedule, NOON + 10_000 * DAY)).toBe(NOON + 10_000 * DAY + 5);
  });

  test('D1 may be at the start and at the end, and is nowhere outside', () => {
    for (const input of [{ everyMs: HOUR }, { cron: '0 * * * *' }]) {
      const schedule = make({ ...input, startAt: NOON, endAt: NOON + HOUR });
      expect(nextOccurrence(schedule, 0)).toBe(NOON);
      expect(nextOccurrence(schedule, NOON)).toBe(NOON + HOUR);
      expect(nextOccurrence(schedule, NOON + HOUR)).toBeUndefined();
    }
  });

  test('D1 is none once the runs are taken or queued', () => {
    for (const input of [{ everyMs: HOUR }, { cron: '0 * * * *' }]) {
      const schedule = make({ ...input, count: 3 });
      expect(nextOccurrence(schedule, NOON, { taken: 2 })).toBe(NOON + HOUR);
      expect(nextOccurrence(schedule, NOON, { taken: 3 })).toBeUndefined();
      expect(nextOccurrence(schedule, NOON, { taken: 1, queued: [1, 2] })).toBeUndefined();
    }
  });

  test('D1 on a trigger is known to nobody', () => {
    expect(nextOccurrence(make({ on: 'online' }), NOON)).toBeUndefined();
  });

  test.each([
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00', ['2026-03-29T01:00', '2026-03-30T00:30']], // 02:30 is skipped: 03:00
    ['30 2,14 * * *', 'Europe/Berlin', '2026-03-28T14:00', ['2026-03-29T01:00', '2026-03-29T12:30']],
    ['0 * * * *', 'Europe/Berlin', '2026-03-28T23:30', ['2026-03-29T00:00', '2026-03-29T01:00']],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00', ['2026-10-25T00:30', '2026-10-26T01:30']], // twice 02:30: the first
    ['*/30 2 * * *', 'Europe/Berlin', '2026-10-25T00:15', ['2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30']],
    ['30 23 * * *', 'America/Nuuk', '2026-03-28T12:00', ['2026-03-30T00:30']], // the gap ends on the next day: not at all
    ['0 12 30 12 *', 'Pacific/Apia', '2011-12-29T00:00', ['2012-12-29T22:00']], // the day was left out
    ['0 0 29 2 *', 'UTC', '2096-03-01T00:00', ['2104-02-29T00:00']],
    ['0 0 L * *', 'UTC', '2024-02-01T00:00', ['2024-02-29T00:00', '2024-03-31T00:00']],
    ['0 0 LW * *', 'UTC', '2024-06-01T00:00', ['2024-06-28T00:00']],
    ['0 0 15W * *', 'UTC', '2024-06-01T00:00', ['2024-06-14T00:00']],
    ['0 0 * * FRI#2', 'UTC', '2024-06-01T00:00', ['2024-06-14T00:00', '2024-07-12T00:00']],
    ['0 0 * * 5L', 'UTC', '2024-06-01T00:00', ['2024-06-28T00:00']],
    ['0 0 13 * FRI', 'UTC', '2024-09-07T00:00', ['2024-09-13T00:00', '2024-09-20T00:00']],
    ['0 0 13 * +FRI', 'UTC', '2024-09-01T00:00', ['2024-09-13T00:00', '2024-12-13T00:00']],
    ['15 0 0 * * *', 'UTC', '2024-06-01T00:00', ['2024-06-01T00:00:15', '2024-06-02T00:00:15']],
    ['@weekly', 'Asia/Kolkata', '2024-06-01T00:00', ['2024-06-01T18:30']],
  ])('D1 of %s in %s after %s', (cron, timeZone, after, expected) => {
    const schedule = make({ cron, timeZone }, utc(after));
    let at = utc(after);
    for (const each of expected) {
      at = nextOccurrence(schedule, at) ?? 0;
      expect(new Date(at).toISOString()).toBe(new Date(utc(each)).toISOString());
    }
  });
});

describe('a schedule that begins', () => {
  test('D1 at a time that is past is due at once, whatever it says of what is missed', () => {
    const task = begun({ at: NOON - DAY, missed: 'skip' });
    expect(task.look(NOON)).toMatchObject({ start: NOON - DAY, skipped: 0, isOver: false });
    expect(task.look(NOON + 1)).toEqual({
      cancelRunning: false,
      skipped: 0,
      skippedIsLowerBound: false,
      state: { handledAt: NOON - DAY, taken: 1 },
      isOver: true,
    });
  });

  test('D1 every so often is due at once, then after each span', () => {
    const task = begun({ everyMs: HOUR });
    expect(task.look(NOON)).toMatchObject({ start: NOON, nextAt: NOON + HOUR });
    expect(task.look(NOON + HOUR + 7)).toMatchObject({ start: NOON + HOUR, nextAt: NOON + 2 * HOUR });
  });

  test('D1 has none of what its pattern named before', () => {
    const task = begun({ everyMs: HOUR, startAt: NOON - 90 * MINUTE, missed: 'all' });
    const due = task.look(NOON);
    expect(due).toMatchObject({ skipped: 0, nextAt: NOON + HOUR / 2, isOver: false });
    expect(due).not.toHaveProperty('start');
  });
});

describe('a schedule that begins later', () => {
  test('D1 has nothing due before, though its pattern names it', () => {
    for (const input of [{ everyMs: HOUR }, { cron: '0 * * * *' }]) {
      const task = begun({ ...input, startAt: NOON + DAY, missed: 'all' });
      expect(task.look(NOON + DAY - 1)).toMatchObject({
        skipped: 0,
        nextAt: NOON + DAY,
        state: { handledAt: NOON - 1 },
      });
      expect(task.look(NOON + DAY + HOUR)).toMatchObject({ start: NOON + DAY, state: { queued: [NOON + DAY + HOUR] } });
    }
  });

  test('D1 is over once its end is past and nothing waits', () => {
    const task = begun({ cron: '0 * * * *', endAt: NOON + HOUR });
    expect(task.look(NOON)).toMatchObject({ start: NOON, nextAt: NOON + HOUR });
    const last = task.look(NOON + DAY);
    expect(last).toMatchObject({ start: NOON + HOUR, isOver: false });
    expect(last).not.toHaveProperty('nextAt');
    expect(task.look(NOON + DAY + 1)).toMatchObject({ isOver: true });
  });
});

describe('what was missed', () => {
  const away = NOON + 4 * HOUR + 30 * MINUTE;

  test('D3 is made up for by one run, that of the newest, by default', () => {
    const task = begun({ everyMs: HOUR });
    expect(task.look(away)).toMatchObject({ start: NOON + 4 * HOUR, skipped: 4, nextAt: NOON + 5 * HOUR });
    expect(task.look(away + 1)).not.toHaveProperty('start');
  });

  test('D3 runs each, oldest first, where all are wanted', () => {
    const task = begun({ everyMs: HOUR, missed: 'all' });
    const started = [0, 1, 2, 3, 4].map((each) => task.look(away + each).start);
    expect(started).toEqual([0, 1, 2, 3, 4].map((hours) => NOON + hours * HOUR));
    expect(task.look(away + 5)).not.toHaveProperty('start');
    expect(task.state()).toEqual({ handledAt: NOON + 4 * HOUR, taken: 5 });
  });

  test('D3 does not run where it is to be skipped; what is on time does', () => {
    const task = begun({ everyMs: HOUR, missed: 'skip' });
    const due = task.look(away);
    expect(due).toMatchObject({ skipped: 5, nextAt: NOON + 5 * HOUR });
    expect(due).not.toHaveProperty('start');
    expect(task.look(NOON + 5 * HOUR + MINUTE)).toMatchObject({ start: NOON + 5 * HOUR, skipped: 0 });
    expect(task.look(NOON + 6 * HOUR + MINUTE + 1)).toMatchObject({ skipped: 1 });
  });

  test('D3 ends a task at a time that never ran', () => {
    expect(begun({ at: NOON + HOUR, missed: 'skip' }).look(NOON + DAY)).toMatchObject({ skipped: 1, isOver: true });
    expect(begun({ at: NOON + HOUR }).look(NOON + DAY)).toMatchObject({ start: NOON + HOUR, isOver: false });
  });

  test('D3 is dropped past its start deadline', () => {
    const task = begun({ everyMs: HOUR, missed: 'all', startDeadlineMs: 2 * HOUR });
    expect(task.look(NOON + 4 * HOUR)).toMatchObject({ start: NOON + 2 * HOUR, skipped: 2 });
    expect(task.state().queued).toEqual([NOON + 3 * HOUR, NOON + 4 * HOUR]);
    expect(task.look(NOON + 5 * HOUR + 1, true)).toMatchObject({ skipped: 2, state: { queued: [NOON + 4 * HOUR] } });
    const skipping = begun({ everyMs: HOUR, missed: 'skip', startDeadlineMs: 20 * MINUTE }, NOON + 1);
    expect(skipping.look(NOON + HOUR + 20 * MINUTE)).toMatchObject({ start: NOON + 1 + HOUR });
    expect(isTooLate(make({ at: NOON, startDeadlineMs: 1_000 }), NOON, NOON + 1_001)).toBe(true);
    expect(isTooLate(make({ at: NOON }), NOON, NOON + 100 * DAY)).toBe(false);
  });

  test('D3 counts runs alone towards the count, and takes the newest', () => {
    const task = begun({ everyMs: HOUR, count: 3, missed: 'all' });
    expect(task.look(away)).toMatchObject({ start: NOON + 2 * HOUR, skipped: 2 });
    expect(task.look(away + 1)).toMatchObject({ start: NOON + 3 * HOUR });
    expect(task.look(away + DAY)).toMatchObject({ start: NOON + 4 * HOUR, skipped: 0, isOver: false });
    expect(task.look(away + DAY)).toMatchObject({ skipped: 0, isOver: true });
    const closed = begun({ everyMs: HOUR, count: 1, missed: 'skip' }, NOON + 1);
    expect(closed.look(NOON + 5 * HOUR)).toMatchObject({ isOver: false, nextAt: NOON + 5 * HOUR + 1 });
  });

  test.each([
    [SECOND, { everyMs: SECOND }],
    [SECOND, { cron: '* * * * * *' }],
    [MINUTE, { cron: '* * * * *' }],
  ])('D3 of a year, every %d ms by %j, costs no more than a hundred steps', (span, input) => {
    const now = NOON + 366 * DAY;
    expect(begun({ ...input, missed: 'one' }).look(now)).toMatchObject({ start: now, state: { handledAt: now } });
    expect(begun({ ...input, missed: 'skip' }).look(now + 5 * MINUTE)).toMatchObject({ start: now + 5 * MINUTE });
    const { start, skipped, skippedIsLowerBound, state } = begun({ ...input, missed: 'all' }).look(now);
    expect([start, state.queued?.length, state.handledAt]).toEqual([now - 99 * span, 99, now]);
    expect([skipped, skippedIsLowerBound]).toEqual('cron' in input ? [1, true] : [366 * 86_400 - 99, false]);
  });
});

describe('what comes due while the last run is not over', () => {
  test('D3 does not run, by default', () => {
    const task = begun({ everyMs: HOUR });
    task.look(NOON);
    expect(task.look(NOON + HOUR, true)).toMatchObject({ skipped: 1, cancelRunning: false, nextAt: NOON + 2 * HOUR });
    expect(task.look(NOON + HOUR + 1)).not.toHaveProperty('start');
  });

  test('D3 does not run either while runs that were missed wait for their turn', () => {
    const task = begun({ everyMs: HOUR, missed: 'all' });
    expect(task.look(NOON + HOUR).state).toEqual({ handledAt: NOON + HOUR, taken: 1, queued: [NOON + HOUR] });
    expect(task.look(NOON + 2 * HOUR)).toMatchObject({ start: NOON + HOUR, skipped: 1 });
    expect(task.look(NOON + 3 * HOUR)).toMatchObject({ start: NOON + 3 * HOUR, skipped: 0 });
  });

  test('D3 waits for its turn where it is to be queued', () => {
    const task = begun({ everyMs: HOUR, overlap: 'queue' });
    task.look(NOON);
    task.look(NOON + HOUR, true);
    expect(task.look(NOON + 2 * HOUR, true).state).toEqual({
      handledAt: NOON + 2 * HOUR,
      taken: 1,
      queued: [NOON + HOUR, NOON + 2 * HOUR],
    });
    expect(task.look(NOON + 2 * HOUR + 1)).toMatchObject({ start: NOON + HOUR, nextAt: NOON + 3 * HOUR });
    expect(task.look(NOON + 3 * HOUR)).toMatchObject({ start: NOON + 2 * HOUR, state: { queued: [NOON + 3 * HOUR] } });
  });

  test('D3 drops the oldest of a queue that grows past a hundred', () => {
    const task = begun({ everyMs: SECOND, overlap: 'queue' });
    task.look(NOON);
    for (let second = 1; second <= 103; second++) task.look(NOON + second * SECOND, true);
    expect(task.state().queued?.length).toBe(100);
    expect(task.look(NOON + 103 * SECOND)).toMatchObject({ start: NOON + 4 * SECOND });
  });

  test('D3 takes the place of the run that is on where that is to be cancelled', () => {
    const task = begun({ everyMs: HOUR, overlap: 'cancel-running', missed: 'all' });
    expect(task.look(NOON)).toMatchObject({ start: NOON, cancelRunning: false });
    expect(task.look(NOON + 1, true)).toMatchObject({ cancelRunning: false });
    expect(task.look(NOON + 3 * HOUR, true)).toMatchObject({ start: NOON + 3 * HOUR, cancelRunning: true, skipped: 2 });
    expect(task.state()).toEqual({ handledAt: NOON + 3 * HOUR, taken: 2 });
  });

  test('D3 is not over before the last run is', () => {
    const task = begun({ everyMs: HOUR, count: 1, overlap: 'cancel-running' });
    expect(task.look(NOON)).toMatchObject({ start: NOON, isOver: false });
    expect(task.look(NOON + HOUR, true)).toMatchObject({ skipped: 0, cancelRunning: false, isOver: false });
    expect(task.look(NOON + HOUR)).toMatchObject({ isOver: true });
  });
});

describe('a trigger', () => {
  const on = (rest: object = {}) => {
    const schedule = make({ on: 'online', ...rest });
    if (schedule.kind !== 'on') throw new Error('not a trigger');
    return schedule;
  };

  test('D1 starts a run each time', () => {
    const schedule = on();
    const first = triggered(schedule, newScheduleState(schedule, NOON), NOON + 5);
    expect(first).toMatchObject({ start: NOON + 5, isOver: false });
    expect(dueNow(schedule, first.state, NOON + 9)).toMatchObject({ skipped: 0, isOver: false });
    expect(triggered(schedule, first.state, NOON + 9)).toMatchObject({ start: NOON + 9, state: { taken: 2 } });
  });

  test('D1 is over after its count', () => {
    const schedule = on({ count: 1 });
    const { state, isOver } = triggered(schedule, newScheduleState(schedule, NOON), NOON + 5);
    expect(isOver).toBe(false);
    expect(dueNow(schedule, state, NOON + 6, true).isOver).toBe(false);
    expect(dueNow(schedule, state, NOON + 6).isOver).toBe(true);
    expect(triggered(schedule, state, NOON + 7)).not.toHaveProperty('start');
  });

  test('D3 overlaps by its policy', () => {
    const state: ScheduleState = { handledAt: NOON, taken: 1 };
    expect(triggered(on(), state, NOON + 1, true)).toMatchObject({ skipped: 1, state: { taken: 1 } });
    expect(triggered(on({ overlap: 'queue' }), state, NOON + 1, true).state.queued).toEqual([NOON + 1]);
    expect(triggered(on({ overlap: 'cancel-running' }), state, NOON + 1, true)).toMatchObject({ cancelRunning: true });
  });
});

describe('whatever the clock does', () => {
  /** The clock jumps either way, and then a look is taken, with the last run over or not. */
  const looks = fc.array(
    fc.record({
      jump: fc.oneof(
        fc.integer({ min: 0, max: 2 * MINUTE }),
        fc.integer({ min: -DAY, max: DAY }),
        fc.integer({ min: -400 * DAY, max: 400 * DAY }),
      ),
      runEnds: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  );
  const rules = {
    missed: fc.constantFrom('skip', 'one', 'all'),
    overlap: fc.constantFrom('skip', 'queue', 'cancel-running'),
    startDeadlineMs: fc.option(fc.integer({ min: SECOND, max: DAY }), { nil: undefined }),
    count: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  };
  const span = fc.oneof(fc.integer({ min: SECOND, max: HOUR }), fc.integer({ min: SECOND, max: 40 * DAY }));
  const schedules = fc
    .oneof(
      fc.record({ everyMs: span, startAt: fc.integer({ min: NOON - DAY, max: NOON + DAY }), ...rules }),
      fc.record({ cron: fc.constantFrom('0 * * * *', '30 2 * * *', '*/5 * * * 1-5', '0 0 29 2 *'), ...rules }),
    )
    .map((input) => make(input as ScheduleInput));

  test('D3 nothing runs twice, too soon, too late or beside another, and nothing is lost', () => {
    fc.assert(
      fc.property(schedules, looks, (schedule, plan) => {
        let state = newScheduleState(schedule, NOON);
        let now = NOON;
        let isBusy = false;
        const started: number[] = [];
        let dropped = 0;
        for (const { jump, runEnds } of plan) {
          now += jump;
          isBusy &&= !runEnds;
          const due = dueNow(schedule, frozen(state), now, isBusy);
          expectSound(schedule, state, due, now, isBusy);
          if (due.start !== undefined) started.push(due.start);
          dropped += due.skipped;
          isBusy ||= due.start !== undefined;
          state = due.state;
        }
        expect(started).toEqual([...new Set(started)].sort((one, other) => one - other));
        expect(state.taken).toBe(started.length);
        if (schedule.kind !== 'every' || schedule.count !== undefined) return;
        const { total } = occurrencesIn(schedule, NOON - 1, state.handledAt);
        expect(started.length + dropped + (state.queued?.length ?? 0)).toBe(total);
      }),
      { numRuns: 300 },
    );
  });

  function expectSound(schedule: Schedule, before: ScheduleState, due: DueNow, now: number, isBusy: boolean): void {
    const queued = due.state.queued ?? [];
    expect(due.cancelRunning).toBe(isBusy && due.start !== undefined);
    if (isBusy && due.start !== undefined) expect(schedule.overlap).toBe('cancel-running');
    for (const occurrence of [...queued, ...(due.start === undefined ? [] : [due.start])]) {
      const isNew = before.queued?.includes(occurrence) !== true;
      expect(nextOccurrence(schedule, occurrence - 1)).toBe(occurrence);
      expect(isTooLate(schedule, occurrence, now)).toBe(false);
      if (isNew) expect(occurrence).toBeGreaterThan(before.handledAt);
      if (isNew) expect(occurrence).toBeLessThanOrEqual(now);
    }
    expect(due.state.handledAt).toBeGreaterThanOrEqual(before.handledAt);
    if (due.nextAt !== undefined) expect(due.nextAt).toBeGreaterThan(Math.max(now, due.state.handledAt));
    if ('count' in schedule) expect(due.state.taken + queued.length).toBeLessThanOrEqual(schedule.count ?? Infinity);
    expect(due.skipped).toBeGreaterThanOrEqual(0);
    expect(dueNow(schedule, due.state, now, isBusy || due.start !== undefined)).toEqual(settled(due, isBusy));
  }

  /** A second look at the same moment changes nothing. */
  function settled({ state, nextAt, isOver, start }: DueNow, isBusy: boolean): DueNow {
    const rest = { cancelRunning: false, skipped: 0, skippedIsLowerBound: false };
    return {
      ...rest,
      state,
      ...(nextAt !== undefined && { nextAt }),
      isOver: isOver && !isBusy && start === undefined,
    };
  }
});
