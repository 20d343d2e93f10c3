// How far ahead the engine claims.

import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/runner/pace.ts';

function seen(durations: Record<string, number>): Pace {
  const pace = new Pace();
  for (const [type, ms] of Object.entries(durations)) pace.took(type, ms);
  return pace;
}

const times = (count: number, type: string) => Array.from({ length: count }, () => type);

describe('claiming ahead', () => {
  it('B6 takes what fills the slots for a tenth of a second, and no more', () => {
    const budget = seen({ quick: 5 }).budget({ size: 2, room: 2, idle: 2 }, [], 0);
    expect(budget.most(['quick'])).toBe(42);
    expect(times(50, 'quick').filter((type) => budget.take(type, false)).length).toBe(40);
  });

  it('B6 takes what is slow, or was never seen, for free slots alone', () => {
    const budget = seen({ slow: 500 }).budget({ size: 2, room: 2, idle: 2 }, [], 0);
    expect([budget.most(['slow']), budget.most(['new'])]).toEqual([2, 2]);
    expect(['slow', 'new', 'slow'].map((type) => budget.take(type, false))).toEqual([true, true, false]);
  });

  it('is worth no transaction of its own while the slots have work for half of that', () => {
    const pace = seen({ quick: 5, slow: 500 });
    const slots = { size: 2, room: 1 };
    expect([0, 20, 21].map((count) => pace.hasEnough(slots, times(count, 'quick')))).toEqual([false, false, true]);
    expect(pace.hasEnough(slots, ['slow'])).toBe(true);
    expect(pace.hasEnough({ size: 2, room: 2 }, ['slow'])).toBe(false);
  });
});
