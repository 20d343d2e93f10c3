// What the log knows of a database: its generation, the last whole checkpoint, and every transaction after it.

import { type Base, chainOf, type Link } from './chain.ts';
import { type Batch, type End, linkOf, type Transaction } from './entry.ts';
import { atLog, checkpointSeq, logFileNames, type ReadFile, readLogFile } from './files.ts';
import { generationOf, hasOpfs, headerOf } from './glance.ts';

/** A transaction with its place among the others. */
export type Placed = Transaction & Link;

export interface History {
  generation: string;
  /** The number of the last transaction that is known, and its stamp. */
  lastSeq: number;
  lastStamp: number;
  /** The number up to which transactions are in the batches. */
  checkpointSeq: number;
  /** The rows of the last whole checkpoint, above those of later ones that are not whole. */
  batches: Batch[];
  /** In order, from the checkpoint on, or from the database, if that is further. */
  transactions: Placed[];
  /** Something is missing that came before this number; 0 where all is there. */
  wholeFrom: number;
}

/**
 * Reads the log of a database, for one that is gone or is at `from`; `undefined` if it has none, or here is no OPFS.
 * Rejects where it cannot be read now, unless this is the last try: then it does without what it cannot read.
 */
export async function readHistory(
  database: string,
  from: Base | undefined,
  isLastTry: boolean,
): Promise<History | undefined> {
  const files = await readAll(database, isLastTry);
  const generation = generationOf(files);
  if (generation === undefined) return undefined;
  const own = files.filter((file) => headerOf(file) === generation);
  const checkpoints = own.flatMap(checkpointIn);
  const whole = checkpoints.filter(({ isWhole }) => isWhole).sort((a, b) => b.seq - a.seq)[0];
  const checkpoint: Base = whole ?? { seq: 0, stamp: 0 };
  const known = own.flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'transaction'));
  const base = from !== undefined && from.seq >= checkpoint.seq ? from : checkpoint;
  const chain = chainOf(
    known.map((entry): Placed => ({ ...entry, ...linkOf(entry) })),
    base,
  );
  // What can be believed of a checkpoint that is not whole lies beneath all else: it only adds what nothing else knows of.
  const torn = checkpoints.filter((each) => !each.isWhole && each.seq > checkpoint.seq);
  const last = chain.links.at(-1) ?? base;
  const furthest = Math.max(last.seq, ...torn.map(({ seq }) => seq));
  const isOpenEnded =
    Math.max(furthest, whole?.until ?? 0) > last.seq || files.some((file) => isTornEnd(file, generation));
  return {
    generation,
    lastSeq: furthest,
    lastStamp: last.stamp,
    checkpointSeq: checkpoint.seq,
    batches: [...torn, ...(whole === undefined ? [] : [whole])].flatMap(({ batches }) => batches),
    transactions: chain.links,
    wholeFrom: isOpenEnded ? Infinity : chain.wholeFrom,
  };
}

/** It ends in bytes that may have been the last transactions of all. */
function isTornEnd(file: ReadFile, generation: string): boolean {
  return file.isTorn && checkpointSeq(file.name) === undefined && (headerOf(file) ?? generation) === generation;
}

async function readAll(database: string, isLastTry: boolean): Promise<ReadFile[]> {
  if (!(await hasOpfs())) return [];
  return atLog(database, async (home) => {
    const read = (name: string) =>
      readLogFile(home, name).catch((error: unknown): ReadFile => {
        if (!isLastTry) throw error;
        return { name, entries: [], lostBytes: 0, isTorn: true };
      });
    return Promise.all((await logFileNames(home)).map(read));
  });
}

interface Checkpoint extends Base {
  /** Some of its rows may be of any transaction up to this one. */
  until: number;
  batches: Batch[];
  /** None of its batches is lost. */
  isWhole: boolean;
}

function checkpointIn({ name, entries }: ReadFile): Checkpoint[] {
  const end = entries.find((entry): entry is End => entry.kind === 'end');
  const before = end === undefined ? entries : entries.slice(0, entries.indexOf(end));
  const batches = before.filter((entry) => entry.kind === 'batch');
  if (end === undefined && batches.length === 0) return [];
  const { seq, stamp, until } = end ?? { seq: checkpointSeq(name) ?? 0, stamp: NaN, until: NaN };
  return [{ seq, stamp, until, batches, isWhole: end?.batches === batches.length }];
}
