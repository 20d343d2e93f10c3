// A picture's size is known before it is decoded, from whatever bytes a file may hold.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageKind, imageSize } from '../../src/handlers/image-convert/container/image-size.ts';
import { avifFrame, bmpFrame, gifFrame, jpegFrame, pngFrame, webpFrame } from './support/containers.ts';

const FRAMES = {
  jpeg: jpegFrame(4032, 3024),
  png: pngFrame(70_000, 70_001),
  'webp, lossy': webpFrame(16_383, 5, 'VP8 '),
  'webp, lossless': webpFrame(16_384, 9_999, 'VP8L'),
  'webp, extended': webpFrame(16_777_216, 3, 'VP8X'),
  gif: gifFrame([10, 20], [0, 0, 10, 20]),
  bmp: bmpFrame(640, -480),
  avif: avifFrame([512, 512], [8000, 6000]),
};

const SIZES: Record<keyof typeof FRAMES, [number, number]> = {
  jpeg: [4032, 3024],
  png: [70_000, 70_001],
  'webp, lossy': [16_383, 5],
  'webp, lossless': [16_384, 9_999],
  'webp, extended': [16_777_216, 3],
  gif: [10, 20],
  bmp: [640, 480],
  avif: [8000, 6000],
};

describe('the size of a picture', () => {
  for (const [name, [width, height]] of Object.entries(SIZES)) {
    it(`is read from the header of ${name}`, () => {
      const bytes = FRAMES[name as keyof typeof FRAMES];
      expect(imageSize(bytes)).toEqual({ width, height });
      expect(imageKind(bytes)).toBe(name.split(',')[0]);
    });

    it(`is unknown where ${name} is cut short`, () => {
      const bytes = FRAMES[name as keyof typeof FRAMES];
      for (let length = 0; length < 16; length++) expect(imageSize(bytes.subarray(0, length))).toBeUndefined();
    });
  }

  it('of a GIF is that of a first frame which is larger than its screen', () => {
    expect(imageSize(gifFrame([1, 1], [5, 6, 60_000, 50_000]))).toEqual({ width: 60_005, height: 50_006 });
  });

  it('of a JPEG is found past junk and past other segments, as a decoder finds it', () => {
    const before = [1, 2, 3, 0xff, 0xfe, 0, 4, 0xff, 0xc0, 0xff, 0xff, 0xff, 0xc4, 0, 2];
    expect(imageSize(jpegFrame(300, 200, before))).toEqual({ width: 300, height: 200 });
  });

  it('is never read from a segment that claims to reach past the end', () => {
    expect(imageSize(jpegFrame(300, 200, [0xff, 0xe1, 0xff, 0xff]))).toBeUndefined();
    expect(imageSize(jpegFrame(300, 200, [0xff, 0xe1, 0, 0]))).toBeUndefined();
  });

  it('never throws and never hangs, whatever the bytes', () => {
    const frame = fc.constantFrom(...Object.values(FRAMES));
    const flips = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 8 });
    const hostile = fc.tuple(frame, flips, fc.uint8Array({ maxLength: 400 })).map(([bytes, changes, tail]) => {
      const copy = Uint8Array.of(...bytes, ...tail);
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.uint8Array({ maxLength: 600 })), (bytes) => {
        const size = imageSize(bytes);
        if (size === undefined) return;
        expect(size.width).toBeGreaterThan(0);
        expect(size.height).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
