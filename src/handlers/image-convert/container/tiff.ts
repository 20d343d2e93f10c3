// An EXIF block is a small TIFF. Here it is made to fit the new pixels, in place, so that every offset in it stays right.
// Source: TIFF 6.0, section 2; EXIF 2.3, section 4.6.

import { type Size, text } from './bytes.ts';

const ORIENTATION = 0x0112;
const EXIF_POINTER = 0x8769;
const COLOR_SPACE = 0xa001;
const PIXEL_WIDTH = 0xa002;
const PIXEL_HEIGHT = 0xa003;
const UPRIGHT = 1;
const SRGB = 1;
const ENTRY_LENGTH = 12;
/** No camera writes more; what does is not worth carrying along. */
const LONGEST = 1_048_576;

/**
 * A copy of the block for pixels that stand upright, have this size, and are sRGB. The thumbnail, now stale, is unlinked.
 * Undefined if it is no TIFF.
 */
export function uprightExif(source: Uint8Array, size: Size): Uint8Array<ArrayBuffer> | undefined {
  if (source.length < 14 || source.length > LONGEST) return undefined;
  const copy = source.slice();
  const tiff = opened(copy);
  const main = tiff && directoryAt(tiff, tiff.view.getUint32(4, tiff.little));
  if (tiff === undefined || main === undefined) return undefined;
  setShort(tiff, main, ORIENTATION, UPRIGHT);
  const pointer = entryOf(tiff, main, EXIF_POINTER);
  const exif = pointer === undefined ? undefined : directoryAt(tiff, tiff.view.getUint32(pointer + 8, tiff.little));
  if (exif !== undefined) setPixels(tiff, exif, size);
  tiff.view.setUint32(main.end, 0, tiff.little);
  return new Uint8Array(copy);
}

interface Tiff {
  view: DataView;
  little: boolean;
}

/** Entries of 12 bytes each from `start`; at `end` stands the offset of the next directory. */
interface Directory {
  start: number;
  end: number;
}

function opened(bytes: Uint8Array): Tiff | undefined {
  const order = text(bytes, 0, 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = order === 'II';
  return (little || order === 'MM') && view.getUint16(2, little) === 42 ? { view, little } : undefined;
}

function directoryAt({ view, little }: Tiff, offset: number): Directory | undefined {
  if (offset < 8 || offset + 2 > view.byteLength) return undefined;
  const start = offset + 2;
  const end = start + view.getUint16(offset, little) * ENTRY_LENGTH;
  return end + 4 > view.byteLength ? undefined : { start, end };
}

function entryOf({ view, little }: Tiff, { start, end }: Directory, tag: number): number | undefined {
  for (let entry = start; entry < end; entry += ENTRY_LENGTH) {
    if (view.getUint16(entry, little) === tag) return entry;
  }
  return undefined;
}

function setPixels(tiff: Tiff, exif: Directory, { width, height }: Size): void {
  setShort(tiff, exif, COLOR_SPACE, SRGB);
  setLong(tiff, exif, PIXEL_WIDTH, width);
  setLong(tiff, exif, PIXEL_HEIGHT, height);
}

/** Type 3: a number of two bytes, at the front of the value's four. */
function setShort(tiff: Tiff, directory: Directory, tag: number, value: number): void {
  const entry = entryOf(tiff, directory, tag);
  if (entry === undefined) return;
  setHead(tiff, entry, 3);
  tiff.view.setUint16(entry + 8, value, tiff.little);
  tiff.view.setUint16(entry + 10, 0, tiff.little);
}

/** Type 4: a number of four bytes. */
function setLong(tiff: Tiff, directory: Directory, tag: number, value: number): void {
  const entry = entryOf(tiff, directory, tag);
  if (entry === undefined) return;
  setHead(tiff, entry, 4);
  tiff.view.setUint32(entry + 8, value, tiff.little);
}

function setHead({ view, little }: Tiff, entry: number, type: number): void {
  view.setUint16(entry + 2, type, little);
  view.setUint32(entry + 4, 1, little);
}
