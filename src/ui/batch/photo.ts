// One photo of a batch, as it is shown: read with care from what the item handler recorded.

import type { ImageConvertInput, ImageConvertOutput, ImageResult } from '../../handlers/index.ts';
import type { ItemView } from '../../runner/index.ts';
import { type FileRef, isFileRef } from '../../task/index.ts';

export type PhotoState = 'waiting' | 'working' | 'done' | 'skipped';

export interface Photo {
  readonly index: number;
  readonly name: string;
  readonly state: PhotoState;
  /** Bytes before, where known. */
  readonly before?: number;
  /** Bytes after. */
  readonly after?: number;
  /** The picture that was made. */
  readonly file?: FileRef;
  /** Why it was not converted. */
  readonly message?: string;
}

/** Shows an item of a batch: `file` is the photo it was made of, if that is known. */
export function photoOf(index: number, item: ItemView | undefined, file: FileRef | undefined): Photo {
  const base = { index, name: file?.name ?? `#${index + 1}`, ...(file !== undefined && { before: file.size }) };
  if (item?.status !== 'done') return { ...base, state: item?.status ?? 'waiting' };
  const result = item.result as Partial<ImageResult> | undefined;
  if (result?.ok !== true || !isFileRef(result.file)) {
    const message = result?.ok === false ? result.message : undefined;
    return { ...base, state: 'skipped', ...(message !== undefined && { message }) };
  }
  const { from } = result;
  return {
    ...base,
    state: 'done',
    after: result.file.size,
    file: result.file,
    ...(from !== undefined && { name: from.name, before: from.size }),
  };
}

/** The photos in a payload. */
export function filesOf(payload: unknown): readonly FileRef[] {
  const files = (payload as Partial<ImageConvertInput> | undefined)?.files;
  return Array.isArray(files) ? files.filter(isFileRef) : [];
}

/** What a finished batch says of itself as a whole. */
export function summaryOf(result: unknown): Pick<ImageConvertOutput, 'failed' | 'savedBytes'> | undefined {
  const { failed, savedBytes } = (result ?? {}) as Partial<ImageConvertOutput>;
  return typeof failed === 'number' && typeof savedBytes === 'number' ? { failed, savedBytes } : undefined;
}
