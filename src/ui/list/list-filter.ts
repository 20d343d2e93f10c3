// Which tasks a person wants to see, and in which order: as it stands in the address, and as the runner is asked.

import type { ListQuery, SortField, TaskStatus } from '../../task/index.ts';

export const STATUS_FILTERS = ['all', 'unfinished', 'running', 'pending', 'completed', 'failed', 'cancelled'] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

/** The columns by which a list can be sorted. */
export const SORTS = [
  'createdAt',
  'priority',
  'status',
  'type',
  'updatedAt',
  'scheduledAt',
] as const satisfies readonly SortField[];

export interface ListFilter {
  readonly status: StatusFilter;
  /** `''`: any. */
  readonly type: string;
  readonly tag: string;
  readonly creator: string;
  readonly search: string;
  readonly sortBy: SortField;
  readonly sortOrder: 'asc' | 'desc';
}

/** All there is, the newest first. */
export const EVERYTHING: ListFilter = {
  status: 'all',
  type: '',
  tag: '',
  creator: '',
  search: '',
  sortBy: 'createdAt',
  sortOrder: 'desc',
};

/** Reads a filter from an address's query. What it does not know, it ignores. */
export function filterOf(query: URLSearchParams): ListFilter {
  const text = (name: string) => query.get(name) ?? '';
  return {
    status: STATUS_FILTERS.find((one) => one === query.get('status')) ?? EVERYTHING.status,
    type: text('type'),
    tag: text('tag'),
    creator: text('creator'),
    search: text('q'),
    sortBy: SORTS.find((one) => one === query.get('sort')) ?? EVERYTHING.sortBy,
    sortOrder: query.get('order') === 'asc' ? 'asc' : EVERYTHING.sortOrder,
  };
}

/** Writes a filter as an address's query, `''` for everything. */
export function addressOf(filter: ListFilter): string {
  const { status, type, tag, creator, search: q, sortBy: sort, sortOrder: order } = filter;
  const query = new URLSearchParams();
  const fields = { status, type, tag, creator, q, sort, order };
  const plain = { ...EVERYTHING, q: '', sort: EVERYTHING.sortBy, order: EVERYTHING.sortOrder };
  for (const [name, value] of Object.entries(fields))
    if (value !== plain[name as keyof typeof fields]) query.set(name, value);
  return query.size === 0 ? '' : `?${query}`;
}

/** As the runner is asked for it. */
export function queryOf({ status, type, tag, creator, search, sortBy, sortOrder }: ListFilter): ListQuery {
  return {
    sortBy,
    sortOrder,
    ...(status !== 'all' && { status: statusesOf(status) }),
    ...(type !== '' && { type }),
    ...(tag !== '' && { tag }),
    ...(creator !== '' && { creator }),
    ...(search.trim() !== '' && { search: search.trim() }),
  };
}

/** Whether some tasks are left out. */
export function isFiltered({ status, type, tag, creator, search }: ListFilter): boolean {
  return status !== 'all' || [type, tag, creator, search.trim()].some((each) => each !== '');
}

/** The order that a click on a column's head asks for: its own first, then the other way round. */
export function sortedBy(filter: ListFilter, sortBy: SortField): ListFilter {
  const first = FIRST_ORDER[sortBy] ?? 'asc';
  const isAgain = filter.sortBy === sortBy;
  return { ...filter, sortBy, sortOrder: isAgain ? (filter.sortOrder === 'asc' ? 'desc' : 'asc') : first };
}

/** The newest and the most urgent are what one looks for first. */
const FIRST_ORDER: Partial<Record<SortField, 'desc'>> = { createdAt: 'desc', updatedAt: 'desc', priority: 'desc' };

function statusesOf(status: Exclude<StatusFilter, 'all'>): TaskStatus | TaskStatus[] {
  return status === 'unfinished' ? ['pending', 'running'] : status;
}
