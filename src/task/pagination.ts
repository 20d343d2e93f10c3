// Which tasks a list holds, and which pages of it there can be.

import { ErrandError } from './errors.ts';
import type { TaskStatus } from './record.ts';

/** Which tasks. What is left out does not matter. */
export interface TaskFilter {
  status?: TaskStatus | readonly TaskStatus[];
  type?: string;
  workspace?: string;
  creator?: string;
  tag?: string;
  parentId?: string;
  /** Words that must all occur in name, type, id or (small) payload. Case does not matter. */
  search?: string;
}

/** Which tasks, and which page of them. */
export interface ListQuery extends TaskFilter {
  /** 1 to 1,000. Default 20. */
  limit?: number;
  /** How many to skip. Default 0. Its cost grows with its size; `cursor` has none. */
  offset?: number;
  /** Where the page before this one ended: its `nextCursor`. Not together with `offset`. */
  cursor?: string;
}

/** Throws `invalid-pagination` with the field at fault. */
export function checkPage({ limit = 20, offset = 0, cursor }: ListQuery): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw bad('limit', 'limit must be between 1 and 1000');
  if (!Number.isInteger(offset) || offset < 0) throw bad('offset', 'offset must be a non-negative integer');
  if (cursor !== undefined && offset > 0) throw bad('cursor', 'cursor and offset cannot be used together');
}

function bad(field: string, message: string): ErrandError {
  return new ErrandError('invalid-pagination', message, { field });
}
