// Which pages of a list there can be.

import { ErrandError } from './errors.ts';

export interface PageRequest {
  /** 1 to 1,000. Default 20. */
  limit?: number;
  /** Default 0. */
  offset?: number;
  cursor?: string;
}

/** Throws `invalid-pagination` with the field at fault. */
export function checkPage({ limit = 20, offset = 0, cursor }: PageRequest): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw bad('limit', 'limit must be between 1 and 1000');
  if (!Number.isInteger(offset) || offset < 0) throw bad('offset', 'offset must be a non-negative integer');
  if (cursor !== undefined && offset > 0) throw bad('cursor', 'cursor and offset cannot be used together');
}

function bad(field: string, message: string): ErrandError {
  return new ErrandError('invalid-pagination', message, { field });
}
