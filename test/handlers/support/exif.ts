// A small EXIF block to put into pictures, and a reader of its own to see what became of it.

export interface Tags {
  orientation: number | undefined;
  make: string | undefined;
  pixelWidth: number | undefined;
  pixelHeight: number | undefined;
  hasThumbnail: boolean;
}

const MAKE = 'Errand';

/** A TIFF with Make, Orientation, an Exif directory with the pixel sizes, and a second directory for a thumbnail. */
export function exifBlock({ orientation = 1, little = true } = {}): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(128));
  const entry = (at: number, tag: number, type: number, count: number, value: number): void => {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
    if (type === 3) view.setUint16(at + 8, value, little);
    else view.setUint32(at + 8, value, little);
  };
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 3, little);
  entry(10, 0x010f, 2, MAKE.length + 1, 100);
  entry(22, 0x0112, 3, 1, orientation);
  entry(34, 0x8769, 4, 1, 50);
  view.setUint32(46, 82, little);
  view.setUint16(50, 2, little);
  entry(52, 0xa002, 3, 1, 4000);
  entry(64, 0xa003, 4, 1, 3000);
  view.setUint16(82, 1, little);
  entry(84, 0x0103, 3, 1, 6);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(new TextEncoder().encode(MAKE), 100);
  return bytes;
}

/** What an EXIF block says. */
export function readTags(tiff: Uint8Array): Tags {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const directory = (offset: number): Map<number, number> => {
    const entries = new Map<number, number>();
    for (let index = 0; index < view.getUint16(offset, little); index++) {
      const at = offset + 2 + index * 12;
      const short = view.getUint16(at + 2, little) === 3;
      entries.set(view.getUint16(at, little), short ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little));
    }
    return entries;
  };
  const main = view.getUint32(4, little);
  const tags = directory(main);
  const pointer = tags.get(0x8769);
  const exif = pointer === undefined ? undefined : directory(pointer);
  const make = tags.get(0x010f);
  return {
    orientation: tags.get(0x0112),
    make: make === undefined ? undefined : new TextDecoder().decode(tiff.subarray(make, make + MAKE.length)),
    pixelWidth: exif?.get(0xa002),
    pixelHeight: exif?.get(0xa003),
    hasThumbnail: view.getUint32(main + 2 + view.getUint16(main, little) * 12, little) !== 0,
  };
}
