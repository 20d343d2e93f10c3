// A schedule is checked whole, and its refusal names the field at fault; what is taken has one form.

import { describe, expect, test } from 'vitest';
import { ErrandError } from '../../src/task/index.ts';
import { checkSchedule, describeSchedule, type ScheduleInput } from '../../src/task/schedule/index.ts';
import { NOON } from '../support/fake-clock.ts';

const check = (input: unknown) => checkSchedule(input, NOON, 'Europe/Berlin');
const HOUR = 3_600_000;

/** The field that a refusal names, or `accepted`. */
function refusedField(input: unknown): unknown {
  try {
    check(input);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ErrandError)) throw error;
    expect(error.code).toBe('invalid-request');
    expect(error.message.length).toBeGreaterThan(10);
    expect(error.message.length).toBeLessThan(1_100);
    return error.details.field;
  }
}

describe('a schedule', () => {
  test.each([
    [NOON],
    [new Date(NOON)],
    ['2024-06-01T12:00:00Z'],
    ['2024-06-01T12:00Z'],
    ['2024-06-01T12:00:00.000Z'],
    ['2024-06-01T14:00:00+02:00'],
    ['2024-06-01T06:30-05:30'],
    [NOON + 0.4],
  ])('D1 takes an instant as %s', (at) => {
    expect(check({ at })).toEqual({ kind: 'at', at: NOON });
  });

  test('D1 at a time that is past is taken as it is', () => {
    expect(check({ at: 0 })).toEqual({ kind: 'at', at: 0 });
    expect(check({ at: new Date(-1) })).toEqual({ kind: 'at', at: -1 });
  });

  test('D1 every so often begins now, unless it says when', () => {
    expect(check({ everyMs: 60_000 })).toEqual({ kind: 'every', everyMs: 60_000, startAt: NOON });
    expect(check({ everyMs: '15m', startAt: NOON - 5, endAt: new Date(NOON + HOUR), count: 3 })).toEqual({
      kind: 'every',
      everyMs: 900_000,
      startAt: NOON - 5,
      endAt: NOON + HOUR,
      count: 3,
    });
  });

  test('D1 by cron keeps the name of its time zone, by default that of the device', () => {
    expect(check({ cron: ' 30  2 * *\t* ' })).toEqual({ kind: 'cron', cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    expect(check({ cron: '@daily', timeZone: 'Asia/Kolkata' })).toMatchObject({ timeZone: 'Asia/Kolkata' });
    expect(checkSchedule({ cron: '@daily' }, NOON)).toMatchObject({
      timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  });

  test('D1 on a trigger names it', () => {
    for (const on of ['online', 'charging', 'visible', 'share', { event: 'paid' }]) {
      expect(check({ on })).toEqual({ kind: 'on', on });
    }
    expect(check({ on: 'online', count: 1 })).toEqual({ kind: 'on', on: 'online', count: 1 });
  });

  test('D3 keeps its policies, and none that was not said', () => {
    const said = { missed: 'all', overlap: 'cancel-running', startDeadlineMs: '10m' } as const;
    const inputs: ScheduleInput[] = [{ at: NOON }, { everyMs: 5_000 }, { cron: '* * * * *' }, { on: 'share' }];
    for (const input of inputs) {
      expect(check({ ...input, ...said })).toMatchObject({ ...said, startDeadlineMs: 600_000 });
      const unsaid = { missed: undefined, overlap: undefined, startDeadlineMs: undefined };
      expect(check({ ...input, ...unsaid })).toEqual(check(input));
      expect(check(input)).not.toHaveProperty('missed');
    }
  });

  test('checked once more is the same', () => {
    for (const input of [{ at: NOON }, { everyMs: '1h', count: 2 }, { cron: '0 0 L * *' }, { on: { event: 'x' } }]) {
      const { kind: _kind, ...stored } = check(input);
      expect(check(stored)).toEqual(check(input));
    }
  });

  test.each([
    '* * * * * *',
    '0 9 * * MON-FRI',
    '0 0 1 jan *',
    '0 0 L * *',
    '0 0 LW * *',
    '0 0 15W * *',
    '0 0 * * FRI#2',
    '0 0 * * 5L',
    '0 0 13 * +FRI',
    '0 0 ? * ?',
    '0 0 29 2 *',
    '@hourly',
    ' @Yearly ',
    Array.from({ length: 60 }, (_, minute) => minute).join() + ' * * * *',
  ])('D1 takes the pattern %s', (cron) => {
    expect(refusedField({ cron })).toBe('accepted');
  });
});

describe('a schedule is refused', () => {
  const bad: [field: string, input: unknown][] = [
    ['', 'tomorrow'],
    ['', null],
    ['', 5],
    ['', []],
    ['', {}],
    ['', { at: undefined }],
    ['', { timeZone: 'UTC' }],
    ['at', { at: null }],
    ['at', { at: 'tomorrow' }],
    ['at', { at: '2030-01-31' }],
    ['at', { at: '2030-01-31T09:00:00' }],
    ['at', { at: '2030-02-29T09:00:00Z' }],
    ['at', { at: '2030-13-01T09:00:00Z' }],
    ['at', { at: '2030-01-31T25:00:00Z' }],
    ['at', { at: 'x'.repeat(50_000_000) }],
    ['at', { at: Number.NaN }],
    ['at', { at: Infinity }],
    ['at', { at: 9e15 }],
    ['at', { at: new Date(Number.NaN) }],
    ['cron', { at: NOON, cron: '* * * * *' }],
    ['endAt', { at: NOON, endAt: NOON }],
    ['kind', { kind: 'at', at: NOON }],
    ['__proto__', JSON.parse('{"at": 1, "__proto__": {"at": 2}}')],
    ['everyMs', { everyMs: 0 }],
    ['everyMs', { everyMs: 999 }],
    ['everyMs', { everyMs: -5 }],
    ['everyMs', { everyMs: '5 minutes' }],
    ['everyMs', { everyMs: '4000d' }],
    ['everyMs', { everyMs: Number.NaN }],
    ['everyMs', { everyMs: Infinity }],
    ['timeZone', { everyMs: HOUR, timeZone: 'UTC' }],
    ['startAt', { everyMs: HOUR, startAt: 'x' }],
    ['endAt', { everyMs: HOUR, endAt: NOON - 1 }],
    ['endAt', { everyMs: HOUR, startAt: NOON + 2, endAt: NOON + 1 }],
    ['endAt', { everyMs: HOUR, startAt: NOON - 1, endAt: NOON + 1 }],
    ['count', { everyMs: HOUR, count: 0 }],
    ['count', { everyMs: HOUR, count: -1 }],
    ['count', { everyMs: HOUR, count: 1.5 }],
    ['count', { everyMs: HOUR, count: Infinity }],
    ['cron', { cron: '' }],
    ['cron', { cron: 5 }],
    ['cron', { cron: '* * * *' }],
    ['cron', { cron: '* * * * * * *' }],
    ['cron', { cron: '60 * * * *' }],
    ['cron', { cron: '* 24 * * *' }],
    ['cron', { cron: '* * 0 * *' }],
    ['cron', { cron: '* * * 13 *' }],
    ['cron', { cron: '* * * * 8' }],
    ['cron', { cron: '*/0 * * * *' }],
    ['cron', { cron: '5-1 * * * *' }],
    ['cron', { cron: 'a b c d e' }],
    ['cron', { cron: '<b>1</b> * * * *' }],
    ['cron', { cron: '@reboot' }],
    ['cron', { cron: '@never' }],
    ['cron', { cron: '2030-01-31T09:00:00Z' }],
    ['cron', { cron: '1:0 * * * *' }],
    ['cron', { cron: 'jan 1 10:00 (a) (b) (c)' }],
    ['cron', { cron: `${'*'.repeat(50_000_000)} * * * *` }],
    ['cron', { cron: `* * * * ${'1,'.repeat(500)}1` }],
    ['cron', { cron: '0 0 31 2 *' }],
    ['cron', { cron: '0 0 30 2 *', endAt: NOON + HOUR }],
    ['cron', { cron: '0 0 31 4,6,9,11 *' }],
    ['endAt', { cron: '0 0 1 1 *', endAt: NOON + HOUR }],
    ['endAt', { cron: '* * * * *', endAt: NOON - 1 }],
    ['endAt', { cron: '* * * * *', startAt: NOON + 2, endAt: NOON + 1 }],
    ['count', { cron: '* * * * *', count: 0 }],
    ['timeZone', { cron: '* * * * *', timeZone: 'Mars/Olympus' }],
    ['timeZone', { cron: '* * * * *', timeZone: '' }],
    ['timeZone', { cron: '* * * * *', timeZone: '+01:00' }],
    ['timeZone', { cron: '* * * * *', timeZone: 'x'.repeat(50_000_000) }],
    ['timeZone', { cron: '* * * * *', timeZone: 5 }],
    ['on', { on: 'moon' }],
    ['on', { on: {} }],
    ['on.event', { on: { event: '' } }],
    ['startAt', { on: 'online', startAt: NOON }],
    ['missed', { at: NOON, missed: 'two' }],
    ['overlap', { at: NOON, overlap: 'both' }],
    ['startDeadlineMs', { everyMs: HOUR, startDeadlineMs: 0 }],
    ['startDeadlineMs', { everyMs: HOUR, startDeadlineMs: '1y' }],
    ['startDeadlineMs', { at: NOON - 5_000, startDeadlineMs: 1_000 }],
    ['colour', { everyMs: HOUR, colour: 'red' }],
    ['constructor', { everyMs: HOUR, constructor: 'own' }],
  ];

  for (const [field, input] of bad) {
    test(`at ${field || 'the whole'}, with ${JSON.stringify(input).slice(0, 60)}`, () => {
      expect(refusedField(input)).toBe(field === '' ? 'schedule' : `schedule.${field}`);
    });
  }

  test('with words that say what is wrong', () => {
    expect(() => check({ everyMs: HOUR, endAt: NOON - 1 })).toThrow('in the past');
    expect(() => check({ cron: '0 0 1 1 *', endAt: NOON + 1 })).toThrow('Nothing comes due before it');
    expect(() => check({ cron: '61 * * * *' })).toThrow('Invalid value for minute: 61');
    expect(() => check({ cron: '* * *' })).toThrow('Write 5 fields');
    expect(() => check({})).toThrow('Use at, everyMs, cron or on');
  });

  test('where a pattern names nothing but times that the clock skips, within seconds', { timeout: 15_000 }, () => {
    expect(refusedField({ cron: '* * 2 * 3 0#2', timeZone: 'America/New_York' })).toBe('schedule.cron');
  });
});

test.each([
  [{ at: '2030-01-31T09:00:00+01:00' }, 'at 2030-01-31 08:00:00 UTC'],
  [{ everyMs: '15m' }, 'every 15 min'],
  [{ everyMs: 90_000, count: 1 }, 'every 90 s, 1 time'],
  [{ everyMs: 1_500 }, 'every 1500 ms'],
  [{ everyMs: '2h', count: 5 }, 'every 2 h, 5 times'],
  [{ everyMs: '1d' }, 'every day'],
  [{ everyMs: '7d' }, 'every 7 days'],
  [{ cron: '30 2 * * *' }, 'cron 30 2 * * * (Europe/Berlin)'],
  [{ on: 'online' }, 'when online'],
  [{ on: 'share' }, 'when a file is shared'],
  [{ on: { event: 'paid' } }, 'on the event paid'],
] as const)('%j is "%s" in words', (input, words) => {
  expect(describeSchedule(check(input))).toBe(words);
});
