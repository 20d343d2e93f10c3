// A task's log, read on from where it ended last.

import type { LogEntry, Runner } from '../../runner/index.ts';
import { systemClock } from '../../task/index.ts';

const KEPT = 1_000;
const READ_ON_MS = 700;

export class TaskLog {
  #runner: Runner;
  #entries = $state.raw<readonly LogEntry[]>([]);
  #read = $state(0);

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** The last lines, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** How many earlier lines are not kept here. */
  get earlier(): number {
    return this.#read - this.#entries.length;
  }

  /** Reads a task's log, and reads on until stopped. */
  follow(id: string): () => void {
    let stopped = false;
    let stopTimer = () => {};
    const next = async () => {
      await this.#readOn(id, () => stopped);
      if (!stopped) stopTimer = systemClock.timer(() => void next(), READ_ON_MS);
    };
    this.#entries = [];
    this.#read = 0;
    void next();
    return () => {
      stopped = true;
      stopTimer();
    };
  }

  async #readOn(id: string, isStopped: () => boolean): Promise<void> {
    if (document.visibilityState === 'hidden' && this.#read > 0) return;
    const { entries } = await this.#runner.log(id, { offset: this.#read, limit: KEPT }).catch(() => ({ entries: [] }));
    if (entries.length === 0 || isStopped()) return;
    this.#read += entries.length;
    this.#entries = [...this.#entries, ...entries].slice(-KEPT);
  }
}
