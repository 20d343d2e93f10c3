// What the test itself knows of a history, beside what is stored: what was promised to whom, what ran, what was
// committed. It complains as soon as something runs that must not run again.

import type { Commit } from '../world/storage/databases.ts';
import type { Written } from '../world/storage/transaction.ts';

interface RecordRow {
  taskId: string;
  stepSet: number;
  name: string;
  status?: string;
  kind?: string;
  from?: number;
  results?: unknown[];
}

export class Ledger {
  /** The ids of tasks whose enqueue resolved. */
  readonly accepted = new Set<string>();
  /** The tasks whose cancel resolved. */
  readonly cancelled = new Set<string>();
  readonly complaints: string[] = [];
  /** What is recorded, as far as it was committed: steps by name, items of the map by index. */
  #recorded = new Set<string>();
  #facts = new Map<string, number>();
  #waiting: { fact: string; resolve: () => void }[] = [];

  /** Told by handlers, as long as they live. */
  witness = (...words: unknown[]): void => {
    const fact = words.join(' ');
    this.#facts.set(fact, this.times(fact) + 1);
    if (this.#recorded.has(fact)) this.complaints.push(`${fact} ran again though it was recorded`);
    if (fact === 'endless' && this.cancelled.has('endless')) this.complaints.push('endless ran after its cancel');
    if (words[0] === 'recorded') this.#recorded.add(`step ${String(words[1])}`);
    for (const each of this.#waiting.filter((other) => other.fact === fact)) each.resolve();
  };

  /** How often something happened. */
  times(fact: string): number {
    return this.#facts.get(fact) ?? 0;
  }

  /** Resolves when something happens the next time. */
  heard(fact: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ fact, resolve }));
  }

  /** To be told of every commit. */
  committed = ({ written }: Commit): void => {
    for (const each of written) for (const fact of recordedBy(each)) this.#recorded.add(fact);
  };

  /** The database is gone: what is recorded is what will be restored, and what handlers were told to be. */
  forgetCommits(): void {
    const told = [...this.#facts.keys()].filter((fact) => fact.startsWith('recorded '));
    this.#recorded = new Set(told.map((fact) => fact.replace('recorded ', 'step ')));
  }

  /** The power went: nobody waited for what attempts record to be on the disk. */
  forgetRecords(): void {
    this.#recorded.clear();
  }
}

function recordedBy(written: Written): string[] {
  if (written.kind !== 'put') return [];
  const row = written.row as RecordRow;
  if (written.table === 'steps' && row.kind === 'step' && row.status === 'completed') return [`step ${row.name}`];
  if (written.table !== 'chunks') return [];
  return (row.results ?? []).map((_, i) => `item ${(row.from ?? 0) + i}`);
}
