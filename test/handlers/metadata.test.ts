// Metadata moves between containers whole, fitted to the new pixels, and bad metadata spoils nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exifOf, withExifOf } from '../../src/handlers/image-convert/container/exif.ts';
import { imageSize } from '../../src/handlers/image-convert/container/image-size.ts';
import { jpegWithExif } from '../../src/handlers/image-convert/container/jpeg.ts';
import { pngWithExif } from '../../src/handlers/image-convert/container/png.ts';
import { uprightExif } from '../../src/handlers/image-convert/container/tiff.ts';
import { webpWithExif } from '../../src/handlers/image-convert/container/webp.ts';
import { jpegFrame, pngFrame, webpFrame } from './support/containers.ts';
import { exifBlock, readTags } from './support/exif.ts';
import { joined } from '../../src/task/index.ts';

const SIZE = { width: 800, height: 600 };
const WRITERS = { jpeg: jpegWithExif, png: pngWithExif, webp: webpWithExif };
const PICTURES = {
  jpeg: jpegFrame(800, 600),
  png: pngFrame(800, 600),
  'webp VP8': webpFrame(800, 600, 'VP8 '),
  'webp VP8L': webpFrame(800, 600, 'VP8L'),
  'webp VP8X': webpFrame(800, 600, 'VP8X'),
};

function withBlock(name: string, block: Uint8Array): Uint8Array<ArrayBuffer> {
  const picture = PICTURES[name as keyof typeof PICTURES];
  const write = WRITERS[name.split(' ')[0] as keyof typeof WRITERS];
  return joined([...write(picture, block)]);
}

describe('EXIF', () => {
  for (const from of Object.keys(PICTURES)) {
    for (const to of Object.keys(PICTURES)) {
      it(`goes from ${from} to ${to}, turned upright, with the new size and without the stale thumbnail`, () => {
        const source = withBlock(from, exifBlock({ orientation: 6, little: to === 'png' }));
        const result = joined([...withExifOf(source, PICTURES[to as keyof typeof PICTURES], SIZE)]);
        const block = exifOf(result);
        if (block === undefined) throw new Error('nothing kept');
        const made = { orientation: 1, make: 'Errand', pixelWidth: 800, pixelHeight: 600, hasThumbnail: false };
        expect(readTags(block)).toEqual(made);
        expect(imageSize(result)).toEqual(SIZE);
      });
    }
  }

  it('is announced in the head of a WebP, beside its transparency', () => {
    const flags = (name: string): number | undefined => withBlock(name, exifBlock())[20];
    expect(flags('webp VP8')).toBe(0x08);
    const clear = webpFrame(800, 600, 'VP8L');
    clear[24] = (clear[24] ?? 0) | 0x10;
    expect(joined([...webpWithExif(clear, exifBlock())])[20]).toBe(0x18);
  });

  it('leaves the source as it was', () => {
    const source = withBlock('jpeg', exifBlock({ orientation: 6 }));
    const before = source.slice();
    withExifOf(source, PICTURES.png, SIZE);
    expect(source).toEqual(before);
  });

  it('is found in a WebP behind the mark that some writers put before it', () => {
    const marked = joined([new TextEncoder().encode('Exif\0\0'), exifBlock()]);
    expect(readTags(exifOf(withBlock('webp VP8', marked)) ?? new Uint8Array()).make).toBe('Errand');
  });

  it('too long for a JPEG is not kept, and the picture is whole', () => {
    const long = joined([exifBlock(), new Uint8Array(70_000)]);
    const source = withBlock('png', long);
    expect(joined([...withExifOf(source, PICTURES.jpeg, SIZE)])).toEqual(PICTURES.jpeg);
    expect(exifOf(joined([...withExifOf(source, PICTURES.png, SIZE)]))).toBeDefined();
  });

  it('that is no TIFF is not kept', () => {
    const bad = [
      new Uint8Array(20),
      new TextEncoder().encode('II*\0\xff\xff\xff\xff and more'),
      exifBlock().subarray(0, 30),
    ];
    for (const block of bad) {
      const source = withBlock('jpeg', block);
      expect(joined([...withExifOf(source, PICTURES.png, SIZE)])).toEqual(PICTURES.png);
    }
  });

  it('with directories that point at themselves or at nothing is made upright all the same', () => {
    for (const offset of [8, 127, 0xffffffff]) {
      const block = exifBlock({ orientation: 8 });
      new DataView(block.buffer).setUint32(42, offset, true);
      const made = uprightExif(block, SIZE);
      expect(made === undefined ? undefined : new DataView(made.buffer).getUint16(30, true)).toBe(1);
    }
  });

  it('that is hostile never throws, never hangs, and never changes a pixel', () => {
    const names = fc.constantFrom(...Object.keys(PICTURES));
    const flips = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 10 });
    fc.assert(
      fc.property(names, names, flips, fc.nat(220), (from, to, changes, length) => {
        const source = withBlock(from, exifBlock({ orientation: 3 }));
        for (const [at, value] of changes) source[at] = value;
        const picture = PICTURES[to as keyof typeof PICTURES];
        const result = joined([...withExifOf(source.subarray(0, length), picture, SIZE)]);
        expect(imageSize(result)).toEqual(SIZE);
        expect(result.length).toBeGreaterThanOrEqual(picture.length);
      }),
      { numRuns: 3_000 },
    );
  });
});
