// The log's files in OPFS as they are read: those of transactions, some for each engine, and the checkpoint they build on.

import { joined } from '../../task/index.ts';
import { ownDirectory } from '../files/directory.ts';
import type { Base } from './chain.ts';
import { type End, entryIn, type LogEntry } from './entry.ts';
import { framesIn } from './frame.ts';
import { Tails } from './tails.ts';

/** Where a database's log lies. */
export interface LogHome {
  directory: FileSystemDirectoryHandle;
  /** What follows the header of those files that have a tail; none where there are no storage buckets. */
  tails: Tails | undefined;
}

/** Rejects where there is no OPFS. Its tails are to be closed. */
export async function logHome(database: string): Promise<LogHome> {
  const directory = await (await ownDirectory(database)).getDirectoryHandle('log', { create: true });
  return { directory, tails: Tails.of(database) };
}

/** Works on a log, and closes it. Rejects where there is no OPFS. */
export async function atLog<T>(database: string, work: (home: LogHome) => Promise<T>): Promise<T> {
  const home = await logHome(database);
  try {
    return await work(home);
  } finally {
    home.tails?.close();
  }
}

const WITH_TAIL = '-t';

/** An engine of this name writes files with a tail. */
export function withTail(engine: string): string {
  return `${engine}${WITH_TAIL}`;
}

/** Whether a file is only the header of what lies in its tail. */
export function hasTail(name: string): boolean {
  return name.split('.')[0]?.endsWith(WITH_TAIL) === true;
}

export interface ReadFile {
  name: string;
  entries: LogEntry[];
  /** Bytes that could not be believed. */
  lostBytes: number;
  /** Such bytes stand at its end: nobody knows what they were. */
  isTorn: boolean;
}

/** Reads a whole file of the log. */
export async function readLogFile(home: LogHome, name: string): Promise<ReadFile> {
  const { contents, lostBytes, isTorn } = framesIn(await bytesOf(home, name));
  return { name, entries: contents.flatMap((content) => entryIn(content) ?? []), lostBytes, isTorn };
}

/** Stands for what is gone of a tail whose first row, which is empty, is not there: a byte that belongs to no frame. */
const LOST = Uint8Array.of(0);

/** The bytes of a whole file of the log. */
export async function bytesOf({ directory, tails }: LogHome, name: string): Promise<Uint8Array> {
  const file = await (await directory.getFileHandle(name)).getFile();
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!hasTail(name)) return bytes;
  const tail = (await tails?.read(name)) ?? [];
  const isWhole = tail[0]?.length === 0;
  return joined([bytes, ...(isWhole ? [] : [LOST]), ...tail]);
}

/** A name for an engine's checkpoint. No two share one: what is whole must not give way to what is not yet. */
export function checkpointName(seq: number, id: string): string {
  return `checkpoint-${seq}-${id}`;
}

/** How far a checkpoint goes, by its name, if it is whole; `undefined` if this is none. */
export function checkpointSeq(name: string): number | undefined {
  const seq = /^checkpoint-(\d+)(-|$)/.exec(name)?.[1];
  return seq === undefined ? undefined : Number(seq);
}

/** The last checkpoint that was written to its end; it may have been damaged since. */
export async function lastCheckpoint(
  home: LogHome,
  names: readonly string[],
  generation: string,
): Promise<Base | undefined> {
  const checkpoints = names.filter((name) => checkpointSeq(name) !== undefined);
  const latestFirst = checkpoints.sort((a, b) => (checkpointSeq(b) ?? 0) - (checkpointSeq(a) ?? 0));
  for (const name of latestFirst) {
    const end = await readEnd(home, name);
    if (end?.generation === generation) return end;
  }
  return undefined;
}

const END_BYTES = 512;

async function readEnd({ directory }: LogHome, name: string): Promise<End | undefined> {
  const file = await (await directory.getFileHandle(name)).getFile();
  const bytes = await file.slice(Math.max(0, file.size - END_BYTES)).arrayBuffer();
  const last = framesIn(new Uint8Array(bytes)).contents.at(-1);
  const entry = last === undefined ? undefined : entryIn(last);
  return entry?.kind === 'end' ? entry : undefined;
}

/** Chromium keeps here what is being written to a file until that is whole. */
const UNDER_WAY = '.crswap';

/** The names of all files of the log. */
export async function logFileNames(home: LogHome): Promise<string[]> {
  return (await namesIn(home)).filter((name) => !name.endsWith(UNDER_WAY));
}

/** The names of all that lies there: what a killed browser was writing, too. */
export async function namesIn({ directory }: LogHome): Promise<string[]> {
  const names: string[] = [];
  for await (const name of directory.keys()) names.push(name);
  return names;
}

/** Deletes files, but for those that are held open. Says which are gone. */
export async function deleteLogFiles(
  { directory, tails }: LogHome,
  names: readonly string[],
): Promise<readonly string[]> {
  const remove = async (name: string) => {
    // The tail first: nobody would look for it without its file.
    if (hasTail(name)) await tails?.deleteAll(name);
    await directory.removeEntry(name);
  };
  const gone = await Promise.all(
    names.map((name) =>
      remove(name).then(
        () => true,
        (error: unknown) => error instanceof DOMException && error.name === 'NotFoundError',
      ),
    ),
  );
  return names.filter((_, i) => gone[i]);
}
