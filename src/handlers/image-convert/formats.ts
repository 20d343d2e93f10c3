// What there is to know of each format that can be written.

import type { ImageFormat } from './types.ts';

export interface Format {
  readonly mediaType: string;
  readonly extension: string;
  readonly title: string;
  /** The longest side in pixels. Past it Chromium crops a WebP without a word (16,384 × 10 came out 16,383 × 10). */
  readonly longestSide: number;
}

export const FORMATS = {
  webp: { mediaType: 'image/webp', extension: 'webp', title: 'WebP', longestSide: 16_383 },
  jpeg: { mediaType: 'image/jpeg', extension: 'jpg', title: 'JPEG', longestSide: 65_500 },
  png: { mediaType: 'image/png', extension: 'png', title: 'PNG', longestSide: 65_535 },
  avif: { mediaType: 'image/avif', extension: 'avif', title: 'AVIF', longestSide: 65_535 },
} satisfies Record<ImageFormat, Format>;
