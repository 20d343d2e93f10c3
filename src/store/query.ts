// What is read: one task, a page of many, counts. The cost of a page does not grow with the number of tasks.

import {
  checkQuery,
  type Claim,
  cursorAt,
  type ListPlace,
  type ListQuery,
  parseCursor,
  type Sort,
  sortOf,
  type TaskFilter,
  type TaskId,
  type TaskRow,
  type TaskState,
  type TaskStatus,
} from '../task/index.ts';
import { type ClaimsRow, decodeClaims } from './claims.ts';
import type { Connection } from './connection.ts';
import { isCounted, isSelective, isWhole, predicate, spanOf, statuses } from './filter.ts';
import { First, isBackwards, type Order, orderOf } from './order.ts';
import { type Place, placeOf } from './place.ts';
import { done, prefix } from './request.ts';
import { DUE, ENDED, type HeadRow, LISTED, READY } from './schema.ts';
import { BATCH, joined, merged, newest, oldest, ranksIn, type Rows, type Span } from './streams.ts';

export interface PageOfRows {
  states: TaskState[];
  limit: number;
  offset: number;
  total: number;
  totalIsLowerBound?: true;
  nextCursor: string | null;
}

/** Where the database stands: head and claims in one read. */
export interface Standing {
  head: HeadRow;
  claims: ReadonlyMap<TaskId, Claim>;
}

const MOST_COUNTED = 10_000;
/** Of more priorities than that, nobody reads a stream each. */
const MOST_RANKS = 50;
const LEAST_BATCH = 8;
const ALWAYS: Span = { from: -Infinity, to: Infinity };
/** So many tasks of the wanted statuses are looked up and sorted, in place of walking past all the others. */
const FEW = 2_000;

export function readStanding(connection: Connection): Promise<Standing> {
  return connection.use((database) => standingIn(database.transaction('meta', 'readonly')));
}

export function readHead(connection: Connection): Promise<HeadRow> {
  return connection.use((database) =>
    done<HeadRow>(database.transaction('meta', 'readonly').objectStore('meta').get('head')),
  );
}

/** A task's state, or `undefined` if it is not there. */
export function readTask(connection: Connection, id: string): Promise<TaskState | undefined> {
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const [row, { claims }] = await Promise.all([
      done<TaskRow | undefined>(transaction.objectStore('tasks').get(id)),
      standingIn(transaction),
    ]);
    return row === undefined ? undefined : { row, claim: claims.get(row.id) };
  });
}

/** One page of tasks. Throws `invalid-pagination` or `invalid-request` with the field at fault. */
export async function readPage(connection: Connection, query: ListQuery): Promise<PageOfRows> {
  checkQuery(query);
  const sort = sortOf(query);
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor, sort);
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const first = readAhead(transaction, query, sort, after);
    const ranks = ranksAhead(transaction, sort);
    const now = await standingIn(transaction);
    const list = { transaction, query, now, order: orderOf(sort, now.claims), after, first, ranks };
    const rows = await rowsInOrder(list);
    return rows === undefined ? scannedPage(list) : pageOf(list, rows);
  });
}

/** A list that is being read. */
interface Listing {
  transaction: IDBTransaction;
  query: ListQuery;
  now: Standing;
  order: Order;
  /** Where the page before has ended. */
  after: ListPlace | undefined;
  /** The first batch of the list's index, if it was asked for already. */
  first?: Promise<TaskRow[]> | undefined;
  /** The ranks that there are, if they were asked for already. */
  ranks?: Promise<number[] | undefined> | undefined;
}

/** The list as most ask for it: its first rows are asked for before it is known what else there is. */
function readAhead(
  transaction: IDBTransaction,
  query: ListQuery,
  sort: Sort,
  after: ListPlace | undefined,
): Promise<TaskRow[]> | undefined {
  if (!isDefault(sort) || !isWhole(query) || spanOf(query) !== undefined) return undefined;
  const first = readListed(transaction, after, firstBatch(query));
  // Whoever reads the rest first hears of a transaction that was aborted.
  first.catch(() => undefined);
  return first;
}

/** What a list by age goes through is asked for together with where the database stands. */
function ranksAhead(transaction: IDBTransaction, { sortBy }: Sort): Promise<number[] | undefined> | undefined {
  if (sortBy !== 'createdAt') return undefined;
  const ranks = ranksIn(transaction, MOST_RANKS);
  ranks.catch(() => undefined);
  return ranks;
}

/** Rows in the list's order, up to the page's end; and how many there are in all. */
async function pageOf(list: Listing, rows: Rows): Promise<PageOfRows> {
  const { query, now, after } = list;
  const { limit, offset, most } = boundsOf(query);
  const found = await take(rows, predicate(query, now.claims), most);
  const page = found.slice(offset, offset + limit);
  const total = isCounted(query)
    ? { total: countKept(now, query) }
    : await countMatches(list, after === undefined ? { found: found.length, rows } : undefined);
  return shown(list, page, found.length >= most, total);
}

