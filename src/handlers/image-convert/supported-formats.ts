// Which formats this browser can write. Found out by writing: an unknown one silently comes out as a PNG.

import { FORMATS } from './formats.ts';
import { IMAGE_FORMATS, type ImageFormat } from './types.ts';

let known: Promise<ImageFormat[]> | undefined;

/**
 * The formats that this browser can write, in a page and in a worker alike. Found out once.
 * @example (await supportedImageFormats()).includes('webp'); // false in Safari
 */
export async function supportedImageFormats(): Promise<ImageFormat[]> {
  known ??= tryEach();
  return [...(await known)];
}

async function tryEach(): Promise<ImageFormat[]> {
  const tried = await Promise.all(IMAGE_FORMATS.map(canWrite));
  return IMAGE_FORMATS.filter((_, index) => tried[index]);
}

async function canWrite(format: ImageFormat): Promise<boolean> {
  if (typeof OffscreenCanvas === 'undefined') return false;
  const canvas = new OffscreenCanvas(1, 1);
  if (canvas.getContext('2d') === null) return false;
  const { mediaType } = FORMATS[format];
  return canvas.convertToBlob({ type: mediaType }).then(
    (blob) => blob.type === mediaType,
    () => false,
  );
}
