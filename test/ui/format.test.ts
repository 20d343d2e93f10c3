// Numbers and times as people read them.

import { describe, expect, test } from 'vitest';
import { change, relative, roughly, span } from '../../src/ui/time/format.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2030, 0, 31, 12);

describe('a time, as seen from now', () => {
  test.each([
    [0, 'just now'],
    [-4 * SECOND, 'just now'],
    [3 * SECOND, 'in a moment'],
    [-25 * SECOND, '25 s ago'],
    [-59.6 * SECOND, '1 min ago'],
    [14 * MINUTE, 'in 14 min'],
    [59.7 * MINUTE, 'in 1 h'],
    [18 * HOUR, 'in 18 h'],
    [23.6 * HOUR, 'tomorrow'],
    [-8 * DAY, '8 days ago'],
  ])('%i ms away', (away, said) => {
    expect(relative(NOW + away, NOW)).toBe(said);
  });
});

test.each([
  [350, '350 ms'],
  [999.7, '1 s'],
  [4_210, '4.2 s'],
  [9_990, '10 s'],
  [59_800, '1 min'],
  [80 * SECOND, '1 min 20 s'],
  [HOUR - 200, '1 h'],
  [2 * HOUR + 5 * MINUTE, '2 h 5 min'],
  [DAY - 200, '1 d'],
  [76 * HOUR, '3 d 4 h'],
])('a span of %d ms', (ms, said) => {
  expect(span(ms)).toBe(said);
});

test('what remains is said in the larger unit once it fills one', () => {
  expect([40 * SECOND, 58 * SECOND, 59.5 * MINUTE].map(roughly)).toEqual(['about 40 s', 'about 1 min', 'about 1 h']);
});

test('a change is a percentage', () => {
  expect([change(100, 15), change(100, 103), change(0, 5)]).toEqual(['−85%', '+3%', '±0%']);
});