/** Looks at every task there may be, and keeps the places of the first alone. */
async function scannedPage(list: Listing): Promise<PageOfRows> {
  const { transaction, query, now, order, after } = list;
  const { limit, offset, most } = boundsOf(query);
  const matches = predicate(query, now.claims);
  const first = new First(most, order);
  let total = 0;
  const rows = await rowsInSpan(transaction, spanOf(query));
  for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
    if (!matches(next.value)) continue;
    total += 1;
    const place = order.placeOf(next.value);
    if (after === undefined || order.compare(place, after) > 0) first.add(place);
  }
  const tasks = transaction.objectStore('tasks');
  const places = first.places.slice(offset, offset + limit);
  const page = await Promise.all(places.map(([, , id]) => done<TaskRow>(tasks.get(id))));
  const counted = isCounted(query) ? { total: countKept(now, query) } : boundedTotal(total);
  return shown(list, page, first.places.length >= most, counted);
}

function shown(
  { query, now, order }: Listing,
  page: readonly TaskRow[],
  hasMore: boolean,
  total: Pick<PageOfRows, 'total' | 'totalIsLowerBound'>,
): PageOfRows {
  const { limit, offset } = boundsOf(query);
  const last = page.at(-1);
  const nextCursor = hasMore && last !== undefined ? cursorAt(order.sort, order.placeOf(last)) : null;
  const states = page.map((row) => ({ row, claim: now.claims.get(row.id) }));
  return { states, limit, offset, ...total, nextCursor };
}

function boundsOf({ limit = 20, offset = 0 }: ListQuery): { limit: number; offset: number; most: number } {
  return { limit, offset, most: offset + limit + 1 };
}

/** Counts per creator and type, from what is kept counted. */
export function countsOf({
  head,
  claims,
}: Standing): { creator: string; type: string; counts: Record<TaskStatus, number> }[] {
  const groups = new Map<string, Record<TaskStatus, number>>();
  for (const [key, counts] of head.counts) groups.set(key, { ...counts, running: 0 });
  for (const claim of claims.values()) {
    const group = groups.get(`${claim.creator}\0${claim.type}`);
    if (group === undefined) continue;
    group.running += 1;
    group.pending -= 1;
  }
  return [...groups].map(([key, counts]) => {
    // A creator may hold any character, a type may not.
    const end = key.lastIndexOf('\0');
    return { creator: key.slice(0, end), type: key.slice(end + 1), counts };
  });
}

export async function standingIn(transaction: IDBTransaction): Promise<Standing> {
  const meta = transaction.objectStore('meta');
  const [head, claims] = await Promise.all([done<HeadRow>(meta.get('head')), done<ClaimsRow>(meta.get('claims'))]);
  return { head, claims: decodeClaims(claims) };
}

/**
 * Rows in list order: where those of the wanted statuses are few, they are looked up; the list's index gives them by
 * priority, and by age within each. `undefined` where they must be looked through.
 */
async function rowsInOrder(list: Listing): Promise<Rows | undefined> {
  const { transaction, query, now, order, after, first } = list;
  const wanted = statuses(query.status);
  if (first === undefined && !isWhole(query) && countKept(now, { status: wanted }) <= FEW) {
    return few(await lookUp(transaction, wanted), order, after);
  }
  const span = spanOf(query);
  const { sortBy } = order.sort;
  const isWalked = isDefault(order.sort);
  if (isWalked && span === undefined) return walk(transaction, after, firstBatch(query), first);
  if (sortBy !== 'priority' && sortBy !== 'createdAt') return undefined;
  const ranks = await (list.ranks ?? ranksIn(transaction, MOST_RANKS));
  if (ranks === undefined) return isWalked ? walk(transaction, after, BATCH) : undefined;
  const streams = { ranks, span: span ?? ALWAYS, batch: firstBatch(query) };
  return sortBy === 'priority' ? byRank(list, streams) : byAge(list, streams);
}

interface Streams {
  ranks: readonly number[];
  span: Span;
  batch: number;
}

function byRank({ transaction, order, after }: Listing, { ranks, span, batch }: Streams): Rows {
  const inOrder = isBackwards(order.sort) ? [...ranks].reverse() : ranks;
  const begun = after === undefined ? 0 : inOrder.findIndex((rank) => order.compare([rank, Infinity, ''], after) > 0);
  const streams = (begun === -1 ? [] : inOrder.slice(begun)).map((rank) =>
    oldest(transaction, { rank, span, batch, after: rank === after?.[0] ? [after[1], after[2]] : undefined }),
  );
  return joined(streams);
}

