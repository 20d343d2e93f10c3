// What wakes the leader: a nudge, the moment at which the next task is due, and a slow poll beneath both,
// because nudges get lost, clocks jump and timers sleep with the computer.

import type { Clock } from '../task/index.ts';

const POLL_MS = 5_000;

export interface Sleeper {
  /** Something may have changed that nobody told of. */
  poll(): void;
  /** A task has come due. */
  due(): void;
}

export class Wake {
  readonly #clock: Clock;
  readonly #sleeper: Sleeper;
  #dueAt = Infinity;
  #cancelDue: () => void = ignore;
  #cancelPoll: () => void = ignore;

  constructor(clock: Clock, sleeper: Sleeper) {
    this.#clock = clock;
    this.#sleeper = sleeper;
    this.#poll();
  }

  /** Sees to it that the sleeper is woken at the given instant, or sooner. */
  noLaterThan(dueAt: number): void {
    if (dueAt >= this.#dueAt) return;
    this.#cancelDue();
    this.#dueAt = dueAt;
    this.#cancelDue = this.#clock.timer(() => {
      this.#dueAt = Infinity;
      this.#sleeper.due();
    }, dueAt - this.#clock.now());
  }

  close(): void {
    this.#cancelDue();
    this.#cancelPoll();
  }

  #poll(): void {
    this.#cancelPoll = this.#clock.timer(() => {
      this.#poll();
      this.#sleeper.poll();
    }, POLL_MS);
  }
}

function ignore(): void {
  // Nothing to cancel yet.
}
