// From pixels to a file of the wanted size and format.

import { BadFile, formatUnsupported } from './bad-file.ts';
import type { Size } from './container/bytes.ts';
import { FORMATS } from './formats.ts';
import { supportedImageFormats } from './supported-formats.ts';
import type { ConvertOptions } from './types.ts';

/** The largest size of these proportions that fits, and never a larger one than there is. */
export function fit({ width, height }: Size, limits: Pick<ConvertOptions, 'maxWidth' | 'maxHeight'>): Size {
  const { maxWidth = width, maxHeight = height } = limits;
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The bitmap in this size, and the bitmap given is closed. The browser's own resizing was measured against canvas
 * drawing from 12 megapixels to 0.1: as good in Chromium, and in Firefox an error of 6 where drawing had 51, or 13 by halves.
 */
export async function resized(bitmap: ImageBitmap, { width, height }: Size): Promise<ImageBitmap> {
  if (bitmap.width === width && bitmap.height === height) return bitmap;
  try {
    return await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  } catch (thrown) {
    throw isBeyondCanvas(thrown)
      ? new BadFile('too-large', 'This picture is more than this browser has memory for.')
      : thrown;
  } finally {
    bitmap.close();
  }
}

/** Encodes the bitmap. Throws `BadFile` if this browser cannot write the format, or not in this size. */
export async function encode(bitmap: ImageBitmap, { format, quality }: ConvertOptions): Promise<Blob> {
  const { mediaType, longestSide } = FORMATS[format];
  if (Math.max(bitmap.width, bitmap.height) > longestSide) throw tooLarge(bitmap, format);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  try {
    paint(canvas, bitmap, format);
    const blob = await canvas.convertToBlob({ type: mediaType, quality: quality / 100 });
    if (blob.type !== mediaType) throw formatUnsupported(format, await supportedImageFormats());
    return blob;
  } catch (thrown) {
    throw isBeyondCanvas(thrown) ? tooLarge(bitmap, format) : thrown;
  } finally {
    canvas.width = 0;
    canvas.height = 0;
  }
}

/** JPEG knows no transparency: what shows through is white there, as on paper, where a canvas would make it black. */
function paint(canvas: OffscreenCanvas, bitmap: ImageBitmap, format: ConvertOptions['format']): void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null || !holdsPixels(context, canvas)) throw tooLarge(bitmap, format);
  if (format === 'jpeg') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(bitmap, 0, 0);
}

/** A canvas larger than a browser allows takes every call and stays blank: so its far corner is tried. */
function holdsPixels(context: OffscreenCanvasRenderingContext2D, { width, height }: Size): boolean {
  context.fillRect(width - 1, height - 1, 1, 1);
  const held = context.getImageData(width - 1, height - 1, 1, 1).data[3] === 255;
  context.clearRect(width - 1, height - 1, 1, 1);
  return held;
}

/** What browsers throw where a canvas is too large for them. */
function isBeyondCanvas(thrown: unknown): boolean {
  const names = ['IndexSizeError', 'EncodingError', 'InvalidStateError', 'NS_ERROR_FAILURE'];
  return thrown instanceof Object && 'name' in thrown && names.includes(String(thrown.name));
}

function tooLarge({ width, height }: Size, format: ConvertOptions['format']): BadFile {
  const message = `${width} × ${height} pixels are more than this browser can write as ${FORMATS[format].title}. Set a largest width or height.`;
  return new BadFile('too-large', message);
}
