// From pixels to a file of the wanted format.

import { BadFile, formatUnsupported, isBeyondMemory } from './bad-file.ts';
import type { Size } from './container/bytes.ts';
import { FORMATS } from './formats.ts';
import { supportedImageFormats } from './supported-formats.ts';
import type { ConvertOptions } from './types.ts';

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
    throw isBeyondMemory(thrown) ? tooLarge(bitmap, format) : thrown;
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

function tooLarge({ width, height }: Size, format: ConvertOptions['format']): BadFile {
  const message = `${width} × ${height} pixels are more than this browser can write as ${FORMATS[format].title}. Set a max width or height.`;
  return new BadFile('too-large', message);
}
