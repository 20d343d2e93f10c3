// A task's log, read on from where it ended last, for as long as more may come.

import { untrack } from 'svelte';
import type { LogEntry, Runner } from '../../runner/index.ts';
import { systemClock } from '../../task/index.ts';
import { machine } from '../time/format.ts';
import { jsonOf } from '../parts/json.ts';

const KEPT = 1_000;
const READ_ON_MS = 700;
const MOST_AT_ONCE = 1_000;

export class TaskLog {
  #runner: Runner;
  #id = '';
  #entries = $state.raw<readonly LogEntry[]>([]);
  #read = $state(0);
  #isKnown = $state(false);

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** Whether it was read at all by now. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** The last lines, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** How many earlier lines are not kept here. */
  get earlier(): number {
    return this.#read - this.#entries.length;
  }

  /** Reads a task's log and, while it may grow, reads on until stopped. */
  follow(id: string, mayGrow: boolean): () => void {
    let stopped = false;
    let stopTimer = () => {};
    const next = async () => {
      await this.#readOn(id, () => stopped);
      if (!stopped && mayGrow) stopTimer = systemClock.timer(() => void next(), READ_ON_MS);
    };
    untrack(() => {
      if (id !== this.#id) {
        this.#id = id;
        this.#entries = [];
        this.#read = 0;
        this.#isKnown = false;
      }
      void next();
    });
    return () => {
      stopped = true;
      stopTimer();
    };
  }

  /** All of it as text, the lines that are not kept here included. */
  async text(): Promise<string> {
    const all: LogEntry[] = [];
    for (let total = 1; all.length < total;) {
      const page = await this.#runner.log(this.#id, { offset: all.length, limit: MOST_AT_ONCE });
      if (page.entries.length === 0) break;
      all.push(...page.entries);
      total = page.total;
    }
    return all.map(lineOf).join('\n');
  }

  async #readOn(id: string, isStopped: () => boolean): Promise<void> {
    if (document.visibilityState === 'hidden' && this.#read > 0) return;
    for (let isMore = true; isMore && !isStopped();) {
      const { entries } = await this.#runner
        .log(id, { offset: this.#read, limit: KEPT })
        .catch(() => ({ entries: [] }));
      if (isStopped()) return;
      this.#isKnown = true;
      if (entries.length === 0) return;
      this.#read += entries.length;
      this.#entries = [...this.#entries, ...entries].slice(-KEPT);
      isMore = entries.length === KEPT;
    }
  }
}

function lineOf({ at, level, message, data }: LogEntry): string {
  return `${machine(at)} ${level} ${message}${data === undefined ? '' : ` ${jsonOf(data)}`}`;
}
