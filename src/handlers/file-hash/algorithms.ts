// The algorithms, each in a file of its own that is loaded when it is first asked for: 3 to 9 kB each, gzipped.

// Whoever compiles this file from elsewhere needs those declarations, too.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./hash-wasm.d.ts" />

import type { IHasher } from 'hash-wasm';
import type { HashAlgorithm } from './types.ts';

/** Computes a hash bit by bit; `save` and `load` carry its state over. */
export type Hasher = Pick<IHasher, 'init' | 'update' | 'digest' | 'save' | 'load'>;

const HASHERS: Readonly<Record<HashAlgorithm, () => Promise<Hasher>>> = {
  sha256: async () => (await import('hash-wasm/dist/sha256.umd.min.js')).default.createSHA256(),
  sha512: async () => (await import('hash-wasm/dist/sha512.umd.min.js')).default.createSHA512(),
  sha1: async () => (await import('hash-wasm/dist/sha1.umd.min.js')).default.createSHA1(),
  md5: async () => (await import('hash-wasm/dist/md5.umd.min.js')).default.createMD5(),
  blake3: async () => (await import('hash-wasm/dist/blake3.umd.min.js')).default.createBLAKE3(),
  xxhash64: async () => (await import('hash-wasm/dist/xxhash64.umd.min.js')).default.createXXHash64(),
  crc32: async () => (await import('hash-wasm/dist/crc32.umd.min.js')).default.createCRC32(),
};

export function newHasher(algorithm: HashAlgorithm): Promise<Hasher> {
  return HASHERS[algorithm]();
}
