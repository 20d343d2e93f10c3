// The log's files in OPFS: one of transactions for each engine that wrote any, and the checkpoint they build on.

import { ownDirectory } from '../files/directory.ts';
import type { Base } from './chain.ts';
import { type End, entryBytes, entryIn, type LogEntry } from './entry.ts';
import { framesIn } from './frame.ts';

/** An append-only file, held open. Two engines never share one. */
export class LogFile {
  readonly name: string;
  readonly #handle: FileSystemSyncAccessHandle;
  #size = 0;
  #headerSize = 0;

  private constructor(name: string, handle: FileSystemSyncAccessHandle) {
    this.name = name;
    this.#handle = handle;
  }

  /** Begins a file with its header. Where that fails, nobody holds it. */
  static async create(directory: FileSystemDirectoryHandle, name: string, generation: string): Promise<LogFile> {
    const handle = await (await directory.getFileHandle(name, { create: true })).createSyncAccessHandle();
    try {
      handle.truncate(0);
      const file = new LogFile(name, handle);
      file.append(entryBytes({ kind: 'header', generation }));
      return file;
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** It has its header and nothing else. */
  get isEmpty(): boolean {
    return this.#size === this.#headerSize;
  }

  /** Appends bytes, and sees them onto the disk if they must outlive a power cut. Throws `QuotaExceededError`, and then the file is as it was. */
  append(bytes: Uint8Array<ArrayBuffer>, flush = true): void {
    const written = this.#handle.write(bytes, { at: this.#size });
    if (written < bytes.length) {
      this.#handle.truncate(this.#size);
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    }
    if (flush) this.#flushOr(this.#size);
    if (this.#size === 0) this.#headerSize = written;
    this.#size += written;
  }

  /** Cuts off the last so many bytes. False where the file was begun since they were written. */
  takeBack(bytes: number): boolean {
    if (this.#size < bytes + this.#headerSize) return false;
    try {
      this.#handle.truncate(this.#size - bytes);
      this.#size -= bytes;
      this.#handle.flush();
      return true;
    } catch {
      return false;
    }
  }

  /** Sees everything onto the disk. */
  flush(): void {
    this.#handle.flush();
  }

  /** What is not on the disk for sure must not be found there later. */
  #flushOr(size: number): void {
    try {
      this.#handle.flush();
    } catch (error) {
      this.#handle.truncate(size);
      throw error;
    }
  }

  close(): void {
    this.#handle.close();
  }
}

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

/** The names of all files of the log. */
export async function logFileNames(directory: FileSystemDirectoryHandle): Promise<string[]> {
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
