// Where files' bytes rest: OPFS; else Blobs in IndexedDB; else bytes in IndexedDB, for browsers whose private
// windows refuse both (WebKit).

import type { ArtifactContent } from '../../task/index.ts';
import { ErrandError } from '../../task/index.ts';
import type { FileRow } from '../schema.ts';

/** What writing a file's bytes gives: their size and, where they do not lie in OPFS, the bytes themselves for the row. */
export interface Written {
  size: number;
  data?: Blob | ArrayBuffer;
}

/** Called with the number of bytes written since the last call. */
export type OnBytes = (bytes: number) => void;

/** A place for files. A file is there for good once its row is committed; bytes without a row are swept later. */
export interface FileHome {
  readonly kind: 'opfs' | 'blob' | 'bytes';
  write(id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written>;
  /** Rejects with `file-missing`. */
  open(row: FileRow): Promise<File>;
  delete(ids: readonly string[]): Promise<void>;
  /** Deletes bytes that no row names and that were last written before the given instant. */
  sweep(isKept: (id: string) => boolean, before: number): Promise<number>;
}

/** Gives the file that a row names its name and type. */
export function named(content: Blob, row: FileRow): File {
  return new File([content], row.name, { type: row.type, lastModified: row.lastModified });
}

/** The file that lies in its row, if it does: it came in where OPFS was not to be had. */
export function fileIn(row: FileRow): File | undefined {
  if (row.data === undefined) return undefined;
  return named(row.data instanceof Blob ? row.data : new Blob([row.data]), row);
}

export function missing(row: FileRow, cause?: unknown): ErrandError {
  return new ErrandError(
    'file-missing',
    `${row.name} is gone: it was deleted, or the browser cleared it.`,
    { file: row.id },
    { cause },
  );
}

/** Any content as chunks of bytes, so that nothing large is held whole. */
export async function* chunksOf(content: ArtifactContent): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (typeof content === 'string') yield new TextEncoder().encode(content);
  else if (content instanceof ArrayBuffer) yield new Uint8Array(content);
  else if (content instanceof Uint8Array) yield content;
  else yield* chunksOfStream(content instanceof Blob ? content.stream() : content);
}

/** Read by hand: WebKit's streams have no async iterator. */
async function* chunksOfStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
