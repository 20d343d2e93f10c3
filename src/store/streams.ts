// Tasks by their age. The list's index sorts them by age within each priority, so that where these are few, one stream
// for each is read, and the streams are put together.

import type { TaskRow } from '../task/index.ts';
import { done } from './request.ts';
import { LISTED } from './schema.ts';

export type Rows = AsyncIterator<TaskRow, undefined> | Iterator<TaskRow, undefined>;

/** Made between two instants, both included. */
export interface Span {
  from: number;
  to: number;
}

/** The tasks of one priority and a span; past a task, if one is given. */
export interface Stream {
  rank: number;
  span: Span;
  /** When that task was made, and its id. */
  after?: readonly [createdAt: number, id: string] | undefined;
  /** So many are read at first; more and more later. */
  batch: number;
}

/** No more tasks are read at a time. */
export const BATCH = 500;

/** The ranks that there are, the most urgent first, one seek for each; `undefined` where there are more than so many. */
export async function ranksIn(transaction: IDBTransaction, most = Infinity): Promise<number[] | undefined> {
  const index = transaction.objectStore('tasks').index(LISTED);
  const ranks: number[] = [];
  for (let after: IDBKeyRange | null = null; ;) {
    const cursor: IDBCursor | null = await done<IDBCursor | null>(index.openKeyCursor(after));
    if (cursor === null) return ranks;
    if (ranks.length === most) return undefined;
    const [rank] = cursor.key as [number];
    ranks.push(rank);
    after = IDBKeyRange.lowerBound([rank, []], true);
  }
}

/** The oldest first. */
export async function* oldest(
  transaction: IDBTransaction,
  { rank, span: { from, to }, after, batch }: Stream,
): AsyncGenerator<TaskRow, undefined> {
  const index = transaction.objectStore('tasks').index(LISTED);
  const end = [rank, to, []];
  let start: IDBValidKey[] = after !== undefined && after[0] >= from ? [rank, ...after] : [rank, from];
  for (let size = batch; ; size = Math.min(2 * size, BATCH)) {
    if (indexedDB.cmp(start, end) > 0) return undefined;
    const rows = await done<TaskRow[]>(index.getAll(IDBKeyRange.bound(start, end, true), size));
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < size || last === undefined) return undefined;
    start = [rank, last.createdAt, last.id];
  }
}

/** The newest first; those of one instant in the order of their ids, which is against that of the index. */
export async function* newest(transaction: IDBTransaction, stream: Stream): AsyncGenerator<TaskRow, undefined> {
  const { rank, span, after, batch } = stream;
  const index = transaction.objectStore('tasks').index(LISTED);
  const isWithin = after !== undefined && after[0] <= span.to;
  if (isWithin) yield* oldest(transaction, { ...stream, span: { from: Math.max(after[0], span.from), to: after[0] } });
  const start = [rank, span.from];
  let end: IDBValidKey[] = isWithin ? [rank, after[0]] : [rank, span.to, []];
  for (let size = batch; indexedDB.cmp(start, end) < 0; size = Math.min(2 * size, BATCH)) {
    const { first, last } = await reach(index, IDBKeyRange.bound(start, end, false, true), size);
    if (first === undefined) return undefined;
    if (first === last) {
      yield* oldest(transaction, { rank, span: { from: first, to: first }, batch: size });
    } else {
      // Whole instants only: the last one reached may have more.
      const lower = last === undefined ? start : [rank, last, []];
      const rows = await done<TaskRow[]>(index.getAll(IDBKeyRange.bound(lower, end, false, true)));
      yield* byInstant(rows);
    }
    end = first === last ? [rank, first] : last === undefined ? start : [rank, last, []];
  }
  return undefined;
}

/** Those of one instant after another, the newest first. */
function* byInstant(rows: readonly TaskRow[]): Generator<TaskRow> {
  let end = rows.length;
  while (end > 0) {
    const at = rows[end - 1]?.createdAt;
    let begin = end;
    while (begin > 0 && rows[begin - 1]?.createdAt === at) begin -= 1;
    yield* rows.slice(begin, end);
    end = begin;
  }
}

/** When the newest of a range was made, and the one so many before it; `undefined` where there are not so many. */
function reach(index: IDBIndex, range: IDBKeyRange, size: number): Promise<{ first?: number; last?: number }> {
  return new Promise((resolve, reject) => {
    let first: number | undefined;
    const request = index.openKeyCursor(range, 'prev');
    request.onerror = () => {
      reject(request.error ?? new DOMException('The request failed.', 'UnknownError'));
    };
    request.onsuccess = () => {
      const cursor = request.result;
      const at = cursor === null ? undefined : (cursor.key as [number, number])[1];
      if (first === undefined && cursor !== null && size > 1) {
        first = at;
        cursor.advance(size - 1);
        return;
      }
      first ??= at;
      resolve({ ...(first !== undefined && { first }), ...(at !== undefined && { last: at }) });
    };
  });
}

/** One stream after another. */
export async function* joined(streams: readonly Rows[]): AsyncGenerator<TaskRow, undefined> {
  for (const stream of streams) {
    for (let next = await stream.next(); next.done !== true; next = await stream.next()) yield next.value;
  }
  return undefined;
}

/** Streams that are each in an order, as one that is. */
export async function* merged(
  streams: readonly Rows[],
  compare: (a: TaskRow, b: TaskRow) => number,
): AsyncGenerator<TaskRow, undefined> {
  const heads = await Promise.all(streams.map(async (stream) => ({ stream, row: (await stream.next()).value })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.row !== undefined && (first?.row === undefined || compare(head.row, first.row) < 0)) first = head;
    }
    if (first?.row === undefined) return undefined;
    yield first.row;
    first.row = (await first.stream.next()).value;
  }
}
