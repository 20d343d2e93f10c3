// Frames: a mark, the length and the checksum of what follows. What was torn by a crash, or changed on disk, fails its
// checksum and is never believed; reading goes on at the next frame that is whole.

import { crc32 } from '../../task/index.ts';

const MARK = 0x45524c31; // "ERL1"
const HEADER_BYTES = 12;

/** One frame around some bytes. */
export function frame(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MARK);
  view.setUint32(4, content.length);
  view.setUint32(8, crc32(content));
  bytes.set(content, HEADER_BYTES);
  return bytes;
}

/** The content of a whole frame, and how many bytes before it belong to none; at the end of all, there may be no frame. */
export interface Framed {
  content?: Uint8Array;
  lostBytes: number;
}

/** Walks over every whole frame in the bytes, in order. */
export function* walkFrames(bytes: Uint8Array): Generator<Framed> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let lostBytes = 0;
  for (let at = 0; at < bytes.length;) {
    const content = wholeFrame(bytes, view, at);
    if (content === undefined) {
      lostBytes += 1;
      at += 1;
    } else {
      yield { content, lostBytes };
      lostBytes = 0;
      at += HEADER_BYTES + content.length;
    }
  }
  if (lostBytes > 0) yield { lostBytes };
}

export interface Frames {
  contents: Uint8Array[];
  /** Bytes that belong to no whole frame: a torn end, or damage. */
  lostBytes: number;
  /** There are such bytes after the last whole frame. */
  isTorn: boolean;
}

export function framesIn(bytes: Uint8Array): Frames {
  const framed = [...walkFrames(bytes)];
  return {
    contents: framed.flatMap(({ content }) => content ?? []),
    lostBytes: framed.reduce((sum, each) => sum + each.lostBytes, 0),
    isTorn: framed.length > 0 && framed.at(-1)?.content === undefined,
  };
}

function wholeFrame(bytes: Uint8Array, view: DataView, at: number): Uint8Array | undefined {
  if (at + HEADER_BYTES > bytes.length || view.getUint32(at) !== MARK) return undefined;
  const start = at + HEADER_BYTES;
  const end = start + view.getUint32(at + 4);
  if (end > bytes.length) return undefined;
  const content = bytes.subarray(start, end);
  return crc32(content) === view.getUint32(at + 8) ? content : undefined;
}
