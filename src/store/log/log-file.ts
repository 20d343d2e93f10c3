// One file of the log as it is written: by a sync access handle where the realm has one; in a service worker, which has
// none, as a header with a tail elsewhere, or as a small file that is written anew with each entry, whole or not at all.

import { joined } from '../../task/index.ts';
import { entryBytes } from './entry.ts';
import { hasTail, type LogHome } from './files.ts';
import type { Tails } from './tails.ts';

/** An append-only file. Two engines never share one. What a sync handle does at once, others take their time for. */
export interface LogFile {
  readonly name: string;
  readonly size: number;
  /** It has its header and nothing else. */
  readonly isEmpty: boolean;
  /** Once it is that large, another is begun. */
  readonly fullBytes: number;
  /** Appends bytes, and sees them onto the disk if they must outlive a power cut. Throws `QuotaExceededError`, and then the file is as it was. */
  append(bytes: Uint8Array<ArrayBuffer>, flush?: boolean): void | Promise<void>;
  /** Cuts off the last so many bytes. False where the file was begun since they were written. */
  takeBack(bytes: number): boolean | Promise<boolean>;
  /** Sees everything onto the disk. */
  flush(): void;
  close(): void | Promise<void>;
}

const FULL_BYTES = 1024 * 1024;
const LOOSE_FULL_BYTES = 64 * 1024;

/** Begins a file with its header. Where that fails, nobody holds it. Rejects with a `TypeError` where files cannot be written here. */
export async function createLogFile(
  { directory, tails }: LogHome,
  name: string,
  generation: string,
  kind: 'transactions' | 'checkpoint' = 'transactions',
): Promise<LogFile> {
  const handle = await directory.getFileHandle(name, { create: true });
  const header = entryBytes({ kind: 'header', generation });
  if ('createSyncAccessHandle' in handle) return SyncFile.create(name, handle, header);
  if (kind === 'checkpoint') return StreamedFile.create(name, handle, header);
  if (tails !== undefined && hasTail(name)) return TailedFile.create(name, handle, header, tails);
  return LooseFile.create(name, handle, header);
}

type Handle = FileSystemFileHandle;

class SyncFile implements LogFile {
  readonly fullBytes = FULL_BYTES;
  readonly name: string;
  readonly #handle: FileSystemSyncAccessHandle;
  readonly #headerSize: number;
  #size = 0;

  private constructor(name: string, handle: FileSystemSyncAccessHandle, headerSize: number) {
    this.name = name;
    this.#handle = handle;
    this.#headerSize = headerSize;
  }

  static async create(name: string, handle: Handle, header: Uint8Array<ArrayBuffer>): Promise<LogFile> {
    const access = await handle.createSyncAccessHandle();
    try {
      access.truncate(0);
      const file = new SyncFile(name, access, header.length);
      file.append(header);
      return file;
    } catch (error) {
      access.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#size === this.#headerSize;
  }

  append(bytes: Uint8Array<ArrayBuffer>, flush = true): void {
    const written = this.#handle.write(bytes, { at: this.#size });
    if (written < bytes.length) {
      this.#handle.truncate(this.#size);
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    }
    if (flush) this.#flushOr(this.#size);
    this.#size += written;
  }

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

  flush(): void {
    this.#handle.flush();
  }

  close(): void {
    this.#handle.close();
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
}

/**
 * Small, and kept in memory whole: a writable stream takes the place of the file only once it is closed. The next one is opened
 * ahead of time, because whoever waits for an entry would wait for that, too.
 */
class LooseFile implements LogFile {
  readonly fullBytes = LOOSE_FULL_BYTES;
  readonly name: string;
  readonly #handle: Handle;
  #parts: Uint8Array<ArrayBuffer>[];
  #next: Promise<FileSystemWritableFileStream> | undefined;
  #isClosed = false;

  private constructor(name: string, handle: Handle, header: Uint8Array<ArrayBuffer>) {
    this.name = name;
    this.#handle = handle;
    this.#parts = [header];
  }

  static async create(name: string, handle: Handle, header: Uint8Array<ArrayBuffer>): Promise<LogFile> {
    const file = new LooseFile(name, handle, header);
    await file.#write(file.#parts);
    return file;
  }

  get size(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  get isEmpty(): boolean {
    return this.#parts.length === 1;
  }

  append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#write([...this.#parts, bytes]);
  }

  async takeBack(bytes: number): Promise<boolean> {
    if (this.isEmpty || this.#parts.at(-1)?.length !== bytes) return false;
    return this.#write(this.#parts.slice(0, -1)).then(
      () => true,
      () => false,
    );
  }

  flush(): void {
    // Each entry was on its way to the disk when it was appended.
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const next = this.#next;
    this.#next = undefined;
    await next?.then((stream) => stream.abort()).catch(() => undefined);
  }

  async #write(parts: Uint8Array<ArrayBuffer>[]): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    const stream = await (next ?? this.#open());
    try {
      // Each call is a round trip to the browser's process: all of it goes at once, and nothing is waited for in between.
      await Promise.all([stream.write(joined(parts)), stream.close()]);
    } catch (error) {
      await stream.abort().catch(() => undefined);
      throw error;
    }
    this.#parts = parts;
    if (!this.#isClosed) this.#openAhead();
  }

  #open(): Promise<FileSystemWritableFileStream> {
    return this.#handle.createWritable();
  }

  /** Where that fails, it is tried again with the next entry. */
  #openAhead(): void {
    const next = this.#open();
    this.#next = next;
    next.catch(() => {
      if (this.#next === next) this.#next = undefined;
    });
  }
}

/** A header alone: each entry is a row of its tail, which takes a fraction of the time that a file does. */
class TailedFile implements LogFile {
  readonly fullBytes = FULL_BYTES;
  readonly name: string;
  readonly #tails: Tails;
  #entries = 0;
  #size = 0;

  private constructor(name: string, tails: Tails) {
    this.name = name;
    this.#tails = tails;
  }

  /** The first row of a tail says that it is there, before there is a file that has one. */
  static async create(name: string, handle: Handle, header: Uint8Array<ArrayBuffer>, tails: Tails): Promise<LogFile> {
    await tails.put(name, 0, new Uint8Array(0), false);
    const stream = await handle.createWritable();
    await Promise.all([stream.write(header), stream.close()]);
    return new TailedFile(name, tails);
  }

  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  /** One that failed may be there all the same: nothing is put in its place. */
  async append(bytes: Uint8Array<ArrayBuffer>, flush = true): Promise<void> {
    this.#entries += 1;
    this.#size += bytes.length;
    await this.#tails.put(this.name, this.#entries, bytes, flush);
  }

  takeBack(): boolean {
    return false;
  }

  flush(): void {
    // What must outlive a power cut was flushed when it was appended, and all that came before it with it.
  }

  close(): void {
    // Its tails are open for as long as the log is.
  }
}

/** A checkpoint, which is large and of use only once it is whole. */
class StreamedFile implements LogFile {
  readonly fullBytes = Infinity;
  readonly isEmpty = false;
  readonly name: string;
  readonly #stream: FileSystemWritableFileStream;
  #size = 0;

  private constructor(name: string, stream: FileSystemWritableFileStream) {
    this.name = name;
    this.#stream = stream;
  }

  static async create(name: string, handle: Handle, header: Uint8Array<ArrayBuffer>): Promise<LogFile> {
    const file = new StreamedFile(name, await handle.createWritable());
    await file.append(header);
    return file;
  }

  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#stream.write(bytes);
    this.#size += bytes.length;
  }

  takeBack(): boolean {
    return false;
  }

  flush(): void {
    // It is nowhere until it is closed.
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}
