// The log's files in OPFS as they are read: those of transactions, some for each engine, and the checkpoint they build on.

import { ownDirectory } from '../files/directory.ts';
import type { Base } from './chain.ts';
import { type End, entryIn, type LogEntry } from './entry.ts';
import { framesIn } from './frame.ts';

/** The directory of a database's log. Rejects where there is no OPFS. */
export async function logDirectory(database: string): Promise<FileSystemDirectoryHandle> {
  return (await ownDirectory(database)).getDirectoryHandle('log', { create: true });
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
export async function readLogFile(directory: FileSystemDirectoryHandle, name: string): Promise<ReadFile> {
  const { contents, lostBytes, isTorn } = framesIn(await bytesOf(directory, name));
  return { name, entries: contents.flatMap((content) => entryIn(content) ?? []), lostBytes, isTorn };
}

/** The bytes of a whole file of the log. */
export async function bytesOf(directory: FileSystemDirectoryHandle, name: string): Promise<Uint8Array> {
  const file = await (await directory.getFileHandle(name)).getFile();
  return new Uint8Array(await file.arrayBuffer());
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
  directory: FileSystemDirectoryHandle,
  names: readonly string[],
  generation: string,
): Promise<Base | undefined> {
  const checkpoints = names.filter((name) => checkpointSeq(name) !== undefined);
  const latestFirst = checkpoints.sort((a, b) => (checkpointSeq(b) ?? 0) - (checkpointSeq(a) ?? 0));
  for (const name of latestFirst) {
    const end = await readEnd(directory, name);
    if (end?.generation === generation) return end;
  }
  return undefined;
}

const END_BYTES = 512;

async function readEnd(directory: FileSystemDirectoryHandle, name: string): Promise<End | undefined> {
  const file = await (await directory.getFileHandle(name)).getFile();
  const bytes = await file.slice(Math.max(0, file.size - END_BYTES)).arrayBuffer();
  const last = framesIn(new Uint8Array(bytes)).contents.at(-1);
  const entry = last === undefined ? undefined : entryIn(last);
  return entry?.kind === 'end' ? entry : undefined;
}

/** Chromium keeps here what is being written to a file until that is whole. */
const UNDER_WAY = '.crswap';

/** The names of all files of the log. */
export async function logFileNames(directory: FileSystemDirectoryHandle): Promise<string[]> {
  return (await namesIn(directory)).filter((name) => !name.endsWith(UNDER_WAY));
}

/** The names of all that lies there: what a killed browser was writing, too. */
export async function namesIn(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of directory.keys()) names.push(name);
  return names;
}

/** Deletes files, but for those that are held open. Says which are gone. */
export async function deleteLogFiles(
  directory: FileSystemDirectoryHandle,
  names: readonly string[],
): Promise<readonly string[]> {
  const gone = await Promise.all(
    names.map((name) =>
      directory.removeEntry(name).then(
        () => true,
        (error: unknown) => error instanceof DOMException && error.name === 'NotFoundError',
      ),
    ),
  );
  return names.filter((_, i) => gone[i]);
}
