// Every row that was ever committed, in each of its versions: what a restored row is held against.

import { KEY_PATHS, type TableName } from '../../../src/store/schema.ts';
import { keyOf, type Key } from '../../../src/store/work.ts';
import type { Written } from '../world/storage/transaction.ts';

/** One version of a row: as it was from a commit on. Without text, it was not there. */
interface Version {
  seq: number;
  text: string | undefined;
  row: object | undefined;
}

export class Truth {
  readonly #versions = new Map<string, Version[]>();
  #lastSeq = 0;

  /** The number of the last commit. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Takes in a commit, if it is one of the store's own. */
  commit(written: readonly Written[]): void {
    const seq = seqOf(written);
    if (seq === undefined || seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    for (const each of written) this.#take(seq, each);
  }

  /** Every row as it was after a commit. */
  at(seq: number): Map<string, object[]> {
    const tables = new Map<string, object[]>();
    for (const [id, versions] of this.#versions) {
      const row = versions.findLast((version) => version.seq <= seq)?.row;
      const table = tableOf(id);
      if (row !== undefined) tables.set(table, [...(tables.get(table) ?? []), row]);
    }
    return tables;
  }

  /** Whether a row, or its absence, was committed, and not replaced before the given commit. */
  wasSoAfter(id: string, row: object | undefined, seq: number): 'yes' | 'stale' | 'never' {
    const text = row === undefined ? undefined : textOf(row);
    const versions = [{ seq: 0, text: undefined }, ...(this.#versions.get(id) ?? [])];
    const matching = versions.flatMap((version, i) =>
      version.text === text ? [versions[i + 1]?.seq ?? Infinity] : [],
    );
    if (matching.length === 0) return 'never';
    return matching.some((end) => end > seq) ? 'yes' : 'stale';
  }

  /** The commit that a row came with. */
  firstSeq(id: string): number {
    return this.#versions.get(id)?.[0]?.seq ?? 0;
  }

  /** What each row is called. */
  get ids(): Iterable<string> {
    return this.#versions.keys();
  }

  /** The rows that a deletion reaches. */
  reached(table: string, range: IDBValidKey | IDBKeyRange): string[] {
    return [...this.#versions.keys()].filter((id) => tableOf(id) === table && isIn(keyIn(id), range));
  }

  #take(seq: number, written: Written): void {
    if (written.kind === 'put') this.#note(idOf(written.table, written.row), seq, written.row);
    else {
      const ids = written.kind === 'clear' ? this.#all(written.table) : this.reached(written.table, written.range);
      for (const id of ids) this.#note(id, seq, undefined);
    }
  }

  #all(table: string): string[] {
    return [...this.#versions.keys()].filter((id) => tableOf(id) === table);
  }

  #note(id: string, seq: number, row: object | undefined): void {
    const versions = this.#versions.get(id) ?? [];
    this.#versions.set(id, versions);
    const version = { seq, row, text: row === undefined ? undefined : textOf(row) };
    if (versions.at(-1)?.seq === seq) versions.pop();
    versions.push(version);
  }
}

/** A row's name: its table and key. */
export function idOf(table: string, row: object): string {
  return `${table} ${JSON.stringify(keyOf(table as TableName, row))}`;
}

export function tableOf(id: string): string {
  return id.slice(0, id.indexOf(' '));
}

function keyIn(id: string): Key {
  return JSON.parse(id.slice(id.indexOf(' ') + 1)) as Key;
}

/** Deletions name one key, or all that begin with some parts. */
function isIn(key: Key, range: IDBValidKey | IDBKeyRange): boolean {
  if (typeof range === 'object' && 'lower' in range) {
    const parts = range.lower as (string | number)[];
    return Array.isArray(key) && parts.every((part, i) => key[i] === part);
  }
  return JSON.stringify(key) === JSON.stringify(range);
}

/** A row as text, so that two can be compared at once. */
export function textOf(row: object): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (value instanceof Map) return { $map: [...(value as Map<unknown, unknown>)] };
    if (value === Infinity) return '$Infinity';
    return value;
  });
}

/** The number of a commit of the store's; what a restore writes has no stamp of its own. */
function seqOf(written: readonly Written[]): number | undefined {
  const heads = written.flatMap((each) => (each.kind === 'put' && each.table === 'meta' ? [each.row] : []));
  const head = heads.find((row) => Reflect.get(row, 'key') === 'head') as
    { commitSeq: number; stamp: number; stampBefore: number } | undefined;
  return head !== undefined && head.stamp !== head.stampBefore ? head.commitSeq : undefined;
}

export const TABLES_BUT_META = Object.keys(KEY_PATHS).filter((table) => table !== 'meta') as TableName[];
