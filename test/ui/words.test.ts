// What the board says of patterns and values: right, or not at all.

import { describe, expect, test } from 'vitest';
import { jsonOf, shortJsonOf } from '../../src/ui/parts/json.ts';
import { readJson, writeJson } from '../../src/ui/parts/json-text.ts';
import { cronInWords } from '../../src/ui/words/cron.ts';
import { constraintsInWords, scheduleInWords } from '../../src/ui/words/policy.ts';

describe('D1 a cron pattern in words', () => {
  test.each([
    ['0 3 * * *', 'every day at 03:00'],
    ['@daily', 'every day at 00:00'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['0 * * * *', 'every hour'],
    ['5,35 * * * *', 'every hour at 5 and 35 past'],
    ['0 */6 * * *', 'every 6 hours'],
    ['30 9 * * 1-5', 'Monday to Friday at 09:30'],
    ['0 9,17 * * mon,thu', 'every Monday and Thursday at 09:00 and 17:00'],
    ['0 0 1 * *', 'on the 1st of every month at 00:00'],
    ['0 12 L * *', 'on the last day of every month at 12:00'],
    ['0 0 1 jan *', 'on the 1st of January at 00:00'],
    ['*/10 * * * 0', 'every 10 minutes, on Sundays'],
    ['0 12 11,22,30 * *', 'on the 11th, 22nd and 30th of every month at 12:00'],
    ['0 8 * jun,jul *', 'every day in June and July at 08:00'],
    ['0 8 * 6 mon', 'every Monday in June at 08:00'],
    ['*/10 * * * 1-5', 'every 10 minutes, Monday to Friday'],
    ['15 */6 * * *', 'every 6 hours at 15 past'],
    ['0 30 6 * * *', 'every day at 06:30'],
  ])('%s', (cron, said) => {
    expect(cronInWords(cron)).toBe(said);
  });

  test.each(['*/7 * * * *', '0 0 13 * 5', '0 0 * * 5#2', '*/5 * * * * *', '1-50 2-9 * * *', 'nonsense', '70 * * * *'])(
    'says nothing of %s, which is too odd',
    (cron) => {
      expect(cronInWords(cron)).toBeUndefined();
    },
  );
});

describe('D1 a schedule in words', () => {
  const rules = { missed: 'one', overlap: 'skip' } as const;
  test.each([
    [{ everyMs: 900_000, startAt: 0, count: 3, ...rules }, 'every 15 min, 3 times'],
    [{ everyMs: 3_600_000, startAt: 0, count: 1, ...rules }, 'every hour, 1 time'],
    [{ cron: '0 3 * * *', timeZone: 'Europe/Berlin', ...rules }, 'every day at 03:00 (Europe/Berlin)'],
    [{ on: 'online', ...rules }, 'when the device comes online'],
    [{ on: { event: 'paid' }, ...rules }, 'when the event “paid” is sent'],
  ] as const)('%o', (schedule, said) => {
    expect(scheduleInWords(schedule)).toBe(said);
  });
});

test('D4 constraints in words', () => {
  expect(constraintsInWords({ network: 'online', charging: true, custom: ['vpn'], whenUnknown: 'wait' })).toBe(
    'online, charging, “vpn”; waits if unknown',
  );
});

describe('values as text', () => {
  test('what is very long is cut before it is written', () => {
    const { text, isCut } = shortJsonOf({
      long: 'x'.repeat(5_000_000),
      many: Array.from({ length: 100_000 }, () => 1),
    });
    expect(isCut).toBe(true);
    expect(text.length).toBeLessThan(25_000);
  });

  test('what is short is whole, and markup is text', () => {
    expect(shortJsonOf({ a: '<b>' })).toEqual({ text: '{\n  "a": "<b>"\n}', isCut: false });
    expect(jsonOf(undefined)).toBe('undefined');
  });

  test('goes out to be edited and comes back as it was', () => {
    const value = { at: new Date(5), tags: new Set(['a']), n: 10n, of: { deep: [1, null] } };
    expect(readJson(writeJson(value))).toEqual({ value });
    expect(readJson(' ')).toEqual({ value: undefined });
  });

  test('says in which line it is wrong', () => {
    expect(readJson('{\n  "a": 1,\n  "b" 2\n}').fault).toMatch(/^Line 3: /);
    expect(readJson('{"$type": "lost"}').fault).toBe('There is no $type lost.');
  });
});
