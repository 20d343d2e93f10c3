// Rows as bytes and back: MessagePack with extensions for what structured cloning keeps (Map, Set, Date, bigint, typed
// arrays, errors, cycles). Not kept: -0, holes in arrays, lone surrogates, and the name `__proto__` of a property.

import { addExtension, Packr } from 'msgpackr';

/** A Blob's bytes cannot be read at once: what holds one is refused, not kept without it. */
function refuseBlob(): never {
  throw new TypeError('a Blob');
}

addExtension({ Class: Blob, type: 0x7f, write: refuseBlob, pack: refuseBlob, unpack: refuseBlob });
const packr = new Packr({ structuredClone: true, moreTypes: true });

/** The bytes of a value, good until the next call. Throws `DataCloneError` for what cannot be kept as bytes at once: functions, Blobs. */
export function encode(value: unknown): Uint8Array {
  try {
    // The packer writes into a buffer of its own again and again. Its types speak of Node's Buffer.
    const bytes: unknown = packr.pack(value);
    if (bytes instanceof Uint8Array) return bytes;
    throw new TypeError('no bytes');
  } catch (error) {
    throw new DOMException(`This cannot be kept: ${String(error)}`, 'DataCloneError');
  }
}

/** Throws on bytes that `encode` did not make. */
export function decode(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
