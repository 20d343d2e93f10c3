// What is read: one task, a page of many, counts. The cost of a page does not grow with the number of tasks.

import {
  checkQuery,
  type Claim,
  type ListQuery,
  parseCursor,
  type StoredStatus,
  type TaskFilter,
  type TaskId,
  type TaskRow,
  type TaskState,
  type TaskStatus,
} from '../task/index.ts';
import type { Connection } from './connection.ts';
import { comparePlaces, type Place, placeOf } from './place.ts';
import { done, prefix } from './request.ts';
import { type ClaimsRow, decodeClaims } from './claims.ts';
import { DUE, ENDED, type HeadRow, LISTED, READY } from './schema.ts';

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

const STORED: readonly StoredStatus[] = ['pending', 'completed', 'failed', 'cancelled'];
const MOST_COUNTED = 10_000;
const BATCH = 500;
/** So many tasks of the wanted statuses are looked up and sorted, in place of walking past all the others. */
const FEW = 2_000;

export function readStanding(connection: Connection): Promise<Standing> {
  return connection.use((database) => standingIn(database.transaction('meta', 'readonly')));
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
  const { limit = 20, offset = 0 } = query;
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const most = offset + limit + 1;
    const batch = isSelective(query) ? BATCH : Math.min(most, BATCH);
    const first = isWhole(query) ? readListed(transaction, after, batch) : undefined;
    const now = await standingIn(transaction);
    const rows = await rowsInOrder(transaction, now, query, { after, batch, first });
    const matches = predicate(query, now.claims);
    const found = await take(rows, matches, most);
    const page = found.slice(offset, offset + limit);
    const total = isCounted(query)
      ? { total: countKept(now, query) }
      : await countMatches(transaction, now, query, after === undefined ? { found: found.length, rows } : undefined);
    const last = page.at(-1);
    const nextCursor = found.length >= most && last !== undefined ? cursorOf(last) : null;
    const states = page.map((row) => ({ row, claim: now.claims.get(row.id) }));
    return { states, limit, offset, ...total, nextCursor };
  });
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

type Rows = AsyncIterator<TaskRow, undefined> | Iterator<TaskRow, undefined>;

interface Reading {
  after: Place | undefined;
  batch: number;
  /** The first batch of the list's index, if it was asked for already. */
  first?: Promise<TaskRow[]> | undefined;
}

/** Rows in list order. Where those of the wanted statuses are few, they are looked up; else the list's index is walked. */
async function rowsInOrder(
  transaction: IDBTransaction,
  now: Standing,
  { status }: TaskFilter,
  reading: Reading,
): Promise<Rows> {
  const wanted = statuses(status);
  if (reading.first === undefined && countKept(now, { status: wanted }) <= FEW) {
    return few(await lookUp(transaction, wanted), reading.after);
  }
  return walk(transaction, reading);
}

/** Every pending task has a lane or is due some time; every other has ended. */
async function lookUp(transaction: IDBTransaction, wanted: readonly TaskStatus[]): Promise<TaskRow[]> {
  const tasks = transaction.objectStore('tasks');
  const ended = wanted.filter((each) => each !== 'pending' && each !== 'running').map((each) => prefix([each]));
  const pending = ended.length < wanted.length ? [READY, DUE] : [];
  const rows = await Promise.all([
    ...ended.map((range) => done<TaskRow[]>(tasks.index(ENDED).getAll(range))),
    ...pending.map((index) => done<TaskRow[]>(tasks.index(index).getAll())),
  ]);
  return rows.flat().sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
}

function* few(rows: readonly TaskRow[], after: Place | undefined): Generator<TaskRow, undefined> {
  for (const row of rows) if (after === undefined || comparePlaces(placeOf(row), after) > 0) yield row;
  return undefined;
}

async function* walk(
  transaction: IDBTransaction,
  { after, batch, first }: Reading,
): AsyncGenerator<TaskRow, undefined> {
  let rows = await (first ?? readListed(transaction, after, batch));
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < batch || last === undefined) return undefined;
    rows = await readListed(transaction, placeOf(last), batch);
  }
}

function readListed(transaction: IDBTransaction, after: Place | undefined, batch: number): Promise<TaskRow[]> {
  const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true);
  return done<TaskRow[]>(transaction.objectStore('tasks').index(LISTED).getAll(range, batch));
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

function countKept(now: Standing, { status, creator, type }: TaskFilter): number {
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
  transaction: IDBTransaction,
  now: Standing,
  query: ListQuery,
  begun: { found: number; rows: Rows } | undefined,
): Promise<{ total: number; totalIsLowerBound?: true }> {
  const { found, rows } = begun ?? {
    found: 0,
    rows: await rowsInOrder(transaction, now, query, { after: undefined, batch: BATCH }),
  };
  const more = await take(rows, predicate(query, now.claims), MOST_COUNTED - found);
  const total = Math.min(found + more.length, MOST_COUNTED);
  return total >= MOST_COUNTED ? { total, totalIsLowerBound: true } : { total };
}

/** What is kept counted need not be counted. */
function isCounted({ workspace, tag, parentId, search }: TaskFilter): boolean {
  return [workspace, tag, parentId, search].every((each) => each === undefined);
}

/** Some tasks may be left out. */
function isSelective(filter: TaskFilter): boolean {
  return filter.status !== undefined || filter.type !== undefined || filter.creator !== undefined || !isCounted(filter);
}

/** Every status is wanted. */
function isWhole({ status }: TaskFilter): boolean {
  return statuses(status).length > STORED.length;
}

function predicate(filter: TaskFilter, claims: ReadonlyMap<TaskId, Claim>): (row: TaskRow) => boolean {
  const { type, creator, workspace, tag, parentId } = filter;
  const wanted = new Set(statuses(filter.status));
  const words = (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return (row) =>
    wanted.has(claims.has(row.id) ? 'running' : row.status) &&
    (type === undefined || row.type === type) &&
    (creator === undefined || row.creator === creator) &&
    (workspace === undefined || row.workspace === workspace) &&
    (tag === undefined || row.tags?.includes(tag) === true) &&
    (parentId === undefined || row.parentId === parentId) &&
    (words.length === 0 || containsAll(row, words));
}

function containsAll(row: TaskRow, words: readonly string[]): boolean {
  const text = `${row.name}\n${row.type}\n${row.id}\n${payloadText(row.payload)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function payloadText(payload: unknown): string {
  if (payload === undefined) return '';
  try {
    return JSON.stringify(payload);
  } catch {
    return '';
  }
}

function statuses(status: TaskFilter['status']): readonly TaskStatus[] {
  if (status === undefined) return ['running', ...STORED];
  return typeof status === 'string' ? [status] : status;
}

function cursorOf(row: TaskRow): string {
  return JSON.stringify(placeOf(row));
}
