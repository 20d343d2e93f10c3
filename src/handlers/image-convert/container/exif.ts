// Carries the EXIF block of one picture over to another, whatever their containers.
// Bad metadata never spoils a picture: what cannot be read is not kept.

import type { Size } from './bytes.ts';
import { type ImageKind, imageKind } from './image-size.ts';
import { jpegExif, jpegWithExif } from './jpeg.ts';
import { pngExif, pngWithExif } from './png.ts';
import { uprightExif } from './tiff.ts';
import { webpExif, webpWithExif } from './webp.ts';

interface Container {
  read(bytes: Uint8Array): Uint8Array | undefined;
  write(bytes: Uint8Array<ArrayBuffer>, exif: Uint8Array): Uint8Array<ArrayBuffer>[];
}

const CONTAINERS: Partial<Record<ImageKind, Container>> = {
  jpeg: { read: jpegExif, write: jpegWithExif },
  png: { read: pngExif, write: pngWithExif },
  webp: { read: webpExif, write: webpWithExif },
};

/** The EXIF block (a TIFF) of a JPEG, PNG or WebP. */
export function exifOf(bytes: Uint8Array): Uint8Array | undefined {
  const kind = imageKind(bytes);
  return kind && CONTAINERS[kind]?.read(bytes);
}

/** The converted picture with the source's EXIF block, in parts, fitted to its size; as it was where there is none to keep. */
export function withExifOf(
  source: Uint8Array,
  converted: Uint8Array<ArrayBuffer>,
  size: Size,
): Uint8Array<ArrayBuffer>[] {
  const kind = imageKind(converted);
  const found = exifOf(source);
  const exif = found && uprightExif(found, size);
  const container = kind && CONTAINERS[kind];
  return exif === undefined || container === undefined ? [converted] : container.write(converted, exif);
}
