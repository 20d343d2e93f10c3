// Files inside payloads and results. The bytes are kept apart; what travels is this small reference.

/** Names a file that Errand keeps. Open it with `ctx.open(ref)` in a handler or `runner.openFile(ref)` in a page. */
export interface FileRef {
  /** Always `'file'`: tells a reference from other data. */
  readonly $type: 'file';
  readonly id: string;
  readonly name: string;
  /** The media type, or `''` where it is unknown. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** What may be handed in where a handler expects `T`: the same, with a `File` or `Blob` in place of each `FileRef`. */
export type Enqueueable<T> = T extends FileRef
  ? FileRef | File | Blob
  : T extends readonly unknown[]
    ? { [K in keyof T]: Enqueueable<T[K]> }
    : T extends Date | Map<unknown, unknown> | Set<unknown> | ArrayBuffer | ArrayBufferView | RegExp
      ? T
      : T extends object
        ? { [K in keyof T]: Enqueueable<T[K]> }
        : T;

/** Whether a value is a reference to a file. Serves as a check in any validator. */
export function isFileRef(value: unknown): value is FileRef {
  return (
    typeof value === 'object' &&
    value !== null &&
    '$type' in value &&
    value.$type === 'file' &&
    'id' in value &&
    typeof value.id === 'string' &&
    'size' in value &&
    typeof value.size === 'number'
  );
}
