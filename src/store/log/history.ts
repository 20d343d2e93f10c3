// What the log knows of a database: its generation, the last whole checkpoint, and every transaction after it.

import type { HeadRow } from '../schema.ts';
import type { Batch, Transaction } from './entry.ts';
import { lastCheckpoint, logDirectory, logFileNames, readLogFile, type ReadFile } from './files.ts';

export interface History {
  generation: string;
  /** The number of the last transaction that is known. */
  lastSeq: number;
  batches: Batch[];
  /** In the order of their numbers. */
  transactions: Transaction[];
  /** Bytes that could not be believed: torn ends, and damage. */
  lostBytes: number;
}

/** What a glance at the log tells, without reading it all. */
export interface Glance {
  generation: string;
  lastSeq: number;
  files: number;
}

/** Looks at the last file of each engine, and at the checkpoint's name; `undefined` if there is no log. */
export async function glanceAt(database: string): Promise<Glance | undefined> {
  const files = await filesOf(database, lastOfEach);
  const generation = generationOf(files.read);
  if (generation === undefined) return undefined;
  const seqs = files.read.filter((file) => headerOf(file) === generation).map(lastSeqOf);
  return { generation, lastSeq: Math.max(lastCheckpoint(files.names), ...seqs), files: files.names.length };
}

/** Each engine's files are numbered; only its last can hold its last transaction. */
function lastOfEach(names: readonly string[]): string[] {
  const last = new Map<string, { name: string; turn: number }>();
  for (const name of names) {
    const [id = '', turn] = name.split('.');
    if (turn === undefined) continue;
    if (Number(turn) >= (last.get(id)?.turn ?? 0)) last.set(id, { name, turn: Number(turn) });
  }
  return [...last.values()].map(({ name }) => name);
}

/** Reads the log of a database; `undefined` if it has none, or here is no OPFS. */
export async function readHistory(database: string): Promise<History | undefined> {
  const { read: files } = await filesOf(database, (names) => names);
  const generation = generationOf(files);
  if (generation === undefined) return undefined;
  const own = files.filter((file) => headerOf(file) === generation);
  const checkpoint = lastWhole(own);
  const transactions = trueOnes(
    own
      .flatMap(({ entries }) => entries)
      .filter((entry) => entry.kind === 'transaction')
      .filter((entry) => entry.seq > (checkpoint?.seq ?? 0)),
  );
  return {
    generation,
    lastSeq: transactions.at(-1)?.seq ?? checkpoint?.seq ?? 0,
    batches: checkpoint?.batches ?? [],
    transactions,
    lostBytes: own.reduce((sum, file) => sum + file.lostBytes, 0),
  };
}

/**
 * In the order of their numbers, one of each. There are two of a number where a page died between log and database, and
 * another engine took the number: the next transaction tells which of them it came after.
 */
function trueOnes(transactions: readonly Transaction[]): Transaction[] {
  const chain: Transaction[] = [];
  let expected: number | undefined;
  for (const transaction of [...transactions].sort((a, b) => b.seq - a.seq)) {
    const later = chain.at(-1);
    if (later?.seq === transaction.seq) {
      if (isStamped(later, expected) || !isStamped(transaction, expected)) continue;
      chain.pop();
    } else expected = later === undefined ? undefined : headOf(later)?.stampBefore;
    chain.push(transaction);
  }
  return chain.reverse();
}

function isStamped(transaction: Transaction, stamp: number | undefined): boolean {
  return stamp !== undefined && headOf(transaction)?.stamp === stamp;
}

function headOf({ changes }: Transaction): HeadRow | undefined {
  const rows = changes.find((change) => change.table === 'meta')?.puts as { key: string }[] | undefined;
  return rows?.find((row) => row.key === 'head') as HeadRow | undefined;
}

async function filesOf(
  database: string,
  choose: (names: readonly string[]) => readonly string[],
): Promise<{ names: string[]; read: ReadFile[] }> {
  try {
    const directory = await logDirectory(database);
    const names = await logFileNames(directory);
    return { names, read: await Promise.all(choose(names).map((name) => readLogFile(directory, name))) };
  } catch {
    return { names: [], read: [] };
  }
}

function lastSeqOf({ entries }: ReadFile): number {
  return Math.max(0, ...entries.map((entry) => ('seq' in entry ? entry.seq : 0)));
}

function headerOf({ entries }: ReadFile): string | undefined {
  const header = entries.find((entry) => entry.kind === 'header');
  return header?.generation;
}

/** Of several generations, which only a database made anew leaves behind, the one that went furthest. */
function generationOf(files: readonly ReadFile[]): string | undefined {
  const furthest = new Map<string, number>();
  for (const file of files) {
    const generation = headerOf(file);
    if (generation === undefined) continue;
    furthest.set(generation, Math.max(furthest.get(generation) ?? 0, lastSeqOf(file)));
  }
  return [...furthest].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function lastWhole(files: readonly ReadFile[]): { seq: number; batches: Batch[] } | undefined {
  const whole = files.flatMap(({ entries }) => {
    const batches = entries.filter((entry) => entry.kind === 'batch');
    const end = entries.find((entry) => entry.kind === 'end');
    return end?.batches === batches.length ? [{ seq: end.seq, batches }] : [];
  });
  return whole.sort((a, b) => b.seq - a.seq)[0];
}
