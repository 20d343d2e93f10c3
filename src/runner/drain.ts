// A suspect runs alone, so what runs is let out first, and nothing comes in beside it. But nobody waits for long: when
// what runs goes on for longer, others are let in again for a while before it is tried anew, more patiently.

import type { Clock } from '../task/index.ts';

const FIRST_MS = 500;
const LONGEST_MS = 60_000;
/** Others have the slots four fifths of the time. */
const REST = 4;

export class Drain {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #state: 'off' | 'on' | 'resting' = 'off';
  #lengthMs = FIRST_MS;
  #cancel: () => void = () => undefined;

  /** `changed` is called when others may be let in, or no longer. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** A suspect waits for others to end: whether nothing may come in now. */
  holds(): boolean {
    if (this.#state === 'off') {
      const lengthMs = this.#lengthMs;
      this.#lengthMs = Math.min(lengthMs * 2, LONGEST_MS);
      this.#become('on', lengthMs, () => {
        this.#become('resting', lengthMs * REST, () => {
          this.#state = 'off';
        });
      });
    }
    return this.#state === 'on';
  }

  /** No suspect waits any more, or one runs. */
  end(): void {
    this.#cancel();
    this.#state = 'off';
    this.#lengthMs = FIRST_MS;
  }

  #become(state: 'on' | 'resting', ms: number, then: () => void): void {
    this.#state = state;
    this.#cancel = this.#clock.timer(() => {
      then();
      this.#changed();
    }, ms);
  }
}
