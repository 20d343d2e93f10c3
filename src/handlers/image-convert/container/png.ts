// PNG as a row of chunks: its size, its EXIF block, and the same picture with an EXIF block.
// Source: PNG third edition, sections 5 and 11.3.4.5 (eXIf).

import { crc32, joined } from '../../../task/index.ts';
import { ascii, be32, type Size, text } from './bytes.ts';

const FIRST_CHUNK = 8;
/** Signature and IHDR, which always has 13 bytes. */
const AFTER_HEADER = FIRST_CHUNK + 12 + 13;

/** A PNG's size from its first chunk. */
export function pngSize(bytes: Uint8Array): Size | undefined {
  if (text(bytes, FIRST_CHUNK + 4, 4) !== 'IHDR' || bytes.length < 24) return undefined;
  return { width: be32(bytes, 16), height: be32(bytes, 20) };
}

/** The EXIF block (a TIFF) of a PNG. */
export function pngExif(bytes: Uint8Array): Uint8Array | undefined {
  for (let at = FIRST_CHUNK; at + 12 <= bytes.length;) {
    const end = at + 8 + be32(bytes, at);
    if (text(bytes, at + 4, 4) === 'eXIf' && end + 4 <= bytes.length) return bytes.subarray(at + 8, end);
    at = end + 4;
  }
  return undefined;
}

/** The PNG with the EXIF block put in, in parts. */
export function pngWithExif(bytes: Uint8Array<ArrayBuffer>, exif: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const content = joined([ascii('eXIf'), exif]);
  const chunk = joined([bigEndian(exif.length), content, bigEndian(crc32(content))]);
  return [bytes.subarray(0, AFTER_HEADER), chunk, bytes.subarray(AFTER_HEADER)];
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
