// What the leader sees to beside running tasks: what has come due or is past its deadline, expired pause rules, deleted
// tasks that can no longer be had back, finished ones that are kept long enough, and whether the log is whole.

import { discard, expireRules, makeDue, type Store, sweepTrash } from '../store/index.ts';
import { type Clock, type TaskId, UNDO_MS } from '../task/index.ts';

export interface UpkeepSetup {
  store: Store;
  clock: Clock;
  leads: () => boolean;
  /** Something is to be looked at then, or sooner. */
  wakeAt: (at: number) => void;
}

const MOST_DUE = 200;
const MOST_SWEPT = 200;
/** Where what was found goes at once, so many are found at a time: who looks anew goes over all that has gone. */
const MOST_FOUND = 5_000;
const TIDY_DELAY_MS = 10_000;
const PROVE_DELAY_MS = 2_000;
const TIDY_MS = 3_600_000;
const DAY_MS = 86_400_000;

export class Upkeep {
  readonly #setup: UpkeepSetup;
  #sweeping = false;
  /** What the settings said of retention when they were heeded last: nothing, to begin with. */
  #retained = 'null null';
  #cancel: () => void = () => undefined;
  #cancelProof: () => void = () => undefined;

  constructor(setup: UpkeepSetup) {
    this.#setup = setup;
  }

  /** This engine leads from now on: what has time until its tasks run is done soon, and again and again. */
  begin(): void {
    this.close();
    const { clock } = this.#setup;
    this.#cancel = clock.timer(() => void this.#tidyUp().catch(ignore), TIDY_DELAY_MS);
    this.#cancelProof = clock.timer(() => void this.#prove().catch(ignore), PROVE_DELAY_MS);
  }

  close(): void {
    this.#cancel();
    this.#cancelProof();
  }

  /** Looks at everything whose time may have come. */
  async look(): Promise<void> {
    const { store, clock, leads, wakeAt } = this.#setup;
    const head = store.lastHead;
    if (!leads() || head === undefined) return;
    const now = clock.now();
    const expiries = head.rules.map(({ expiresAt = Infinity }) => expiresAt);
    if (expiries.some((at) => at <= now)) await store.do(expireRules(now)).catch(ignore);
    wakeAt(Math.min(Infinity, ...expiries.filter((at) => at > now)));
    if (head.timed > 0 || head.expiring > 0) wakeAt(await store.do(makeDue(now, MOST_DUE)).catch(() => Infinity));
    if (head.trashed > 0) void this.#sweep().catch(ignore);
  }

  /** Deletes for good what can no longer be had back. */
  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    try {
      const { store, clock } = this.#setup;
      for (let last: TaskId | undefined, isEnd = false; !isEnd;) {
        const swept = await store.do(sweepTrash(clock.now() - UNDO_MS, MOST_SWEPT, last));
        await store.files.delete(swept.files);
        ({ last, isEnd } = swept);
      }
    } finally {
      this.#sweeping = false;
    }
  }

  async #tidyUp(): Promise<void> {
    const { store, clock, leads } = this.#setup;
    if (!leads()) return;
    this.#cancel = clock.timer(() => void this.#tidyUp().catch(ignore), TIDY_MS);
    await store.room.reserve().catch(ignore);
    await store.sweepFiles().catch(ignore);
    await this.#retain().catch(ignore);
  }

  /** Soon, because whoever died before may have left a log with a hole; then rarely, for damage does not ask when it comes. */
  async #prove(): Promise<void> {
    const { store, clock, leads } = this.#setup;
    if (!leads()) return;
    this.#cancelProof = clock.timer(() => void this.#prove().catch(ignore), TIDY_MS);
    await store.scrub();
  }

  /** Looks whether the settings say that fewer finished tasks are kept than when it looked last. */
  retain(): void {
    const { store, leads } = this.#setup;
    const { retentionDays = null, retentionCount = null } = store.lastHead?.settings ?? {};
    const key = `${retentionDays} ${retentionCount}`;
    if (key === this.#retained || !leads()) return;
    this.#retained = key;
    void this.#retain().catch(ignore);
  }

  /** Deletes the finished tasks that are older, or more, than the settings say. */
  async #retain(): Promise<void> {
    const { store, clock } = this.#setup;
    const { retentionDays = null, retentionCount = null } = store.lastHead?.settings ?? {};
    if (retentionDays !== null) {
      const before = clock.now() - retentionDays * DAY_MS;
      await this.#discardWhile((most) => store.finishedBefore(before, most));
    }
    if (retentionCount !== null) await this.#discardWhile((most) => store.finishedBeyond(retentionCount, most));
  }

  async #discardWhile(next: (most: number) => Promise<Parameters<typeof discard>[0]>): Promise<void> {
    const { store, leads } = this.#setup;
    for (let ids = await next(MOST_FOUND); ids.length > 0; ids = await next(MOST_FOUND)) {
      for (let at = 0; at < ids.length; at += MOST_SWEPT) {
        if (!leads()) return;
        const { removed, files } = await store.do(discard(ids.slice(at, at + MOST_SWEPT)));
        await store.files.delete(files);
        if (removed === 0) return;
      }
    }
  }
}

function ignore(): void {
  // It is looked at again with the next poll.
}
