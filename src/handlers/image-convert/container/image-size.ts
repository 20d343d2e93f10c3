// A picture's kind and size from its first bytes, before anything is decoded: a bomb shows here what it would become.

import { be16, be32, le16, le32, type Size, text } from './bytes.ts';
import { jpegSize } from './jpeg.ts';
import { pngSize } from './png.ts';
import { webpSize } from './webp.ts';

export type ImageKind = 'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'avif' | 'heic';

/** What kind of picture the first bytes promise. Undefined for a kind that is not known here; a browser may know it. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  if (be16(bytes, 0) === 0xffd8) return 'jpeg';
  if (be32(bytes, 0) === 0x89504e47) return 'png';
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return 'webp';
  if (text(bytes, 0, 4) === 'GIF8') return 'gif';
  if (text(bytes, 0, 2) === 'BM' && bytes.length >= 26) return 'bmp';
  return text(bytes, 4, 4) === 'ftyp' ? isoKind(bytes) : undefined;
}

/** The size of the picture as it is stored, before any turning. Undefined where the bytes are too few or wrong. */
export function imageSize(bytes: Uint8Array): Size | undefined {
  const kind = imageKind(bytes);
  const size = kind && READERS[kind](bytes);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

const READERS = {
  jpeg: jpegSize,
  png: pngSize,
  webp: webpSize,
  gif: gifSize,
  bmp: bmpSize,
  avif: isoSize,
  heic: isoSize,
} satisfies Record<ImageKind, (bytes: Uint8Array) => Size | undefined>;

/** The screen's size, or the first frame's where that is larger: browsers make room for it. */
function gifSize(bytes: Uint8Array): Size | undefined {
  const screen = { width: le16(bytes, 6), height: le16(bytes, 8) };
  const frame = firstFrame(bytes);
  if (frame === undefined) return undefined;
  const [x, y] = [le16(bytes, frame + 1), le16(bytes, frame + 3)];
  return {
    width: Math.max(screen.width, x + le16(bytes, frame + 5)),
    height: Math.max(screen.height, y + le16(bytes, frame + 7)),
  };
}

/** Where a GIF's first image stands, past its colour table and its extensions. */
function firstFrame(bytes: Uint8Array): number | undefined {
  const flags = bytes[10] ?? 0;
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  while (bytes[at] === 0x21) {
    at += 2;
    for (let length = bytes[at]; length !== undefined && length > 0; length = bytes[at]) at += 1 + length;
    at += 1;
  }
  return bytes[at] === 0x2c && at + 9 <= bytes.length ? at : undefined;
}

/** The height is negative where rows run from the top. */
function bmpSize(bytes: Uint8Array): Size {
  if (le32(bytes, 14) === 12) return { width: le16(bytes, 18), height: le16(bytes, 20) };
  return { width: Math.abs(le32(bytes, 18) | 0), height: Math.abs(le32(bytes, 22) | 0) };
}

function isoKind(bytes: Uint8Array): ImageKind | undefined {
  const brands = text(bytes, 8, Math.min(be32(bytes, 0), 64) - 8);
  if (/avif|avis/.test(brands)) return 'avif';
  return /heic|heix|hevc|mif1|msf1/.test(brands) ? 'heic' : undefined;
}

/** The largest of all sizes told of: a picture of many tiles tells the tiles' and its own. */
function isoSize(bytes: Uint8Array): Size | undefined {
  let size: Size | undefined;
  for (let at = bytes.indexOf(0x69); at !== -1; at = bytes.indexOf(0x69, at + 1)) {
    if (text(bytes, at, 4) !== 'ispe' || at + 16 > bytes.length) continue;
    const [width, height] = [be32(bytes, at + 8), be32(bytes, at + 12)];
    if (size === undefined || width * height > size.width * size.height) size = { width, height };
  }
  return size;
}
