// Reads a zip that may come from anybody: by its directory, entry by entry, never more of it in memory than a piece.
// What it declares is held against what is there. Source: PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5.

import { crc32 } from '../../task/index.ts';
import { fault } from './fault.ts';

export interface ZipItem {
  name: string;
  /** As it is declared; reading it finds out whether that is true. */
  size: number;
  /** Its bytes, piece by piece. Throws where they are not what the zip says they are. */
  read: () => AsyncGenerator<Uint8Array<ArrayBuffer>, void>;
}

interface Listed {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 2_000_000;
const LONGEST_DIRECTORY = 512 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
/** A piece of what is compressed can become a thousand times as large. */
const PACKED_PIECE_BYTES = 16 * 1024;
const LOCAL_BYTES = 30;
const RECORD_BYTES = 46;
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;

/** Every entry by its name. Throws `invalid-import`. */
export async function readZip(zip: Blob): Promise<Map<string, ZipItem>> {
  const { count, start, size } = await readEnd(zip);
  if (count > MOST_ENTRIES || size > LONGEST_DIRECTORY || start + size > zip.size) throw broken();
  const listed = parseDirectory(await viewOf(zip, start, size), count);
  refuseOverlaps(listed, start);
  const items = new Map<string, ZipItem>();
  for (const each of listed) {
    if (items.has(each.name)) throw fault(each.name, 'The zip contains this entry twice.');
    items.set(each.name, { name: each.name, size: each.size, read: () => readEntry(zip, each, start) });
  }
  return items;
}

async function readEnd(zip: Blob): Promise<{ count: number; start: number; size: number }> {
  const from = Math.max(0, zip.size - END_BYTES - LONGEST_COMMENT);
  const view = await viewOf(zip, from, zip.size - from);
  for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const [count, size, start] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 12, true),
      view.getUint32(at + 16, true),
    ];
    if (count !== MAX_16 && size !== MAX_32 && start !== MAX_32) return { count, start, size };
    return readFarEnd(zip, from + at);
  }
  throw broken();
}

async function readFarEnd(zip: Blob, end: number): Promise<{ count: number; start: number; size: number }> {
  const locator = await viewOf(zip, end - 20, 20);
  if (locator.getUint32(0, true) !== 0x07064b50) throw broken();
  const record = await viewOf(zip, u64(locator, 8), 56);
  if (record.getUint32(0, true) !== 0x06064b50) throw broken();
  return { count: u64(record, 32), size: u64(record, 40), start: u64(record, 48) };
}

function parseDirectory(view: DataView<ArrayBuffer>, count: number): Listed[] {
  const listed: Listed[] = [];
  let at = 0;
  for (let left = count; left > 0; left--) {
    if (at + RECORD_BYTES > view.byteLength || view.getUint32(at, true) !== 0x02014b50) throw broken();
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const end = at + RECORD_BYTES + name + extra + comment;
    if (end > view.byteLength) throw broken();
    listed.push(parseRecord(view, at, name, extra));
    at = end;
  }
  return listed;
}

function parseRecord(view: DataView<ArrayBuffer>, at: number, nameLength: number, extraLength: number): Listed {
  const name = textOf(new Uint8Array(view.buffer, view.byteOffset + at + RECORD_BYTES, nameLength));
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & 1) !== 0) throw fault(name, 'It is encrypted.');
  if (method !== 0 && method !== 8) throw fault(name, 'Its compression method is not supported.');
  const short = {
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
  const far = farFields(view, at + RECORD_BYTES + nameLength, extraLength);
  const next = (value: number) => (value === MAX_32 ? (far.shift() ?? value) : value);
  // In this order: whatever is too large for its field follows in the next of the extra field.
  const size = next(short.size);
  const packed = next(short.packed);
  const offset = next(short.offset);
  if (method === 0 && size !== packed) throw fault(name, 'Its sizes do not match.');
  return { name, method, crc: view.getUint32(at + 16, true), packed, size, offset };
}

function farFields(view: DataView<ArrayBuffer>, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length;) {
    const size = view.getUint16(at + 2, true);
    const end = Math.min(at + 4 + size, start + length);
    if (view.getUint16(at, true) === 1) {
      const fields: number[] = [];
      for (let field = at + 4; field + 8 <= end; field += 8) fields.push(u64(view, field));
      return fields;
    }
    at += 4 + size;
  }
  return [];
}

/** Many entries of the same bytes make a small zip that is endless. */
function refuseOverlaps(listed: readonly Listed[], directory: number): void {
  let end = 0;
  for (const { name, offset, packed } of [...listed].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) throw fault(name, 'It overlaps another entry.');
    end = offset + LOCAL_BYTES + packed;
    if (end > directory) throw fault(name, 'It is cut off.');
  }
}

async function* readEntry(zip: Blob, entry: Listed, directory: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const start = await startOf(zip, entry);
  if (start + entry.packed > directory) throw fault(entry.name, 'It is cut off.');
  const packed = piecesOf(
    zip.slice(start, start + entry.packed),
    entry.method === 0 ? PIECE_BYTES : PACKED_PIECE_BYTES,
  );
  let [crc, size] = [0, 0];
  for await (const piece of entry.method === 0 ? packed : inflated(packed, entry.name)) {
    size += piece.length;
    if (size > entry.size) throw fault(entry.name, 'It is larger than the zip says.');
    crc = crc32(piece, crc);
    yield piece;
  }
  if (size < entry.size) throw fault(entry.name, 'It is smaller than the zip says.');
  if (crc !== entry.crc) throw fault(entry.name, 'Its content was changed: the checksum does not match.');
}

async function startOf(zip: Blob, { name, offset }: Listed): Promise<number> {
  const local = await viewOf(zip, offset, LOCAL_BYTES);
  if (local.getUint32(0, true) !== 0x04034b50) throw fault(name, 'It is not where the zip says.');
  const nameLength = local.getUint16(26, true);
  const said = await viewOf(zip, offset + LOCAL_BYTES, nameLength);
  if (textOf(new Uint8Array(said.buffer, said.byteOffset, nameLength)) !== name)
    throw fault(name, 'Its name differs in another place of the zip.');
  return offset + LOCAL_BYTES + nameLength + local.getUint16(28, true);
}

async function* piecesOf(blob: Blob, bytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (let at = 0; at < blob.size; at += bytes) yield new Uint8Array(await blob.slice(at, at + bytes).arrayBuffer());
}

async function* inflated(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  name: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const stream = new DecompressionStream('deflate-raw');
  const pushing = push(pieces, stream.writable);
  const reader = stream.readable.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
    await pushing;
  } catch {
    throw fault(name, 'It cannot be decompressed.');
  } finally {
    await reader.cancel().catch(() => undefined);
    await pushing.catch(() => undefined);
  }
}

/** No faster than somebody reads: a small piece can become a large one. */
async function push(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  writable: WritableStream<BufferSource>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const piece of pieces) await writer.write(piece);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

/** Some bytes of the zip. They must all be there. */
async function viewOf(zip: Blob, from: number, size: number): Promise<DataView<ArrayBuffer>> {
  if (!(from >= 0) || from + size > zip.size) throw broken();
  return new DataView(await zip.slice(from, from + size).arrayBuffer());
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw broken();
  }
}

function u64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function broken() {
  return fault('zip', 'It is not a zip, or not a complete one. Export it again.');
}
