// What a damaged log must still give: for each row, how new it is at least, by what lies before the damage in each file.

import type { Change } from '../../../src/store/work.ts';
import type { Damage } from './damage.ts';
import type { Exhibit, Placed } from './exhibit.ts';
import { idOf, textOf } from './truth.ts';

/** The commit that each row is at least as new as. */
export class Floor {
  readonly #exhibit: Exhibit;
  /** Of every row, were it known of or not. */
  #all: number;
  readonly #rows = new Map<string, number>();

  constructor(exhibit: Exhibit, damages: readonly Damage[], seq: number) {
    this.#exhibit = exhibit;
    const files = [...exhibit.entries].map(([path, placed]) => entriesBefore(path, placed, damages));
    const whole = files.flatMap((entries) => wholeCheckpoint(entries) ?? []);
    this.#all = Math.max(seq, ...whole);
    for (const entries of files) this.#take(entries);
  }

  of(id: string): number {
    return Math.max(this.#all, this.#rows.get(id) ?? 0);
  }

  /** Of a checkpoint that is not whole, the rows before the damage must be there, however old. */
  #take(entries: readonly Placed['entry'][]): void {
    for (const entry of entries) {
      if (entry.kind === 'transaction') for (const change of entry.changes) this.#change(entry.seq, change);
      if (entry.kind === 'batch' && this.#all === 0) for (const row of entry.rows) this.#mustBe(idOf(entry.table, row));
    }
  }

  #mustBe(id: string): void {
    this.#raise(id, this.#exhibit.truth.firstSeq(id));
  }

  #raise(id: string, seq: number): void {
    this.#rows.set(id, Math.max(this.#rows.get(id) ?? 0, seq));
  }

  #change(seq: number, { table, puts, deletes, deletedPrefixes, cleared }: Change): void {
    const { truth } = this.#exhibit;
    const raise = (id: string) => this.#raise(id, seq);
    for (const row of puts) raise(idOf(table, row));
    for (const key of deletes) raise(`${table} ${JSON.stringify(key)}`);
    for (const id of truth.ids) if (cleared === true && id.startsWith(`${table} `)) raise(id);
    for (const parts of deletedPrefixes) for (const id of truth.reached(table, IDBKeyRangeLike(parts))) raise(id);
  }
}

function IDBKeyRangeLike(lower: (string | number)[]): IDBKeyRange {
  return { lower } as unknown as IDBKeyRange;
}

function entriesBefore(path: string, placed: readonly Placed[], damages: readonly Damage[]): Placed['entry'][] {
  const from = Math.min(...damages.filter((each) => each.file === path).map((each) => each.from), Infinity);
  return placed.filter(({ end }) => end <= from).map(({ entry }) => entry);
}

/** The number of the checkpoint that these entries are, if they are one, and whole. */
function wholeCheckpoint(entries: readonly Placed['entry'][]): number | undefined {
  const end = entries.find((entry) => entry.kind === 'end');
  return entries[0]?.kind === 'header' ? end?.seq : undefined;
}

/** Rows that were never committed as they are, and rows that are older than they must be. */
export function wrongRows(exhibit: Exhibit, floor: Floor, tables: ReadonlyMap<string, readonly object[]>): string[] {
  const rows = new Map(
    [...tables].flatMap(([table, all]) => all.map((row) => [idOf(table, row), known(row)] as const)),
  );
  const ids = new Set([...exhibit.truth.ids, ...rows.keys()].filter((id) => !id.startsWith('meta ')));
  return [...ids].flatMap((id) => {
    const verdict = exhibit.truth.wasSoAfter(id, rows.get(id), floor.of(id));
    if (verdict === 'yes') return [];
    const row = rows.get(id);
    const is = row === undefined ? 'is not there' : `is ${textOf(row).slice(0, 200)}`;
    return [`${id} ${is}: ${verdict === 'never' ? 'never so' : `older than commit ${floor.of(id)}`}`];
  });
}

/** A restore says what it is not sure of. */
function known(row: object): object {
  const { mayHaveRun: _mayHaveRun, ...rest } = row as { mayHaveRun?: true };
  return rest;
}

/** What is said to be whole must have been so once: as it was after some commit. */
export function untrue(exhibit: Exhibit, tables: ReadonlyMap<string, readonly object[]>): string[] {
  const texts = (rows: readonly object[]) => rows.map(textOf).sort().join();
  const isSoAt = (seq: number) => {
    const then = exhibit.truth.at(seq);
    return [...tables].every(([table, rows]) => texts(rows) === texts(then.get(table) ?? []));
  };
  for (let seq = exhibit.seq; seq > 0; seq--) if (isSoAt(seq)) return [];
  return ['what was made again is said to be whole, and never was so'];
}
