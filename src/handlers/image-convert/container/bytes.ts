// Reading numbers from bytes that may lie: past the end every byte is 0, so nothing here throws.

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

export const le16 = (bytes: Uint8Array, from: number): number => at(bytes, from) | (at(bytes, from + 1) << 8);
export const le24 = (bytes: Uint8Array, from: number): number => le16(bytes, from) | (at(bytes, from + 2) << 16);
export const le32 = (bytes: Uint8Array, from: number): number =>
  (le16(bytes, from) | (le16(bytes, from + 2) << 16)) >>> 0;
export const be16 = (bytes: Uint8Array, from: number): number => (at(bytes, from) << 8) | at(bytes, from + 1);
export const be32 = (bytes: Uint8Array, from: number): number =>
  ((be16(bytes, from) << 16) | be16(bytes, from + 2)) >>> 0;

/** `length` bytes as text, one character each. */
export function text(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

/** The bytes of a text of one-byte characters. */
export function ascii(characters: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
