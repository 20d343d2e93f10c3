// What `image.convert` takes and gives, and its name. Imports nothing, so that a page may have it for free.

import type { FileRef } from '../../task/index.ts';

/** The registered name of the task type. */
export const IMAGE_CONVERT = 'image.convert';

/** Every format that may be asked for. Which of them a browser can write, `supportedImageFormats` tells. */
export const IMAGE_FORMATS = ['webp', 'jpeg', 'png', 'avif'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** A batch of pictures and what to make of each. */
export interface ImageConvertInput {
  /** 1 to 20,000. Of an animated picture the first frame is taken. */
  files: FileRef[];
  format: ImageFormat;
  /** In pixels, 1 to 16,384. A picture is made smaller to fit, keeping its proportions, and never larger. */
  maxWidth?: number | undefined;
  /** As `maxWidth`. Given both, a picture fits into both. */
  maxHeight?: number | undefined;
  /** 1 to 100. Default 80. PNG has no use for it. */
  quality?: number | undefined;
  /**
   * `strip` (the default) keeps nothing. `keep` copies the EXIF block of a JPEG, PNG or WebP, with its orientation reset;
   * XMP and colour profiles are not kept, since both would be wrong for the new pixels. Not for AVIF.
   */
  metadata?: 'strip' | 'keep' | undefined;
}

/** Why one file could not be converted. */
export type ImageFailureCode = 'not-an-image' | 'format-unsupported' | 'too-large' | 'file-missing';

export interface ImageSuccess {
  ok: true;
  /** The converted picture, an artifact of the task. */
  file: FileRef;
  from: { name: string; size: number };
  width: number;
  height: number;
}

export interface ImageFailure {
  ok: false;
  /** The name of the file that was handed in. */
  name: string;
  code: ImageFailureCode;
  /** A sentence for a person: what is wrong, and what to do. */
  message: string;
}

/** What became of one file. Results stand in the order of the files. */
export type ImageResult = ImageSuccess | ImageFailure;

export interface ImageConvertOutput {
  results: ImageResult[];
  converted: number;
  failed: number;
  /** How much smaller the converted pictures are, together, than what they came from. Negative if they grew. */
  savedBytes: number;
  /** All converted pictures in one file, `photos.zip`; null if there is only one. */
  zip: FileRef | null;
}

/** What a slot needs to know beside the item. */
export interface ConvertOptions {
  format: ImageFormat;
  maxWidth?: number | undefined;
  maxHeight?: number | undefined;
  quality: number;
  metadata: 'strip' | 'keep';
}
