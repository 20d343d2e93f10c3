// Spans of time as people write them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration, type Duration } from '../../src/task/index.ts';

describe('a duration', () => {
  test.each<[Duration, number]>([
    [0, 0],
    [250, 250],
    [0.5, 0.5],
    ['250ms', 250],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s is %d ms', (span, ms) => {
    expect(duration(span)).toBe(ms);
  });

  test.each([
    -1,
    Number.NaN,
    Infinity,
    '',
    '10',
    '10 s',
    ' 10s',
    '-5s',
    '.5s',
    '1e3ms',
    '5w',
    '10S',
    's',
    null,
    {},
    [],
  ])('is not %j', (span) => {
    expect(() => duration(span as Duration)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  test('is refused in words that say what to write', () => {
    expect(() => duration('soon' as Duration)).toThrow(
      '"soon" is not a duration. Use milliseconds, or a number with ms, s, m, h or d.',
    );
  });

  test('in any unit is that many of the unit', () => {
    const units = fc.constantFrom(['ms', 1], ['s', 1e3], ['m', 6e4], ['h', 3.6e6], ['d', 8.64e7]) as fc.Arbitrary<
      ['ms' | 's' | 'm' | 'h' | 'd', number]
    >;
    fc.assert(
      fc.property(fc.nat(1e6), units, (count, [unit, ms]) => {
        expect(duration(`${count}${unit}`)).toBe(count * ms);
      }),
    );
  });
});
