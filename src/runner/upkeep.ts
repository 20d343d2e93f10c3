// What has time until the page is there and its tasks run, and is for the leader alone: room for what runs, files that
// nobody names, and whether the log is whole.

import type { Store } from '../store/index.ts';
import type { Clock } from '../task/index.ts';

const DELAY_MS = 10_000;
/** Damage does not ask when it comes: the log is looked through again, rarely. */
const SCRUB_MS = 3_600_000;

export class Upkeep {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #leads: () => boolean;
  #cancel: () => void = () => undefined;

  constructor(store: Store, clock: Clock, leads: () => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#leads = leads;
  }

  /** To be called when the lead is taken. */
  start(): void {
    this.#after(DELAY_MS, async () => {
      await this.#tidyUp().catch(ignore);
      await this.#scrub();
    });
  }

  close(): void {
    this.#cancel();
  }

  async #tidyUp(): Promise<void> {
    await this.#store.room.reserve();
    await this.#store.sweepFiles();
  }

  async #scrub(): Promise<void> {
    await this.#store.scrub().catch(ignore);
    this.#after(SCRUB_MS, () => this.#scrub());
  }

  #after(ms: number, does: () => Promise<void>): void {
    this.#cancel();
    this.#cancel = this.#clock.timer(() => {
      if (this.#leads()) void does();
    }, ms);
  }
}

function ignore(): void {
  // It is tried again the next time.
}
