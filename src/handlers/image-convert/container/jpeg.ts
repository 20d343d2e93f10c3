// JPEG as a row of segments: its size, its EXIF block, and the same picture with another EXIF block.
// Source: ITU T.81 Annex B; EXIF 2.3, section 4.7.

import { joined } from '../../../task/index.ts';
import { be16, type Size, text } from './bytes.ts';

const EXIF_MARK = 'Exif\0\0';
const APP0 = 0xe0;
const APP1 = 0xe1;
/** A segment's length has two bytes and counts itself. */
const LONGEST_EXIF = 0xffff - 2 - EXIF_MARK.length;

/** A JPEG's size from its frame header. */
export function jpegSize(bytes: Uint8Array): Size | undefined {
  for (const { marker, from } of segments(bytes)) {
    if (isFrame(marker) && from + 5 <= bytes.length) {
      return { width: be16(bytes, from + 3), height: be16(bytes, from + 1) };
    }
  }
  return undefined;
}

/** The EXIF block (a TIFF) of a JPEG. */
export function jpegExif(bytes: Uint8Array): Uint8Array | undefined {
  for (const { marker, from, to } of segments(bytes)) {
    if (marker !== APP1 || to > bytes.length || text(bytes, from, EXIF_MARK.length) !== EXIF_MARK) continue;
    return bytes.subarray(from + EXIF_MARK.length, to);
  }
  return undefined;
}

/** The JPEG with the EXIF block put in, in parts; as it was where the block is too long for a JPEG. */
export function jpegWithExif(bytes: Uint8Array<ArrayBuffer>, exif: Uint8Array): Uint8Array<ArrayBuffer>[] {
  if (exif.length > LONGEST_EXIF) return [bytes];
  const first = segments(bytes).next().value;
  const place = first?.marker === APP0 ? first.to : 2;
  const length = 2 + EXIF_MARK.length + exif.length;
  const mark = Array.from(EXIF_MARK, (character) => character.charCodeAt(0));
  return [
    bytes.subarray(0, place),
    joined([[0xff, APP1, length >> 8, length & 0xff], mark, exif]),
    bytes.subarray(place),
  ];
}

interface Segment {
  marker: number;
  /** Where its content starts and ends. The end may lie past the end of the bytes. */
  from: number;
  to: number;
}

/** The segments before the pixels. Skips junk between them as libjpeg does, so that both find the same frame. */
function* segments(bytes: Uint8Array): Generator<Segment, undefined> {
  let at = 2;
  while (at < bytes.length) {
    at = bytes.indexOf(0xff, at);
    if (at === -1) return;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++] ?? END;
    if (isBare(marker)) continue;
    const length = be16(bytes, at);
    if (marker === END || marker === SCAN || length < 2) return;
    yield { marker, from: at + 2, to: at + length };
    at += length;
  }
}

const END = 0xd9;
const SCAN = 0xda;

/** Markers without content: stuffing, TEM and restarts. */
function isBare(marker: number): boolean {
  return marker < 2 || (marker >= 0xd0 && marker <= 0xd7);
}

/** SOF0 to SOF15, without the tables that share their range. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
