// A worker can end without a word, and calls to it then wait for ever. Its lock is free once it has ended; but a lock can
// also be taken from one that lives, so it is asked.

import { systemClock } from '../task/index.ts';

const ANSWER_MS = 500;

/** Resolves once whoever holds the lock has ended; rejects when nobody wants to know any more. */
export async function endOf(lock: string, ask: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (;;) {
    await navigator.locks.request(lock, { signal }, () => undefined);
    let lives = false as boolean;
    void ask().then(() => (lives = true));
    await new Promise<void>((resolve) => systemClock.timer(resolve, ANSWER_MS));
    if (!lives) return;
  }
}
