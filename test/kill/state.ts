// The directory of one back end's matrix: the profile that is opened again and again, the totals of all runs, the ledger,
// and a report of each violation. A run goes on where the one before it ended.

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newTotals, type Totals } from './totals.ts';

export type Backend = 'leveldb' | 'sqlite';

interface Kept {
  seed: string;
  /** The pages' origin must stay the same, or their database would be another. */
  port: number;
  totals: Totals;
  /** The number of the next cycle. Those that were broken off have one, too, so that no name is given twice. */
  next: number;
  /** The database was made: from now on it has to be there. */
  isMade: boolean;
  /** The log was damaged, and no engine has read it through since. */
  logIsDoubtful?: boolean;
}

export class State {
  readonly backend: Backend;
  readonly directory: string;
  readonly kept: Kept;

  constructor(root: string, backend: Backend, seed: string, fresh: boolean) {
    this.backend = backend;
    this.directory = join(root, backend);
    if (fresh) rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(join(this.directory, 'reports'), { recursive: true });
    this.kept = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Kept)
      : { seed, port: 0, totals: newTotals(), next: 0, isMade: false };
    this.kept.totals = { ...newTotals(), ...this.kept.totals };
  }

  get totals(): Totals {
    return this.kept.totals;
  }

  get profile(): string {
    return join(this.directory, 'profile');
  }

  get ledgerFile(): string {
    return join(this.directory, 'ledger.jsonl');
  }

  get #file(): string {
    return join(this.directory, 'totals.json');
  }

  /** In one step, so that a run that is broken off leaves either the old or the new. */
  save(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.kept, null, 2));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Adds a line to a file of things that are counted but break no promise. */
  append(file: string, line: unknown): void {
    appendFileSync(join(this.directory, file), `${JSON.stringify(line, printable)}\n`);
  }

  /** Begins anew with an empty profile; the totals go on. */
  dropProfile(): void {
    rmSync(this.profile, { recursive: true, force: true });
    rmSync(this.ledgerFile, { force: true });
    this.kept.isMade = false;
  }

  /** Keeps what the browser left on the disk, for the report of what comes of it. */
  keepRemains(): void {
    const remains = join(this.directory, 'remains');
    rmSync(remains, { recursive: true, force: true });
    for (const part of ['IndexedDB', 'File System']) {
      const from = join(this.profile, 'Default', part);
      if (existsSync(from)) cpSync(from, join(remains, part), { recursive: true });
    }
  }

  /** Writes a report with all that is known, and puts what the browser had left on the disk beside it. Gives its path. */
  report(name: string, facts: unknown): string {
    const folder = join(this.directory, 'reports', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'report.json'), JSON.stringify(facts, printable, 2));
    const remains = join(this.directory, 'remains');
    if (existsSync(remains)) cpSync(remains, join(folder, 'remains'), { recursive: true });
    if (existsSync(this.ledgerFile)) cpSync(this.ledgerFile, join(folder, 'ledger.jsonl'));
    return join(folder, 'report.json');
  }
}

function printable(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value === Infinity) return 'Infinity';
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
