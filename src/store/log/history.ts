// What the log knows of a database: its generation, the last whole checkpoint, and every transaction after it.

import type { HeadRow } from '../schema.ts';
import type { Batch, Transaction } from './entry.ts';
import { lastCheckpoint, logDirectory, logFileNames, readLogFile, type ReadFile } from './files.ts';

export interface History {
  generation: string;
  /** The number of the last transaction that is known. */
  lastSeq: number;
  /** The number up to which transactions are in the batches. */
  checkpointSeq: number;
  /** The rows of the last whole checkpoint, above those of later ones that are not whole. */
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
  const files = await lastFilesOf(database);
  const generation = generationOf(files.read);
  if (generation === undefined) return undefined;
  const seqs = files.read.filter((file) => headerOf(file) === generation).map(lastSeqOf);
  return { generation, lastSeq: Math.max(lastCheckpoint(files.names), ...seqs), files: files.names.length };
}

/** The last files of each engine, back to one that holds a transaction; all, where these do not tell whose they are. */
async function lastFilesOf(database: string): Promise<{ names: string[]; read: ReadFile[] }> {
  const last = await filesOf(database, async (names, read) =>
    (await Promise.all(byEngine(names).map((files) => readBack(files, read)))).flat(),
  );
  return generationOf(last.read) === undefined ? filesOf(database, readAll) : last;
}

/** The last of an engine's files may have been begun, and nothing more. */
async function readBack(files: readonly string[], read: Read): Promise<ReadFile[]> {
  const back: ReadFile[] = [];
  for (const name of files) {
    const file = await read(name);
    back.push(file);
    if (file.entries.some(({ kind }) => kind === 'transaction')) break;
  }
  return back;
}

/** Each engine's files are numbered: the last first. */
function byEngine(names: readonly string[]): string[][] {
  const engines = new Map<string, string[]>();
  for (const name of names) {
    const [id = '', turn] = name.split('.');
    if (turn !== undefined) engines.set(id, [...(engines.get(id) ?? []), name]);
  }
  const turnOf = (name: string) => Number(name.split('.')[1]);
  return [...engines.values()].map((files) => files.sort((a, b) => turnOf(b) - turnOf(a)));
}

/** Reads the log of a database; `undefined` if it has none, or here is no OPFS. */
export async function readHistory(database: string): Promise<History | undefined> {
  const { read: files } = await filesOf(database, readAll);
  const generation = generationOf(files);
  if (generation === undefined) return undefined;
  const own = files.filter((file) => headerOf(file) === generation);
  const checkpoints = own.flatMap(checkpointIn);
  const checkpoint = checkpoints.filter(({ isWhole }) => isWhole).sort((a, b) => b.seq - a.seq)[0];
  const seq = checkpoint?.seq ?? 0;
  const known = own.flatMap(({ entries }) => entries).filter((entry) => entry.kind === 'transaction');
  const transactions = trueOnes(known.filter((entry) => entry.seq > seq));
  // What can be believed of a checkpoint that is not whole lies beneath all else: it only adds what nothing else knows of.
  const torn = checkpoints.filter((each) => !each.isWhole && each.seq > seq);
  return {
    generation,
    lastSeq: Math.max(seq, transactions.at(-1)?.seq ?? 0, ...torn.map((each) => each.seq)),
    checkpointSeq: seq,
    batches: [...torn, ...(checkpoint === undefined ? [] : [checkpoint])].flatMap(({ batches }) => batches),
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
  return headIn(changes.find((change) => change.table === 'meta')?.puts ?? []);
}

function headIn(rows: readonly object[]): HeadRow | undefined {
  return (rows as { key: string }[]).find((row) => row.key === 'head') as HeadRow | undefined;
}

type Read = (name: string) => Promise<ReadFile>;

/** Rejects where there is a log that cannot be read now. */
async function filesOf(
  database: string,
  readSome: (names: readonly string[], read: Read) => Promise<ReadFile[]>,
): Promise<{ names: string[]; read: ReadFile[] }> {
  if (!(await hasOpfs())) return { names: [], read: [] };
  const directory = await logDirectory(database);
  const names = await logFileNames(directory);
  return { names, read: await readSome(names, (name) => readLogFile(directory, name)) };
}

async function hasOpfs(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return true;
  } catch {
    return false;
  }
}

function readAll(names: readonly string[], read: Read): Promise<ReadFile[]> {
  return Promise.all(names.map(read));
}

function lastSeqOf({ entries }: ReadFile): number {
  return Math.max(0, ...entries.map((entry) => ('seq' in entry ? entry.seq : 0)));
}

function headerOf({ entries }: ReadFile): string | undefined {
  const header = entries.find((entry) => entry.kind === 'header');
  if (header !== undefined) return header.generation;
  // Each transaction, and each whole checkpoint, says so, too.
  const heads = entries.flatMap((entry) => {
    if (entry.kind === 'transaction') return headOf(entry) ?? [];
    return entry.kind === 'batch' && entry.table === 'meta' ? (headIn(entry.rows) ?? []) : [];
  });
  return heads[0]?.generation;
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

interface Checkpoint {
  seq: number;
  batches: Batch[];
  /** None of its batches is lost. */
  isWhole: boolean;
}

function checkpointIn({ name, entries }: ReadFile): Checkpoint[] {
  const end = entries.find((entry) => entry.kind === 'end');
  const before = end === undefined ? entries : entries.slice(0, entries.indexOf(end));
  const batches = before.filter((entry) => entry.kind === 'batch');
  if (end === undefined && batches.length === 0) return [];
  return [{ seq: end?.seq ?? lastCheckpoint([name]), batches, isWhole: end?.batches === batches.length }];
}
