// Writes a zip of files that are compressed already, one small file in memory at a time; a large one is read twice.
// fflate 0.8 writes no zip64, so a zip past 4 GB (20,000 photos) would come out broken; this one uses it where it must.
// Source: PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5.

import { crc32 } from './crc32.ts';
import { ErrandError } from './errors.ts';

export interface ZipEntry {
  /** Its path in the zip. */
  name: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
  /** Called when the entry's turn has come. */
  open: () => Promise<Blob>;
}

/** They may come to be while the zip is written. */
export type ZipEntries = Iterable<ZipEntry> | AsyncIterable<ZipEntry>;

export interface Placed {
  name: Uint8Array<ArrayBuffer>;
  modifiedAt: number;
  crc: number;
  size: number;
  offset: number;
}

/** A larger file is read piece by piece, for its checksum and again for its bytes. */
const LARGEST_READ_WHOLE = 16 * 1024 * 1024;
const PIECE_BYTES = 4 * 1024 * 1024;
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
const UTF8_NAME = 0x0800;

/** The zip as a stream that reads an entry only when the one before it has been taken. It errors as `open` rejects. */
export function zipStream(entries: ZipEntries, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  const parts = zipParts(entries, signal);
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await parts.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* zipParts(entries: ZipEntries, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const directory: Placed[] = [];
  let offset = 0;
  for await (const { name, modifiedAt, open } of entries) {
    signal.throwIfAborted();
    const blob = await open();
    if (blob.size >= MAX_32) throw new ErrandError('file-too-large', undefined, { file: name, bytes: blob.size });
    const content = blob.size > LARGEST_READ_WHOLE ? blob : new Uint8Array(await blob.arrayBuffer());
    const crc = await checksum(content);
    const placed = { name: new TextEncoder().encode(name), modifiedAt, crc, size: blob.size, offset };
    directory.push(placed);
    const header = localHeader(placed);
    yield header;
    if (blob.size > 0) yield* piecesOf(content);
    offset += header.length + blob.size;
  }
  const start = offset;
  for (const placed of directory) {
    const record = directoryRecord(placed);
    yield record;
    offset += record.length;
  }
  yield endRecords(directory.length, start, offset - start);
}

async function checksum(content: Blob | Uint8Array<ArrayBuffer>): Promise<number> {
  let crc = 0;
  for await (const piece of piecesOf(content)) crc = crc32(piece, crc);
  return crc;
}

async function* piecesOf(content: Blob | Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (content instanceof Uint8Array) {
    yield content;
    return;
  }
  for (let at = 0; at < content.size; at += PIECE_BYTES)
    yield new Uint8Array(await content.slice(at, at + PIECE_BYTES).arrayBuffer());
}

function localHeader(entry: Placed): Uint8Array<ArrayBuffer> {
  const header = new Fields(30 + entry.name.length);
  header.u32(0x04034b50).u16(20);
  common(header, entry).u16(0).bytes(entry.name);
  return header.done();
}

/** One file's line in the directory at the zip's end. */
export function directoryRecord(entry: Placed): Uint8Array<ArrayBuffer> {
  const far = entry.offset >= MAX_32;
  const record = new Fields(46 + entry.name.length + (far ? 12 : 0));
  record
    .u32(0x02014b50)
    .u16(45)
    .u16(far ? 45 : 20);
  common(record, entry).u16(far ? 12 : 0);
  record.u16(0).u16(0).u16(0).u32(0); // no comment, first disk, no attributes
  record.u32(Math.min(entry.offset, MAX_32)).bytes(entry.name);
  if (far) record.u16(1).u16(8).u64(entry.offset);
  return record.done();
}

/** What a local header and a directory record have in common: flags to name's length. */
function common(fields: Fields, { name, modifiedAt, crc, size }: Placed): Fields {
  const [time, date] = dosTime(modifiedAt);
  return fields.u16(UTF8_NAME).u16(0).u16(time).u16(date).u32(crc).u32(size).u32(size).u16(name.length);
}

/** The zip's end: how many entries, and where their directory stands. */
export function endRecords(count: number, start: number, size: number): Uint8Array<ArrayBuffer> {
  const far = start >= MAX_32 || size >= MAX_32 || count >= MAX_16;
  const end = new Fields(22 + (far ? 76 : 0));
  if (far) {
    end.u32(0x06064b50).u64(44).u16(45).u16(45).u32(0).u32(0).u64(count).u64(count).u64(size).u64(start);
    end
      .u32(0x07064b50)
      .u32(0)
      .u64(start + size)
      .u32(1);
  }
  const [count16, size32, start32] = [Math.min(count, MAX_16), Math.min(size, MAX_32), Math.min(start, MAX_32)];
  end.u32(0x06054b50).u16(0).u16(0).u16(count16).u16(count16).u32(size32).u32(start32).u16(0);
  return end.done();
}

/** The local time in two words, to two seconds, from 1980 to 2107. */
function dosTime(instant: number): [time: number, date: number] {
  const at = new Date(instant);
  const year = at.getFullYear() - 1980;
  if (!(year >= 0 && year <= 127)) return [0, 0x21];
  const time = (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1);
  return [time, (year << 9) | ((at.getMonth() + 1) << 5) | at.getDate()];
}

/** Little-endian fields, one after another. */
class Fields {
  readonly #view: DataView<ArrayBuffer>;
  #at = 0;

  constructor(length: number) {
    this.#view = new DataView(new ArrayBuffer(length));
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  bytes(bytes: Uint8Array): this {
    new Uint8Array(this.#view.buffer).set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  done(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#view.buffer);
  }
}
