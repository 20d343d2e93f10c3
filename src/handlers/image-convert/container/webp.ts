// WebP as a row of RIFF chunks: its size, its EXIF block, and the same picture with an EXIF block.
// Source: RFC 9649, sections 2.3 to 2.7.

import { joined } from '../../../task/index.ts';
import { ascii, le16, le24, le32, type Size, text } from './bytes.ts';

const FIRST_CHUNK = 12;
const EXIF_FLAG = 0x08;
const ALPHA_FLAG = 0x10;
/** The chunk VP8X with its head. */
const EXTENDED_LENGTH = 18;
/** Some writers put JPEG's mark before the block. */
const JPEG_MARK = 'Exif\0\0';

/** A WebP's size from its first chunk. */
export function webpSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 30) return undefined;
  switch (text(bytes, FIRST_CHUNK, 4)) {
    case 'VP8X':
      return { width: le24(bytes, 24) + 1, height: le24(bytes, 27) + 1 };
    case 'VP8L': {
      const bits = le32(bytes, 21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: le16(bytes, 26) & 0x3fff, height: le16(bytes, 28) & 0x3fff };
    default:
      return undefined;
  }
}

/** The EXIF block (a TIFF) of a WebP. */
export function webpExif(bytes: Uint8Array): Uint8Array | undefined {
  for (let at = FIRST_CHUNK; at + 8 <= bytes.length;) {
    const from = at + 8;
    const end = from + le32(bytes, at + 4);
    if (text(bytes, at, 4) === 'EXIF' && end <= bytes.length) {
      return bytes.subarray(text(bytes, from, 6) === JPEG_MARK ? from + 6 : from, end);
    }
    at = end + (end % 2);
  }
  return undefined;
}

/** The WebP with the EXIF block put in, in parts; as it was where it is no WebP that can hold one. */
export function webpWithExif(bytes: Uint8Array<ArrayBuffer>, exif: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const size = webpSize(bytes);
  if (size === undefined) return [bytes];
  const isExtended = text(bytes, FIRST_CHUNK, 4) === 'VP8X';
  const extended = isExtended ? bytes.slice(FIRST_CHUNK, FIRST_CHUNK + EXTENDED_LENGTH) : extendedChunk(bytes, size);
  extended[8] = (extended[8] ?? 0) | EXIF_FLAG;
  const body = bytes.subarray(isExtended ? FIRST_CHUNK + EXTENDED_LENGTH : FIRST_CHUNK);
  const chunk = joined([ascii('EXIF'), littleEndian(exif.length, 4), exif, exif.length % 2 === 0 ? [] : [0]]);
  const length = 4 + extended.length + body.length + chunk.length;
  return [joined([ascii('RIFF'), littleEndian(length, 4), ascii('WEBP'), extended]), body, chunk];
}

function extendedChunk(bytes: Uint8Array, { width, height }: Size): Uint8Array<ArrayBuffer> {
  const hasAlpha = text(bytes, FIRST_CHUNK, 4) === 'VP8L' && (le32(bytes, 21) & 0x10000000) !== 0;
  const flags = [hasAlpha ? ALPHA_FLAG : 0, 0, 0, 0];
  return joined([ascii('VP8X'), littleEndian(10, 4), flags, littleEndian(width - 1, 3), littleEndian(height - 1, 3)]);
}

function littleEndian(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => (value >>> (8 * index)) & 0xff);
}
