// Time and chance, handed in everywhere, so that a simulation can run a year in a minute.
// The only file that may touch the real clock or real randomness.

declare const crypto: { getRandomValues<T extends Uint8Array>(array: T): T };
declare const performance: { now(): number };
declare function setTimeout(run: () => void, ms: number): number;
declare function clearTimeout(handle: number): void;

/** Where time and chance come from. Instants are milliseconds since 1970 in UTC. */
export interface Clock {
  /** The wall clock now, in milliseconds since 1970 (UTC). It may jump either way. */
  now(): number;
  /** Milliseconds since some moment, for spans: it never goes back or jumps, and may stand still while the device sleeps. */
  elapsed(): number;
  /** A number in `[0, 1)`. */
  random(): number;
  /** Fills the array with random bytes. */
  bytes(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** Calls `run` once after `ms` milliseconds; the returned function cancels. */
  timer(run: () => void, ms: number): () => void;
}

/** A longer wait overflows the browser's 32-bit timer and fires at once. */
const LONGEST_TIMER_MS = 0x7fffffff;

/** The browser's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  bytes: (array) => crypto.getRandomValues(array),
  timer(run, ms) {
    let handle = 0;
    const wait = (left: number) => {
      const now = Math.min(Math.max(left, 0), LONGEST_TIMER_MS);
      handle = setTimeout(() => {
        if (left > now) wait(left - now);
        else run();
      }, now);
    };
    wait(ms);
    return () => {
      clearTimeout(handle);
    };
  },
};
