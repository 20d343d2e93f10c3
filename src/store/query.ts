// What is read: one task, a page of many, counts. A page merges the heads of one range per status, so that its cost
// does not grow with the number of tasks.

import {
  type Claim,
  ErrandError,
  type StoredStatus,
  type TaskId,
  type TaskRow,
  type TaskState,
  type TaskStatus,
} from '../task/index.ts';
import type { Connection } from './connection.ts';
import { done } from './request.ts';
import { type ClaimsRow, decodeClaims } from './claims.ts';
import { type HeadRow, LISTED } from './schema.ts';

/** Which tasks. */
export interface Filter {
  status?: TaskStatus | readonly TaskStatus[];
  type?: string;
  workspace?: string;
  creator?: string;
  tag?: string;
  parentId?: string;
  search?: string;
}

export interface PageQuery extends Filter {
  limit?: number;
  offset?: number;
  cursor?: string;
}

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

type SortKey = [rank: number, createdAt: number, id: string];

const STORED: readonly StoredStatus[] = ['pending', 'completed', 'failed', 'cancelled'];
const MOST_COUNTED = 10_000;
const BATCH = 500;

export function readStanding(connection: Connection): Promise<Standing> {
  return connection.use((database) => standing(database.transaction('meta', 'readonly')));
}

/** A task's state, or `undefined` if it is not there. */
export function readTask(connection: Connection, id: string): Promise<TaskState | undefined> {
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const [row, { claims }] = await Promise.all([
      done<TaskRow | undefined>(transaction.objectStore('tasks').get(id)),
      standing(transaction),
    ]);
    return row === undefined ? undefined : { row, claim: claims.get(row.id) };
  });
}

/** One page of tasks. Throws `invalid-pagination` with the field at fault. */
export async function readPage(connection: Connection, query: PageQuery): Promise<PageOfRows> {
  const { limit = 20, offset = 0 } = query;
  checkPage(limit, offset, query.cursor);
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const filtered = hasPredicate(query);
    const batch = filtered ? BATCH : Math.min(offset + limit + 1, BATCH);
    const ranges = storedStatuses(query.status).map((status) => new Range(transaction, status, after, batch));
    for (const range of ranges) range.fill();
    const { head, claims } = await standing(transaction);
    const matches = predicate(query, claims);
    const found = await collect(ranges, matches, offset + limit + 1);
    const page = found.slice(offset, offset + limit);
    const total = filtered
      ? await countMatches(transaction, query, claims, { after, found: found.length, more: ranges })
      : { total: countKept(head, claims, query) };
    const last = page.at(-1);
    const nextCursor = found.length > offset + limit && last !== undefined ? cursorOf(last) : null;
    const states = page.map((row) => ({ row, claim: claims.get(row.id) }));
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
    const [creator = '', type = ''] = key.split('\0');
    return { creator, type, counts };
  });
}

async function standing(transaction: IDBTransaction): Promise<Standing> {
  const meta = transaction.objectStore('meta');
  const [head, claims] = await Promise.all([done<HeadRow>(meta.get('head')), done<ClaimsRow>(meta.get('claims'))]);
  return { head, claims: decodeClaims(claims) };
}

/** The tasks of one status in list order, read batch by batch. */
class Range {
  readonly #index: IDBIndex;
  readonly #status: StoredStatus;
  readonly #batch: number;
  #after: SortKey | undefined;
  #rows: TaskRow[] = [];
  #next = 0;
  #filling: Promise<TaskRow[]> | undefined;
  #exhausted = false;

  constructor(transaction: IDBTransaction, status: StoredStatus, after: SortKey | undefined, batch: number) {
    this.#index = transaction.objectStore('tasks').index(LISTED);
    this.#status = status;
    this.#after = after;
    this.#batch = batch;
  }

