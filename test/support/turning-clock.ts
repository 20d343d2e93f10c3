// A fake clock that a test turns: timers fire as their time comes.

import type { Clock } from '../../src/task/index.ts';
import { fakeClock, type FakeClock, NOON } from './fake-clock.ts';

export interface TurningClock extends FakeClock {
  /** Lets so many milliseconds go by. */
  turn(ms: number): void;
}

export function turningClock(): TurningClock {
  const still = fakeClock(NOON);
  // What timers go by: a jump of the wall clock is none of theirs.
  let elapsed = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const timer: Clock['timer'] = (run, ms) => {
    const one = { at: elapsed + ms, run };
    timers.add(one);
    return () => timers.delete(one);
  };
  const pass = (until: number) => {
    still.jump(until - elapsed);
    elapsed = until;
  };
  const turn = (ms: number) => {
    const end = elapsed + ms;
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers.delete(next);
      pass(next.at);
      next.run();
    }
    pass(end);
  };
  return { ...still, elapsed: () => elapsed, timer, turn };
}
