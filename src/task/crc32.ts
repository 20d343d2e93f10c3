// The checksum of zip, PNG and the redo log (CRC-32 of ISO 3309), four bytes a turn: a zip of 20,000 photos is gigabytes.

/** What a byte does to the checksum once 0, 1, 2 or 3 more bytes have passed. */
const TABLES = /* @__PURE__ */ tables();

/** The CRC-32 of the bytes, as a whole number from 0; `before` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const even = bytes.length - (bytes.length % 4);
  const [T0, T1, T2, T3] = TABLES;
  let crc = ~before;
  for (let at = 0; at < even; at += 4) {
    crc ^= view.getInt32(at, true);
    crc =
      (T3[crc & 0xff] ?? 0) ^ (T2[(crc >>> 8) & 0xff] ?? 0) ^ (T1[(crc >>> 16) & 0xff] ?? 0) ^ (T0[crc >>> 24] ?? 0);
  }
  for (const byte of bytes.subarray(even)) crc = (T0[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function tables(): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  const next = (table: Int32Array) => table.map((value) => (first[value & 0xff] ?? 0) ^ (value >>> 8));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}
