// Files in the origin private file system, one per id.

import type { ArtifactContent } from '../../task/index.ts';
import type { FileRow } from '../schema.ts';
import { ownDirectory } from './directory.ts';
import type { Headroom } from './headroom.ts';
import { writerOf } from './writer.ts';
import { chunksOf, fileIn, type FileHome, missing, named, type OnBytes, type Written } from './home.ts';

export class OpfsHome implements FileHome {
  readonly kind = 'opfs';
  readonly #directory: FileSystemDirectoryHandle;
  readonly #headroom: Headroom | undefined;

  private constructor(directory: FileSystemDirectoryHandle, headroom: Headroom | undefined) {
    this.#directory = directory;
    this.#headroom = headroom;
  }

  /** Rejects where this browser has no OPFS, or not here. With a headroom, what does not fit makes use of it. */
  static async open(database: string, headroom?: Headroom): Promise<OpfsHome> {
    const mine = await ownDirectory(database);
    return new OpfsHome(await mine.getDirectoryHandle('files', { create: true }), headroom);
  }

  async write(id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written> {
    try {
      return await this.#write(id, content, onBytes);
    } catch (error) {
      const mayRepeat = isFull(error) && !(content instanceof ReadableStream);
      if (!mayRepeat || (await this.#headroom?.release()) !== true) throw error;
      return this.#write(id, content, onBytes);
    }
  }

  async open(row: FileRow): Promise<File> {
    const inRow = fileIn(row);
    if (inRow !== undefined) return inRow;
    try {
      const handle = await this.#directory.getFileHandle(row.id);
      return named(await handle.getFile(), row);
    } catch (error) {
      throw missing(row, error);
    }
  }

  async #write(id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written> {
    const handle = await this.#directory.getFileHandle(id, { create: true });
    try {
      return { size: await writeWhole(handle, content, onBytes) };
    } catch (error) {
      await this.delete([id]);
      throw error;
    }
  }

  async delete(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#directory.removeEntry(id).catch(() => undefined)));
  }

  async sweep(isKept: (id: string) => boolean, before: number): Promise<number> {
    const stale: string[] = [];
    for await (const [id, handle] of this.#directory.entries()) {
      if (handle.kind !== 'file' || isKept(id)) continue;
      const file = await handle.getFile().catch(() => undefined);
      if (file !== undefined && file.lastModified < before) stale.push(id);
    }
    await this.delete(stale);
    return stale.length;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

async function writeWhole(handle: FileSystemFileHandle, content: ArtifactContent, onBytes?: OnBytes): Promise<number> {
  const writer = await writerOf(handle);
  let size = 0;
  try {
    for await (const chunk of chunksOf(content)) {
      await writer.write(chunk);
      size += chunk.byteLength;
      onBytes?.(chunk.byteLength);
    }
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return size;
}
