// The arithmetic of the health page's charts.

import { expect, test } from 'vitest';
import { byDuration, type Ended, medianOf, perMinute } from '../../src/ui/health/measures.ts';

const MINUTE = 60_000;
const NOW = 100 * 60 * MINUTE + 1;
const ended = (at: number, tookMs: number, hasFailed = false): Ended => ({
  id: `${at}/${tookMs}`,
  at,
  tookMs,
  hasFailed,
});

test('B9 what ended is counted by the minute, and what is older than an hour is not', () => {
  const bins = perMinute(
    [ended(NOW, 1), ended(NOW - 1, 1, true), ended(NOW - MINUTE, 1), ended(NOW - 61 * MINUTE, 1)],
    NOW,
  );
  expect(bins).toHaveLength(60);
  expect(bins.slice(-2).map(({ good, bad }) => [good, bad])).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(bins.reduce((sum, { good, bad }) => sum + good + bad, 0)).toBe(3);
});

test('B9 durations fall into powers of ten, the longest among them', () => {
  const all = [ended(0, 0), ended(0, 9), ended(0, 10), ended(0, 5_000_000, true)];
  expect(byDuration(all).map(({ good, bad }) => good + bad)).toEqual([2, 1, 0, 0, 0, 0, 1]);
  expect(medianOf(all)).toBe(9);
  expect(medianOf([])).toBe(0);
});
