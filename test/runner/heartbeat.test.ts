// When a handler that gives no sign of life is given up.

import { describe, expect, test, vi } from 'vitest';
import { watchForSilence } from '../../src/runner/heartbeat.ts';
import type { Clock } from '../../src/task/index.ts';
import { fakeClock } from '../support/fake-clock.ts';

function watched() {
  const clock = fakeClock();
  const timers: { at: number; run: () => void }[] = [];
  const cancelled = vi.fn();
  const timed: Clock = {
    ...clock,
    timer: (run, ms) => {
      timers.push({ at: clock.now() + ms, run });
      return cancelled;
    },
  };
  const attempt = { beatAt: 0 };
  const silent = vi.fn();
  const stop = watchForSilence(attempt, 1_000, timed, silent);
  /** The next timer fires, so much later than it was to. */
  const fire = (lateMs = 0) => {
    const timer = timers.shift();
    if (timer === undefined) throw new Error('no timer');
    clock.jump(timer.at - clock.now() + lateMs);
    timer.run();
  };
  return { attempt, clock, silent, stop, fire, cancelled, timers };
}

describe('B5 a heartbeat', () => {
  test('that never comes is missed after its time, and a quarter more', () => {
    const { clock, silent, fire } = watched();
    const startedAt = clock.now();
    fire();
    expect(silent).toHaveBeenCalledOnce();
    expect(clock.now() - startedAt).toBe(1_250);
  });

  test('gives as much time again', () => {
    const { attempt, clock, silent, fire } = watched();
    const startedAt = clock.now();
    clock.jump(900);
    attempt.beatAt = clock.now();
    fire();
    expect(silent).not.toHaveBeenCalled();
    fire();
    expect([silent.mock.calls.length, clock.now() - startedAt]).toEqual([1, 2_150]);
  });

  test('is not missed while the machine slept, or its clock was set back', () => {
    const { silent, fire, clock, attempt } = watched();
    fire(3_600_000);
    expect(silent).not.toHaveBeenCalled();
    attempt.beatAt = clock.now() + 10_000;
    fire();
    expect(silent).not.toHaveBeenCalled();
    fire();
    expect(silent).toHaveBeenCalledOnce();
  });

  test('is not watched for any more once the attempt has ended', () => {
    const { stop, cancelled } = watched();
    stop();
    expect(cancelled).toHaveBeenCalledOnce();
  });
});
