// The checksum is the one that everybody else computes.

import { crc32 as nodeCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32 } from '../../src/task/index.ts';

it('is the known CRC-32 of the known text', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

it.skipIf(typeof nodeCrc32 !== 'function')('agrees with zlib on any bytes, at any place in a buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(9), (bytes, from) => {
      expect(crc32(bytes.subarray(from))).toBe(nodeCrc32(bytes.subarray(from)));
    }),
  );
});
