// Writes how attempts ended, once each. What could not be written is tried again, smaller if need be.

import type { Performed } from '../pool/index.ts';
import type { Settlement, Store } from '../store/index.ts';
import { type Clock, ErrandError, type TaskState } from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { type Ending, settlementOf, settling, withoutResult } from './settlement.ts';

export interface SettlerSetup {
  store: Store;
  clock: Clock;
  /** The attempt has ended, and is not settled yet. */
  ended: (attempt: Attempt) => void;
  /** Whether nobody is held up by a moment before it is settled. */
  mayWait: (attempt: Attempt) => boolean;
  /** What became of its task, or `undefined` where somebody else has settled that. */
  settled: (attempt: Attempt, state: TaskState | undefined) => void;
}

const RESETTLE_MS = 1_000;
const LOST = new ErrandError('claim-lost').toPlain();

export class Settler {
  readonly #setup: SettlerSetup;
  #closed = false;

  constructor(setup: SettlerSetup) {
    this.#setup = setup;
  }

  settle(attempt: Attempt, ending: Ending, log: Performed['log'] = []): void {
    if (attempt.over) return;
    attempt.over = true;
    attempt.cancelTimeout();
    attempt.cancelLook();
    attempt.stopHelpers(LOST);
    this.#setup.ended(attempt);
    this.#write(attempt, settlementOf(attempt, ending, log, this.#setup.clock));
  }

  close(): void {
    this.#closed = true;
  }

  #write(attempt: Attempt, settlement: Settlement): void {
    const { store } = this.#setup;
    const mayWait = settlement.event.kind === 'succeeded' && this.#setup.mayWait(attempt);
    store.do(settling(settlement), mayWait).then(
      (state) => {
        this.#setup.settled(attempt, state);
      },
      (error: unknown) => {
        this.#again(attempt, settlement, error);
      },
    );
  }

  /** Without its result where that did not fit on the disk. */
  #again(attempt: Attempt, settlement: Settlement, error: unknown): void {
    if (this.#closed) return;
    const { clock } = this.#setup;
    const ending = settlement.event.kind === 'succeeded' ? withoutResult(attempt, error) : undefined;
    const smaller = ending === undefined ? settlement : settlementOf(attempt, ending, [], clock);
    clock.timer(() => {
      this.#write(attempt, smaller);
    }, RESETTLE_MS);
  }
}
