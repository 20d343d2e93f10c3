// From a file to pixels that stand upright. Its header is read first, so that a small file which would unfold into
// gigabytes is turned away before anything unfolds.

import { BadFile, isGone } from './bad-file.ts';
import type { Size } from './container/bytes.ts';
import { type ImageKind, imageKind, imageSize } from './container/image-size.ts';

/** What a file's first bytes tell. */
export interface Header {
  kind: ImageKind | undefined;
  /** Unknown only for kinds that are unknown here. */
  size: Size | undefined;
}

/** 268 megapixels, which is also the most that a canvas holds: past it, Chromium draws nothing and says nothing. */
export const MOST_PIXELS = 2 ** 28;
/** From here on (256 MB decoded) one slot at a time: ten such pictures at once would take the page down. */
const LARGE_PIXELS = 2 ** 26;
/** How much of a file is read in search of its size; metadata of a megabyte may come first. */
const HEADS = [65_536, 1_048_576, 16_777_216];

/** Whether a picture is so large that only one may be in memory at a time. */
export function isLarge({ width, height }: Size): boolean {
  return width * height >= LARGE_PIXELS;
}

/** Reads a file's header. Throws `BadFile` if it holds no image, too large an image, or is gone. */
export async function readHeader(file: Blob): Promise<Header> {
  let header: Header = { kind: undefined, size: undefined };
  for (const length of HEADS) {
    const bytes = await bytesOf(file.slice(0, length));
    header = { kind: imageKind(bytes), size: imageSize(bytes) };
    if (header.size !== undefined || header.kind === undefined || length >= file.size) break;
  }
  if (header.kind !== undefined && header.size === undefined) throw unreadable(header);
  if (header.size !== undefined) checkSize(header.size);
  return header;
}

/** Decodes a file, turned as its EXIF block says. Throws `BadFile` if the browser cannot. Close what it returns. */
export async function decode(file: Blob, header: Header): Promise<ImageBitmap> {
  const bitmap = await decoded(file, header);
  try {
    checkSize(bitmap);
    return bitmap;
  } catch (thrown) {
    bitmap.close();
    throw thrown;
  }
}

/** A file's bytes. Throws `BadFile` if they are gone. */
export async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (thrown) {
    throw isGone(thrown)
      ? new BadFile('file-missing', 'The file is gone: it was deleted, or the browser cleared it. Add it again.')
      : thrown;
  }
}

async function decoded(file: Blob, header: Header): Promise<ImageBitmap> {
  try {
    return await upright(file).catch((thrown: unknown) => {
      if (header.kind === 'jpeg' && isUndecodable(thrown)) return upright(withJfif(file));
      throw thrown;
    });
  } catch (thrown) {
    throw isUndecodable(thrown) ? unreadable(header) : thrown;
  }
}

/** Measured: every engine turns a JPEG, only Chromium and Firefox a PNG, and neither of them a WebP. Pages show them so, too. */
function upright(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, { imageOrientation: 'from-image' });
}

/**
 * Firefox (seen in 153) decodes a JPEG here only if it starts with a JFIF segment, which a camera's photo does not.
 * Where it refused, it is given one.
 */
function withJfif(file: Blob): Blob {
  const start = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
  return new Blob([start, file.slice(2)], { type: 'image/jpeg' });
}

function isUndecodable(thrown: unknown): boolean {
  return thrown instanceof DOMException && (thrown.name === 'InvalidStateError' || thrown.name === 'EncodingError');
}

/** A browser says the same of a damaged picture and of one that it has no memory for. */
function unreadable({ kind, size }: Header): BadFile {
  if (size !== undefined && isLarge(size)) {
    return new BadFile(
      'too-large',
      `${pixels(size)} are more than this browser has memory for, or the image is damaged.`,
    );
  }
  const reason =
    kind === 'heic'
      ? 'This browser cannot read HEIC. Use Safari, or export the image as JPEG first.'
      : 'This is not an image that this browser can read: it is damaged, incomplete, or of an unknown kind.';
  return new BadFile('not-an-image', reason);
}

function checkSize(size: Size): void {
  if (size.width * size.height <= MOST_PIXELS) return;
  throw new BadFile('too-large', `${pixels(size)} are too many: images may have at most 268 megapixels.`);
}

function pixels({ width, height }: Size): string {
  return `${width} × ${height} pixels`;
}
