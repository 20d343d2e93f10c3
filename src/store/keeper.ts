// Keeps the log small, up to date, and free of what was removed.

import type { Clock } from '../task/index.ts';
import { batchesOf, couldRestore, type RedoLog } from './log/index.ts';
import type { HeadRow } from './schema.ts';

export interface KeeperSetup {
  database: string;
  log: RedoLog | undefined;
  clock: Clock;
  use: <T>(work: (database: IDBDatabase) => Promise<T>) => Promise<T>;
  head: () => Promise<HeadRow>;
  /** A checkpoint of everything up to a commit was written. */
  onCheckpoint: (seq: number) => void;
}

const CHECKPOINT_ROWS = 500;
/** What was removed leaves the log so much later at the soonest, and checkpoints have a twentieth of the time at most. */
const PURGE_MS = 10_000;
const PURGE_REST = 20;
const LONGEST_PURGE_MS = 600_000;
/** A log that is behind is made up for so much later; where that fails, twice as late each time. */
const CATCH_UP_MS = 1_000;
const MOST_CATCH_UP_MS = 60_000;
const SCRUBS = 3;

export class Keeper {
  readonly #setup: KeeperSetup;
  readonly #log: RedoLog | undefined;
  #checkpointing: Promise<void> | undefined;
  #purging = false;
  #closed = false;
  #removedSeq = 0;
  #checkpointMs = 0;
  #willCatchUp = false;
  #catchUpMs = CATCH_UP_MS;
  #provenAt: number | undefined;

  constructor(setup: KeeperSetup) {
    this.#setup = setup;
    this.#log = setup.log;
    if (this.#log === undefined) return;
    this.#log.onBehind = () => {
      this.#catchUpLater();
    };
    if (this.#log.isBehind) this.#catchUpLater();
  }

  /** Whether all that is written has a second home outside the database, is on its way there, or has none here. */
  get state(): 'kept' | 'behind' | 'none' {
    if (this.#log === undefined) return 'none';
    return this.#log.isBehind ? 'behind' : 'kept';
  }

  /** When this engine last read the log from end to end and found that it could make the database again. */
  get provenAt(): number | undefined {
    return this.#provenAt;
  }

  /** Looks at what a commit, here or elsewhere, has left behind. */
  look(head: HeadRow): void {
    if (this.#log === undefined) return;
    this.#removedSeq = head.removedSeq ?? 0;
    if (this.#log.wantsCheckpoint) void this.checkpoint().catch(ignore);
    if (this.#mustPurge && !this.#purging) this.#purgeLater();
  }

  /** The log lacks something that the database has. */
  catchUp(): void {
    this.#log?.fallBehind();
    void this.checkpoint().catch(ignore);
  }

  /** Reads the whole log, slowly. One that could not make the database again is damaged, and made anew from it. */
  async scrub(): Promise<void> {
    if (this.#log === undefined || (await this.#prove())) return;
    this.#log.fallBehind();
    await this.checkpoint().catch(ignore);
    await this.#prove();
  }

  async #prove(): Promise<boolean> {
    const { clock, database, head } = this.#setup;
    const rest = () => new Promise<void>((resolve) => clock.timer(resolve, 0));
    for (let tries = SCRUBS; tries > 0; tries--) {
      // What is behind is made up for first; what is being written cannot be read to its end.
      await (this.#log?.isBehind === true ? this.checkpoint() : this.#checkpointing)?.catch(ignore);
      if (this.#closed) return true;
      if (!(await couldRestore(database, await head(), rest).catch(() => false))) continue;
      this.#provenAt = clock.now();
      return true;
    }
    return false;
  }

  /** Compacts the log to what there is, in small reads that hold nobody up. */
  checkpoint(): Promise<void> {
    this.#checkpointing ??= this.#checkpoint().finally(() => {
      this.#checkpointing = undefined;
      this.#catchUpMs = this.#log?.isBehind === true ? Math.min(this.#catchUpMs * 2, MOST_CATCH_UP_MS) : CATCH_UP_MS;
      if (this.#log?.isBehind === true) this.#catchUpLater();
    });
    return this.#checkpointing;
  }

  /** Another engine wrote a checkpoint: what is in it goes from this engine's files. */
  forget(seq: number): void {
    void this.#log?.forget(seq).catch(ignore);
  }

  close(): void {
    this.#closed = true;
  }

  /** Rows may be newer than `seq` when they are read: what changed them is in the files that follow, and done again. */
  async #checkpoint(): Promise<void> {
    if (this.#log === undefined) return;
    const { clock, use, head, onCheckpoint } = this.#setup;
    const superfluous = await this.#log.rotate();
    const begun = clock.elapsed();
    const seq = await this.#log.checkpoint(superfluous, head, batchesOf(use, CHECKPOINT_ROWS));
    this.#checkpointMs = clock.elapsed() - begun;
    onCheckpoint(seq);
  }

  #catchUpLater(): void {
    if (this.#willCatchUp || this.#closed) return;
    this.#willCatchUp = true;
    this.#setup.clock.timer(() => {
      this.#willCatchUp = false;
      if (!this.#closed && this.#log?.isBehind === true) void this.checkpoint().catch(ignore);
    }, this.#catchUpMs);
  }

  /** Something was removed that the log still holds. */
  get #mustPurge(): boolean {
    return this.#log !== undefined && this.#removedSeq > this.#log.checkpointSeq;
  }

  /** Several removals share one checkpoint. */
  #purgeLater(): void {
    this.#purging = true;
    const purge = () => {
      this.#purging = false;
      if (!this.#closed && this.#mustPurge) void this.checkpoint().catch(ignore);
    };
    this.#setup.clock.timer(purge, Math.min(Math.max(PURGE_MS, this.#checkpointMs * PURGE_REST), LONGEST_PURGE_MS));
  }
}

function ignore(): void {
  // It is tried again a little later, or when the log has grown further.
}
