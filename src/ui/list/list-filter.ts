// Which tasks a person wants to see: as it stands in the address, and as the runner is asked.

import type { ListQuery } from '../../task/index.ts';
import type { TaskStatus } from '../../task/index.ts';

export const STATUS_FILTERS = ['all', 'unfinished', 'completed', 'failed', 'cancelled'] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

export interface ListFilter {
  readonly status: StatusFilter;
  readonly search: string;
}

const PAGE = 50;

/** Reads a filter from an address's query. What it does not know, it ignores. */
export function filterOf(query: URLSearchParams): ListFilter {
  const asked = query.get('status');
  return { status: STATUS_FILTERS.find((one) => one === asked) ?? 'all', search: query.get('q') ?? '' };
}

/** Writes a filter as an address's query, `''` for none. */
export function addressOf({ status, search }: ListFilter): string {
  const query = new URLSearchParams();
  if (status !== 'all') query.set('status', status);
  if (search !== '') query.set('q', search);
  return query.size === 0 ? '' : `?${query}`;
}

export function queryOf({ status, search }: ListFilter): ListQuery {
  return {
    limit: PAGE,
    ...(status !== 'all' && { status: statusesOf(status) }),
    ...(search.trim() !== '' && { search: search.trim() }),
  };
}

function statusesOf(status: Exclude<StatusFilter, 'all'>): TaskStatus | TaskStatus[] {
  return status === 'unfinished' ? ['pending', 'running'] : status;
}
