// Files inside their rows in IndexedDB, where there is no OPFS: as Blobs, or as plain bytes where Blobs are refused.

import type { ArtifactContent } from '../../task/index.ts';
import type { FileRow } from '../schema.ts';
import { chunksOf, type FileHome, missing, named, type OnBytes, type Written } from './home.ts';

export class IndexedDbHome implements FileHome {
  readonly kind: 'blob' | 'bytes';

  constructor(kind: 'blob' | 'bytes') {
    this.kind = kind;
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

  open(row: FileRow): Promise<File> {
    if (row.data === undefined) return Promise.reject(missing(row));
    return Promise.resolve(named(row.data instanceof Blob ? row.data : new Blob([row.data]), row));
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  sweep(): Promise<number> {
    return Promise.resolve(0);
  }
}
