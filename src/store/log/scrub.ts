// Whether the log could make the database again: read from end to end while the database is whole, because a hole in the
// middle of it is noticed by nobody else before it is too late.

import type { HeadRow } from '../schema.ts';
import { type Base, chainOf, type Link } from './chain.ts';
import { entryIn, generationIn, linkOf, type LogEntry } from './entry.ts';
import { atLog, bytesOf, checkpointSeq, type LogHome, logFileNames } from './files.ts';
import { walkFrames } from './frame.ts';

/** So much is read at a stretch. */
const SLICE_BYTES = 64 * 1024;

/**
 * Whether the log could make a database again as it was at a commit. Rests after every slice. Rejects where a file was
 * changed or deleted while it was read: then it is to be asked again.
 */
export function couldRestore(database: string, head: HeadRow, rest: () => Promise<void>): Promise<boolean> {
  return atLog(database, (home) => leadsTo(head, home, rest));
}

async function leadsTo(head: HeadRow, home: LogHome, rest: () => Promise<void>): Promise<boolean> {
  const links: Link[] = [];
  let base: Base = { seq: 0, stamp: 0 };
  for (const name of await logFileNames(home)) {
    const bytes = await bytesOf(home, name);
    if (checkpointSeq(name) !== undefined) {
      const checkpoint = await checkpointIn(bytes, head.generation, rest);
      if (checkpoint !== undefined && checkpoint.seq > base.seq) base = checkpoint;
    } else links.push(...(await linksIn(bytes, head.generation, rest)));
  }
  if (base.seq >= head.commitSeq) return true;
  const known = links.filter(({ seq }) => seq <= head.commitSeq);
  return chainOf(known, base, head.stamp).wholeFrom === 0;
}

/** Where a whole checkpoint stands: its first frame is a header, its last the end, and none between them is missing. */
async function checkpointIn(
  bytes: Uint8Array,
  generation: string,
  rest: () => Promise<void>,
): Promise<Base | undefined> {
  let count = 0;
  let first: Uint8Array | undefined;
  let last: Uint8Array | undefined;
  for await (const content of inSlices(bytes, rest)) {
    first ??= content;
    last = content;
    count += 1;
  }
  const [header, end] = [first, last].map((content) => (content === undefined ? undefined : entryIn(content)));
  const isWhole = header?.kind === 'header' && end?.kind === 'end' && end.batches === count - 2;
  return isWhole && end.generation === generation ? end : undefined;
}

async function linksIn(bytes: Uint8Array, generation: string, rest: () => Promise<void>): Promise<Link[]> {
  const links: Link[] = [];
  for await (const content of inSlices(bytes, rest)) {
    const entry: LogEntry | undefined = entryIn(content);
    if (entry?.kind === 'transaction' && generationIn(entry) === generation) links.push(linkOf(entry));
  }
  return links;
}

async function* inSlices(bytes: Uint8Array, rest: () => Promise<void>): AsyncGenerator<Uint8Array> {
  let read = 0;
  for (const { content } of walkFrames(bytes)) {
    if (content === undefined) continue;
    yield content;
    read += content.length;
    if (read < SLICE_BYTES) continue;
    read = 0;
    await rest();
  }
}
