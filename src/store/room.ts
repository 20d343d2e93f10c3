// What fits on the disk: whether new work may come in, and the room that is kept for what runs already.

import { type Clock, ErrandError } from '../task/index.ts';
import type { Headroom } from './files/index.ts';

/** Free space that is left for running work when new files are asked in. */
const SPARE_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 2_000;

export class Room {
  readonly #headroom: Headroom;
  readonly #clock: Clock;
  /** The headroom is in use: nothing new comes in before it could be taken again. */
  #isUsed = false;
  #notBefore = 0;

  constructor(headroom: Headroom, clock: Clock) {
    this.#headroom = headroom;
    this.#clock = clock;
  }

  /** Throws `quota-exceeded` unless so many bytes of files fit, and room is left for running work. */
  async admit(bytes: number): Promise<void> {
    if (this.#isUsed && !(await this.#takeAgain()))
      throw new ErrandError('quota-exceeded', undefined, { freeBytes: 0 });
    if (bytes === 0) return;
    const { quota, usage } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    if (quota === undefined || usage === undefined || usage + bytes + SPARE_BYTES <= quota) return;
    const freeBytes = Math.max(0, quota - usage - SPARE_BYTES);
    throw new ErrandError('quota-exceeded', undefined, { neededBytes: bytes, freeBytes });
  }

  /** Sees to it that there is a headroom. */
  async reserve(): Promise<void> {
    if (!this.#isUsed) await this.#headroom.reserve();
  }

  /** Running work does not fit: it gets the headroom. False where there is none left. */
  make(): Promise<boolean> {
    this.#isUsed = true;
    return this.#headroom.release();
  }

  async #takeAgain(): Promise<boolean> {
    const now = this.#clock.now();
    // A clock that was set back must not hold anybody up.
    if (now < this.#notBefore && this.#notBefore - now <= RETRY_MS) return false;
    this.#notBefore = now + RETRY_MS;
    this.#isUsed = !(await this.#headroom.reserve());
    return !this.#isUsed;
  }
}
