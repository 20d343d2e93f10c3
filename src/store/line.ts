// Who waits for the next transaction: those who are held up until it is committed, and those who are not.

import type { Clock } from '../task/index.ts';
import type { Entry } from './commit.ts';

const MOST = 1_024;
/** Whoever holds nobody up waits for so long at most, or until there are so many. */
const PATIENCE_MS = 25;
const ENOUGH = 16;

export class Line {
  readonly #clock: Clock;
  readonly #start: () => void;
  #held: Entry[] = [];
  #patient: Entry[] = [];
  #cancel: (() => void) | undefined;

  /** `start` is called when there is reason for a transaction. */
  constructor(clock: Clock, start: () => void) {
    this.#clock = clock;
    this.#start = start;
  }

  /** Somebody who `mayWait` shares the transaction of whoever comes next, and after a moment is a reason for one. */
  join(entry: Entry, mayWait: boolean): void {
    (mayWait ? this.#patient : this.#held).push(entry);
    if (!mayWait) this.#start();
    else if (this.#patient.length >= ENOUGH) this.hurry();
    else
      this.#cancel ??= this.#clock.timer(() => {
        this.hurry();
      }, PATIENCE_MS);
  }

  /** Nobody is patient any longer. */
  hurry(): void {
    this.#held.unshift(...this.patient());
    this.#start();
  }

  /** The next of those who are held up. */
  held(): Entry[] {
    return this.#held.splice(0, MOST);
  }

  /** All who are not, who came before. */
  patient(): Entry[] {
    this.#cancel?.();
    this.#cancel = undefined;
    return this.#patient.splice(0);
  }
}
