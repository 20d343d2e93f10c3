// A clock that stands still until a test moves it, and whose chance is drawn from a seed.

import type { Clock } from '../../src/task/index.ts';

export interface FakeClock extends Clock {
  /** Moves the wall clock by so many milliseconds, either way; what has elapsed grows by as many, where it is forward. No timer fires by it, and none at all but those of 0 ms. */
  jump(ms: number): void;
}

/** Any day will do: 2024-06-01, noon. */
export const NOON = Date.UTC(2024, 5, 1, 12);

export function fakeClock(now: number = NOON, seed = 1): FakeClock {
  let elapsed = 0;
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  return {
    now: () => now,
    elapsed: () => elapsed,
    random: () => next() / 0x1_0000_0000,
    bytes(array) {
      for (let i = 0; i < array.length; i++) array[i] = next() >>> 24;
      return array;
    },
    timer: (run, ms) => {
      if (ms === 0) queueMicrotask(run);
      return () => undefined;
    },
    jump: (ms) => {
      now += ms;
      elapsed += Math.max(0, ms);
    },
  };
}
