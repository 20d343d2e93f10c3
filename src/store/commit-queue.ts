// Who waits for the next transaction, in order: those who are held up until it is committed, and those who are not.

import type { Clock } from '../task/index.ts';
import type { Entry } from './commit.ts';

const MOST = 1_024;
/** Whoever holds nobody up waits for so long at most, or until there are so many. */
const PATIENCE_MS = 25;
const ENOUGH = 16;

export class CommitQueue {
  readonly #clock: Clock;
  readonly #start: () => void;
  readonly #entries: Entry[] = [];
  #patient = 0;
  #isHeld = false;
  #cancel: (() => void) | undefined;

  /** `start` is called when there is reason for a transaction. */
  constructor(clock: Clock, start: () => void) {
    this.#clock = clock;
    this.#start = start;
  }

  /** Whether somebody is held up, so that there is reason for a transaction. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Somebody who `mayWait` shares the transaction of whoever comes next, and after a moment is a reason for one. */
  join(entry: Entry, mayWait: boolean): void {
    this.#entries.push(entry);
    if (mayWait) this.#patient += 1;
    if (!mayWait || this.#patient >= ENOUGH) this.hurry();
    else
      this.#cancel ??= this.#clock.timer(() => {
        this.hurry();
      }, PATIENCE_MS);
  }

  /** Nobody is patient any longer. */
  hurry(): void {
    this.#isHeld = this.#entries.length > 0;
    this.#start();
  }

  /** The next of them, as they came. */
  take(): Entry[] {
    this.#cancel?.();
    this.#cancel = undefined;
    const taken = this.#entries.splice(0, MOST);
    this.#patient = 0;
    this.#isHeld = this.#entries.length > 0;
    return taken;
  }
}
