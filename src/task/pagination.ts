// Which tasks a list holds, and which pages of it there can be.

import { parseCursor, sortOf } from './cursor.ts';
import { ErrandError, type ErrandErrorCode } from './errors.ts';
import type { TaskStatus } from './record.ts';
// Its own room, and not the door: a page that asks for a list needs no schedules.
import { HOW, instantOf } from './schedule/milliseconds.ts';
import type { Instant } from './schedule/index.ts';

/** Which tasks. What is left out does not matter. */
export interface TaskFilter {
  status?: TaskStatus | readonly TaskStatus[];
  type?: string;
  workspace?: string;
  creator?: string;
  tag?: string;
  parentId?: string;
  /** Made then or later. */
  from?: Instant;
  /** Made then or earlier. */
  to?: Instant;
  /** Only tasks whose schedules make run after run, or only others. */
  recurring?: boolean;
  /** Words that must all occur in name, type, id or (small) payload. Case does not matter. */
  search?: string;
}

export type SortField = 'priority' | 'status' | 'type' | 'createdAt' | 'updatedAt' | 'scheduledAt';

/** Which tasks, in which order, and which page of them. */
export interface ListQuery extends TaskFilter {
  /** What they are sorted by; those that are equal in it, by when they were made, then id. Default `priority`. */
  sortBy?: SortField;
  /** Default: `desc` for the priority, which puts high first; `asc` for all else. Who has no such time comes last. */
  sortOrder?: 'asc' | 'desc';
  /** 1 to 1,000. Default 20. */
  limit?: number;
  /** How many to skip. Default 0. Its cost grows with its size; `cursor` has none. */
  offset?: number;
  /** Where the page before this one ended: its `nextCursor`. Not together with `offset`. */
  cursor?: string;
}

/** Some of many, in their order. */
export interface Span {
  offset?: number;
  limit?: number;
}

/** Some neighbouring items of a map. */
export interface SpanOfItems {
  from?: number;
  limit?: number;
}

const STATUSES: readonly unknown[] = [
  'pending',
  'running',
  'completed',
  'failed',
  'cancelled',
] satisfies readonly TaskStatus[];
const SORTS: readonly unknown[] = [
  'priority',
  'status',
  'type',
  'createdAt',
  'updatedAt',
  'scheduledAt',
] satisfies readonly SortField[];

interface Rule {
  rule: string;
  holds: (value: unknown) => boolean;
}

const TEXT: Rule = { rule: 'must be text', holds: (value) => typeof value === 'string' };
const INSTANT: Rule = {
  rule: `must be an instant. ${HOW.slice(0, -1)}`,
  holds: (value) => instantOf(value) !== undefined,
};
const FIELDS: Record<keyof TaskFilter | 'sortBy' | 'sortOrder', Rule> = {
  sortBy: { rule: `must be one of ${SORTS.join(', ')}`, holds: (value) => SORTS.includes(value) },
  sortOrder: { rule: 'must be asc or desc', holds: (value) => value === 'asc' || value === 'desc' },
  from: INSTANT,
  to: INSTANT,
  status: {
    rule: `must be one of ${STATUSES.join(', ')}, or a list of them`,
    holds: (value) => (Array.isArray(value) ? value : [value]).every((each) => STATUSES.includes(each)),
  },
  type: TEXT,
  workspace: TEXT,
  creator: TEXT,
  tag: TEXT,
  recurring: { rule: 'must be true or false', holds: (value) => typeof value === 'boolean' },
  parentId: TEXT,
  search: TEXT,
};

/** Throws `invalid-pagination` or `invalid-request` with the field at fault. */
export function checkQuery(query: ListQuery): void {
  const { limit, offset, cursor, ...filter } = fieldsOf(query);
  checkFields(filter);
  checkLimit(limit);
  checkOffset('offset', offset);
  if (cursor === undefined) return;
  if (Number(offset ?? 0) > 0) throw badPage('cursor', 'cursor and offset cannot be used together');
  parseCursor(cursor, sortOf(query));
}

/** Throws `invalid-pagination`; `start` is the name of the field that says where the span begins. */
export function checkSpan(span: Span | SpanOfItems, start: 'offset' | 'from' = 'offset'): void {
  const fields = fieldsOf(span);
  checkOffset(start, fields[start]);
  checkLimit(fields.limit);
}

/** Throws `invalid-request` with the field at fault. */
function checkFields(fields: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (!Object.hasOwn(FIELDS, field)) throw bad('invalid-request', field, `${field} is not a filter.`);
    const { rule, holds } = FIELDS[field as keyof typeof FIELDS];
    if (value !== undefined && !holds(value)) throw bad('invalid-request', field, `${field} ${rule}.`);
  }
}

function checkLimit(limit: unknown = 1): void {
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > 1_000)
    throw badPage('limit', 'limit must be between 1 and 1000');
}

function checkOffset(field: string, offset: unknown = 0): void {
  if (!Number.isInteger(offset) || Number(offset) < 0) throw badPage(field, `${field} must be a non-negative integer`);
}

function fieldsOf(value: object): Record<string, unknown> {
  if (typeof value === 'object' && (value as object | null) !== null) return { ...value };
  throw bad('invalid-request', 'query', 'A query must be an object.');
}

function badPage(field: string, message: string): ErrandError {
  return bad('invalid-pagination', field, message);
}

function bad(code: ErrandErrorCode, field: string, message: string): ErrandError {
  return new ErrandError(code, message, { field });
}
