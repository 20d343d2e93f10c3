// Files in the origin private file system, one per id, written by sync access handle where the realm has one.

import type { ArtifactContent } from '../../task/index.ts';
import type { FileRow } from '../schema.ts';
import { chunksOf, type FileHome, missing, named, type OnBytes, type Written } from './home.ts';

export class OpfsHome implements FileHome {
  readonly kind = 'opfs';
  readonly #directory: FileSystemDirectoryHandle;

  private constructor(directory: FileSystemDirectoryHandle) {
    this.#directory = directory;
  }

  /** Rejects where this browser has no OPFS, or not here. */
  static async open(database: string): Promise<OpfsHome> {
    const root = await navigator.storage.getDirectory();
    const errand = await root.getDirectoryHandle('errand', { create: true });
    const mine = await errand.getDirectoryHandle(encodeURIComponent(database), { create: true });
    return new OpfsHome(await mine.getDirectoryHandle('files', { create: true }));
  }

  async write(id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written> {
    const handle = await this.#directory.getFileHandle(id, { create: true });
    try {
      return { size: await writeSync(handle, content, onBytes) };
    } catch (error) {
      await this.delete([id]);
      throw error;
    }
  }

  async open(row: FileRow): Promise<File> {
    try {
      const handle = await this.#directory.getFileHandle(row.id);
      return named(await handle.getFile(), row);
    } catch (error) {
      throw missing(row, error);
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

async function writeSync(handle: FileSystemFileHandle, content: ArtifactContent, onBytes?: OnBytes): Promise<number> {
  const access = await handle.createSyncAccessHandle();
  let size = 0;
  try {
    access.truncate(0);
    for await (const chunk of chunksOf(content)) {
      const written = access.write(chunk, { at: size });
      if (written < chunk.byteLength) throw new DOMException('The disk is full.', 'QuotaExceededError');
      size += written;
      onBytes?.(written);
    }
    access.flush();
  } finally {
    access.close();
  }
  return size;
}
