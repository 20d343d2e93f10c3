// The log's files in OPFS: one of transactions for each engine that wrote any, and the checkpoint they build on.

import { ownDirectory } from '../files/directory.ts';
import { entryBytes, entryIn, type LogEntry } from './entry.ts';
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
    if (flush) this.#handle.flush();
    if (this.#size === 0) this.#headerSize = written;
    this.#size += written;
  }

  /** Cuts off the last so many bytes. False where the file was begun since they were written. */
  takeBack(bytes: number): boolean {
    if (this.#size < bytes + this.#headerSize) return false;
    try {
      this.#handle.truncate(this.#size - bytes);
    } catch {
      return false;
    }
    this.#size -= bytes;
    return true;
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
}

/** Reads a whole file of the log. */
export async function readLogFile(directory: FileSystemDirectoryHandle, name: string): Promise<ReadFile> {
  const file = await (await directory.getFileHandle(name)).getFile();
  const { contents, lostBytes } = framesIn(new Uint8Array(await file.arrayBuffer()));
  const entries = contents.map(entryIn).filter((entry) => entry !== undefined);
  return { name, entries, lostBytes };
}

/** A name for a checkpoint that none of these files has: one that is whole must not give way to one that is not yet. */
export function checkpointName(seq: number, taken: readonly string[]): string {
  const name = `checkpoint-${seq}`;
  for (let again = 0; ; again++) {
    const free = again === 0 ? name : `${name}-${again}`;
    if (!taken.includes(free)) return free;
  }
}

/** How far the furthest checkpoint goes, whole or not; 0 if there is none. */
export function lastCheckpoint(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number(/^checkpoint-(\d+)(-\d+)?$/.exec(name)?.[1] ?? 0)));
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