function byAge({ transaction, order, after }: Listing, { ranks, span, batch }: Streams): Rows {
  const read = isBackwards(order.sort) ? newest : oldest;
  const size = Math.max(LEAST_BATCH, Math.ceil(batch / Math.max(1, ranks.length)));
  const past = after === undefined ? undefined : ([after[1], after[2]] as const);
  const streams = ranks.map((rank) => read(transaction, { rank, span, batch: size, after: past }));
  return merged(streams, (a, b) => order.compare(order.placeOf(a), order.placeOf(b)));
}

async function fromStart(list: Listing): Promise<Rows> {
  const rows = await rowsInOrder({ ...list, after: undefined, first: undefined });
  return rows ?? rowsInSpan(list.transaction, spanOf(list.query));
}

/** Every row that may have been made in a span, in no order that matters. */
async function rowsInSpan(transaction: IDBTransaction, span: Span | undefined): Promise<Rows> {
  const ranks = span === undefined ? undefined : await ranksIn(transaction, MOST_RANKS);
  if (span === undefined || ranks === undefined) return walk(transaction, undefined, BATCH);
  return joined(ranks.map((rank) => oldest(transaction, { rank, span, batch: BATCH })));
}

/** Every pending task has a lane or is due some time; every other has ended. */
export async function lookUp(transaction: IDBTransaction, wanted: readonly TaskStatus[]): Promise<TaskRow[]> {
  const tasks = transaction.objectStore('tasks');
  const ended = wanted.filter((each) => each !== 'pending' && each !== 'running').map((each) => prefix([each]));
  const pending = ended.length < wanted.length ? [READY, DUE] : [];
  const rows = await Promise.all([
    ...ended.map((range) => done<TaskRow[]>(tasks.index(ENDED).getAll(range))),
    ...pending.map((index) => done<TaskRow[]>(tasks.index(index).getAll())),
  ]);
  return rows.flat();
}

function* few(
  rows: readonly TaskRow[],
  { placeOf, compare }: Order,
  after: ListPlace | undefined,
): Generator<TaskRow, undefined> {
  const placed = rows.map((row) => ({ row, place: placeOf(row) })).sort((a, b) => compare(a.place, b.place));
  for (const { row, place } of placed) if (after === undefined || compare(place, after) > 0) yield row;
  return undefined;
}

async function* walk(
  transaction: IDBTransaction,
  after: ListPlace | undefined,
  batch: number,
  first?: Promise<TaskRow[]>,
): AsyncGenerator<TaskRow, undefined> {
  let rows = await (first ?? readListed(transaction, after, batch));
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < batch || last === undefined) return undefined;
    rows = await readListed(transaction, placeOf(last), batch);
  }
}

function readListed(
  transaction: IDBTransaction,
  after: Place | ListPlace | undefined,
  batch: number,
): Promise<TaskRow[]> {
  const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true);
  return done<TaskRow[]>(transaction.objectStore('tasks').index(LISTED).getAll(range, batch));
}

/** Where nothing is left out, no more is read than the page needs. */
function firstBatch(query: ListQuery): number {
  return isSelective(query) ? BATCH : Math.min(boundsOf(query).most, BATCH);
}

function isDefault({ sortBy, sortOrder }: Sort): boolean {
  return sortBy === 'priority' && sortOrder === 'desc';
}

/** The next rows that match, at most so many. */
async function take(rows: Rows, matches: (row: TaskRow) => boolean, most: number): Promise<TaskRow[]> {
  const found: TaskRow[] = [];
  while (found.length < most) {
    const next = await rows.next();
    if (next.done === true) break;
    if (matches(next.value)) found.push(next.value);
  }
  return found;
}

export function countKept(now: Standing, { status, creator, type }: TaskFilter): number {
  const wanted = new Set(statuses(status));
  let total = 0;
  for (const group of countsOf(now)) {
    if ((creator !== undefined && group.creator !== creator) || (type !== undefined && group.type !== type)) continue;
    for (const each of wanted) total += group.counts[each];
  }
  return total;
}

/** Counts what matches: goes on where the page ended, or from the start where a cursor skipped some. Stops at 10,000. */
async function countMatches(
  list: Listing,
  begun: { found: number; rows: Rows } | undefined,
): Promise<{ total: number; totalIsLowerBound?: true }> {
  const { found, rows } = begun ?? { found: 0, rows: await fromStart(list) };
  const more = await count(rows, predicate(list.query, list.now.claims), MOST_COUNTED - found);
  return boundedTotal(found + more);
}

async function count(rows: Rows, matches: (row: TaskRow) => boolean, most: number): Promise<number> {
  let found = 0;
  while (found < most) {
    const next = await rows.next();
    if (next.done === true) break;
    if (matches(next.value)) found += 1;
  }
  return found;
}

function boundedTotal(total: number): { total: number; totalIsLowerBound?: true } {
  return total >= MOST_COUNTED ? { total: MOST_COUNTED, totalIsLowerBound: true } : { total };
}