  fill(): void {
    const lower = this.#after === undefined ? [this.#status] : [this.#status, ...this.#after];
    this.#filling = done<TaskRow[]>(
      this.#index.getAll(IDBKeyRange.bound(lower, [this.#status, []], true), this.#batch),
    );
  }

  async head(): Promise<TaskRow | undefined> {
    if (this.#next < this.#rows.length) return this.#rows[this.#next];
    if (this.#exhausted) return undefined;
    if (this.#filling === undefined) this.fill();
    this.#rows = (await this.#filling) ?? [];
    this.#filling = undefined;
    this.#next = 0;
    this.#exhausted = this.#rows.length < this.#batch;
    const last = this.#rows.at(-1);
    if (last !== undefined) this.#after = sortKey(last);
    return this.#rows[0];
  }

  skip(): void {
    this.#next += 1;
  }
}

/** The first tasks of the merged ranges that match. */
async function collect(ranges: readonly Range[], matches: (row: TaskRow) => boolean, most: number): Promise<TaskRow[]> {
  const found: TaskRow[] = [];
  while (found.length < most) {
    const first = await least(ranges);
    if (first === undefined) break;
    first.range.skip();
    if (matches(first.row)) found.push(first.row);
  }
  return found;
}

async function least(ranges: readonly Range[]): Promise<{ range: Range; row: TaskRow } | undefined> {
  let first: { range: Range; row: TaskRow } | undefined;
  for (const range of ranges) {
    const row = await range.head();
    if (row !== undefined && (first === undefined || compareRows(row, first.row) < 0)) first = { range, row };
  }
  return first;
}

function countKept(head: HeadRow, claims: ReadonlyMap<TaskId, Claim>, { status, creator, type }: Filter): number {
  const wanted = new Set(statuses(status));
  let total = 0;
  for (const group of countsOf({ head, claims })) {
    if ((creator !== undefined && group.creator !== creator) || (type !== undefined && group.type !== type)) continue;
    for (const each of wanted) total += group.counts[each];
  }
  return total;
}

interface Counting {
  after: SortKey | undefined;
  found: number;
  more: readonly Range[];
}

/** Counts what matches: goes on where the page ended, or from the start where a cursor skipped some. Stops at 10,000. */
async function countMatches(
  transaction: IDBTransaction,
  query: PageQuery,
  claims: ReadonlyMap<TaskId, Claim>,
  { after, found, more }: Counting,
): Promise<{ total: number; totalIsLowerBound?: true }> {
  const matches = predicate(query, claims);
  const anew = after !== undefined;
  const ranges = anew
    ? storedStatuses(query.status).map((each) => new Range(transaction, each, undefined, BATCH))
    : more;
  const total = (anew ? 0 : found) + (await collect(ranges, matches, MOST_COUNTED - (anew ? 0 : found))).length;
  return total >= MOST_COUNTED ? { total, totalIsLowerBound: true } : { total };
}

function hasPredicate({ type, creator, workspace, tag, parentId, search, status }: Filter): boolean {
  const wanted = statuses(status);
  const splitsPending = wanted.includes('pending') !== wanted.includes('running');
  return splitsPending || [type, creator, workspace, tag, parentId, search].some((each) => each !== undefined);
}

function predicate(filter: Filter, claims: ReadonlyMap<TaskId, Claim>): (row: TaskRow) => boolean {
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

function statuses(status: Filter['status']): readonly TaskStatus[] {
  if (status === undefined) return ['running', ...STORED];
  return typeof status === 'string' ? [status] : status;
}

function storedStatuses(status: Filter['status']): StoredStatus[] {
  const wanted = statuses(status);
  return STORED.filter((each) => wanted.includes(each) || (each === 'pending' && wanted.includes('running')));
}

function checkPage(limit: number, offset: number, cursor: string | undefined): void {
  const bad = (field: string, message: string) => new ErrandError('invalid-pagination', message, { field });
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw bad('limit', 'limit must be between 1 and 1000');
  if (!Number.isInteger(offset) || offset < 0) throw bad('offset', 'offset must be a non-negative integer');
  if (cursor !== undefined && offset > 0) throw bad('cursor', 'cursor and offset cannot be used together');
}

function cursorOf(row: TaskRow): string {
  return JSON.stringify(sortKey(row));
}

function parseCursor(cursor: string): SortKey {
  try {
    const parsed: unknown = JSON.parse(cursor);
    if (Array.isArray(parsed) && parsed.length === 3) {
      const [rank, createdAt, id] = parsed as unknown[];
      if (typeof rank === 'number' && typeof createdAt === 'number' && typeof id === 'string')
        return [rank, createdAt, id];
    }
  } catch {
    // Said below.
  }
  throw new ErrandError('invalid-pagination', 'cursor must be the nextCursor of an earlier page', { field: 'cursor' });
}

function sortKey(row: TaskRow): SortKey {
  return [row.rank, row.createdAt, row.id];
}

function compareRows(a: TaskRow, b: TaskRow): number {
  return a.rank - b.rank || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
