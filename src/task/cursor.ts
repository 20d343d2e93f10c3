// Where in a list's order a page has ended. It says the order, too: in another it would name another place.

import { ErrandError } from './errors.ts';
import type { ListQuery, SortField } from './pagination.ts';

/** The order of a list, with its defaults filled in. */
export interface Sort {
  sortBy: SortField;
  sortOrder: 'asc' | 'desc';
}

/** A place in a list: what the task there is sorted by, when it was made, and its id. */
export type ListPlace = [value: string | number | null, createdAt: number, id: string];

export function sortOf({ sortBy = 'priority', sortOrder }: Pick<ListQuery, 'sortBy' | 'sortOrder'>): Sort {
  return { sortBy, sortOrder: sortOrder ?? (sortBy === 'priority' ? 'desc' : 'asc') };
}

/** The cursor that stands at a place. That of the default order names no order. */
export function cursorAt({ sortBy, sortOrder }: Sort, place: ListPlace): string {
  return JSON.stringify(isDefault({ sortBy, sortOrder }) ? place : [sortBy, sortOrder, ...place]);
}

/** The place at which a cursor of that order stands. Throws `invalid-pagination`. */
export function parseCursor(cursor: unknown, sort: Sort): ListPlace {
  const parts = partsOf(cursor);
  const place = parts.slice(-3);
  const order = parts.slice(0, -3);
  const isOfOrder = isDefault(sort)
    ? order.length === 0
    : order.length === 2 && order[0] === sort.sortBy && order[1] === sort.sortOrder;
  if (!isPlace(place) || order.length > 2) throw bad('cursor must be the nextCursor of an earlier page');
  if (!isOfOrder) throw bad('cursor must be the nextCursor of an earlier page of the same sortBy and sortOrder');
  if (!isValueOf(sort.sortBy, place[0])) throw bad('cursor must be the nextCursor of an earlier page');
  return place;
}

function partsOf(cursor: unknown): unknown[] {
  try {
    const parsed: unknown = typeof cursor === 'string' ? JSON.parse(cursor) : undefined;
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function isPlace(parts: readonly unknown[]): parts is ListPlace {
  const [value, createdAt, id] = parts;
  const isValue = value === null || typeof value === 'string' || typeof value === 'number';
  return isValue && typeof createdAt === 'number' && typeof id === 'string';
}

function isValueOf(sortBy: SortField, value: unknown): boolean {
  if (sortBy === 'status' || sortBy === 'type') return typeof value === 'string';
  return typeof value === 'number' || (value === null && (sortBy === 'updatedAt' || sortBy === 'scheduledAt'));
}

function isDefault({ sortBy, sortOrder }: Sort): boolean {
  return sortBy === 'priority' && sortOrder === 'desc';
}

function bad(message: string): ErrandError {
  return new ErrandError('invalid-pagination', message, { field: 'cursor' });
}
