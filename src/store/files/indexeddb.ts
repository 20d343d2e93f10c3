// Files inside their rows in IndexedDB, where there is no OPFS: as Blobs, or as plain bytes where Blobs are refused.

import type { ArtifactContent } from '../../task/index.ts';
import type { FileRow } from '../schema.ts';
import { chunksOf, fileIn, type FileHome, missing, type OnBytes, type Written } from './home.ts';
import { OpfsHome } from './opfs.ts';

export class IndexedDbHome implements FileHome {
  readonly kind: 'blob' | 'bytes';
  readonly #name: string;

  /** The name is that of the database, whose other files may lie in OPFS. */
  constructor(kind: 'blob' | 'bytes', name = '') {
    this.kind = kind;
    this.#name = name;
  }

  async write(_id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of chunksOf(content)) {
      chunks.push(chunk);
      onBytes?.(chunk.byteLength);
    }
    const blob = new Blob(chunks);
    return { size: blob.size, data: this.kind === 'blob' ? blob : await blob.arrayBuffer() };
  }

  async open(row: FileRow): Promise<File> {
    const inRow = fileIn(row);
    if (inRow !== undefined) return inRow;
    // It may have come in where OPFS was to be had.
    const opfs = await OpfsHome.open(this.#name).catch((error: unknown) => {
      throw missing(row, error);
    });
    return opfs.open(row);
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  sweep(): Promise<number> {
    return Promise.resolve(0);
  }
}
