// Nobody is held up for long by a suspect that waits to run alone.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drain } from '../../src/runner/drain.ts';
import { systemClock } from '../../src/task/index.ts';

function setUp() {
  let changes = 0;
  const drain = new Drain(systemClock, () => (changes += 1));
  return { drain, changes: () => changes };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('letting out what runs', () => {
  it('lets others in again when that takes too long, and says so', () => {
    const { drain, changes } = setUp();
    expect(drain.holds()).toBe(true);
    vi.advanceTimersByTime(499);
    expect(drain.holds()).toBe(true);
    vi.advanceTimersByTime(1);
    expect(drain.holds()).toBe(false);
    expect(changes()).toBe(1);
  });

  it('is tried anew, more patiently, and leaves four fifths of the time to others', () => {
    const { drain } = setUp();
    let heldMs = 0;
    for (let at = 0; at < 3_600_000; at += 100) {
      if (drain.holds()) heldMs += 100;
      vi.advanceTimersByTime(100);
    }
    expect(heldMs / 3_600_000).toBeGreaterThan(0.15);
    expect(heldMs / 3_600_000).toBeLessThan(0.25);
  });

  it('begins anew with the next suspect', () => {
    const { drain } = setUp();
    drain.holds();
    vi.advanceTimersByTime(500);
    drain.end();
    expect(drain.holds()).toBe(true);
    vi.advanceTimersByTime(500);
    expect(drain.holds()).toBe(false);
  });
});
