// What can be asked of an image batch: as the form holds it, and as the task takes it.

import type { ImageConvertInput, ImageFormat } from '../../handlers/index.ts';
import type { Enqueueable } from '../../task/index.ts';
import { INTAKE } from '../words.ts';

export type { ImageFormat };

export interface ImageOptions {
  format: ImageFormat;
  /** In pixels; `null` keeps the width. */
  maxWidth: number | null;
  /** 1 to 100. */
  quality: number;
  metadata: 'keep' | 'strip';
}

export const FORMAT_NAMES: Readonly<Record<ImageFormat, string>> = {
  webp: 'WebP',
  jpeg: 'JPEG',
  png: 'PNG',
  avif: 'AVIF',
};
export const DEFAULT_OPTIONS: ImageOptions = { format: 'webp', maxWidth: 1600, quality: 80, metadata: 'strip' };
export const WIDTHS: readonly (number | null)[] = [null, 1080, 1600, 2560];

const WIDEST = 16_384;
const MOST_FILES = 20_000;

/** Whether a format can carry a camera's data at all. */
export function carriesMetadata(format: ImageFormat): boolean {
  return format !== 'avif';
}

/** What stands in the way of starting, if anything. */
export function problemOf(
  count: number,
  { maxWidth }: ImageOptions,
): { field: 'maxWidth' | 'files'; text: string } | undefined {
  if (maxWidth !== null && !(Number.isInteger(maxWidth) && maxWidth >= 1 && maxWidth <= WIDEST)) {
    return { field: 'maxWidth', text: INTAKE.badWidth };
  }
  return count > MOST_FILES ? { field: 'files', text: INTAKE.tooMany(MOST_FILES) } : undefined;
}

/** The payload of the task that converts these files so. */
export function payloadOf(
  files: File[],
  { format, maxWidth, quality, metadata }: ImageOptions,
): Enqueueable<ImageConvertInput> {
  return {
    files,
    format,
    quality,
    metadata: carriesMetadata(format) ? metadata : 'strip',
    ...(maxWidth !== null && { maxWidth }),
  };
}
