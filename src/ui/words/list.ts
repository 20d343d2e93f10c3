// What the list of tasks says.

import { count } from '../time/format.ts';
import type { StatusFilter } from '../list/list-filter.ts';
import { counted } from '../words.ts';

export const TABLE = {
  title: 'Tasks',
  tabs: 'Status',
  status: {
    all: 'All',
    unfinished: 'Unfinished',
    running: 'Running',
    pending: 'Pending',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
  } satisfies Record<StatusFilter, string>,
  columns: {
    select: 'Select',
    status: 'Status',
    name: 'Name',
    type: 'Type',
    progress: 'Progress',
    result: 'Last result',
    priority: 'Priority',
    creator: 'Creator',
    createdAt: 'Created',
    scheduledAt: 'Next run',
    actions: 'Actions',
  },
  search: 'Search name, type, id, payload',
  searching: 'searching…',
  filter: 'Filter',
  sort: 'Sort by',
  sorts: {
    createdAt: 'Created',
    priority: 'Priority',
    status: 'Status',
    type: 'Type',
    updatedAt: 'Changed',
    scheduledAt: 'Next run',
  },
  orders: { asc: 'Ascending', desc: 'Descending' },
  any: 'Any',
  tag: 'Tag',
  creator: 'Creator',
  reset: 'Reset',
  without: (what: string, value: string) => `Remove the filter ${what} ${value}`,
  fresh: (n: number) => `${count(n)} new`,
  waits: (why: string) => `waits ${why}`,
  selectAll: 'Select all that match',
  selectOne: (name: string) => `Select ${name}`,
  none: 'No tasks yet',
  noneLead: 'Drop some photos on this page, or try one of the demos on the start.',
  noMatch: 'Nothing matches',
  noMatchLead: 'Change the filter or the search.',
  toStart: 'Go to the start',
  showAll: 'Show all tasks',
  open: 'View',
} as const;

export const BULK = {
  title: 'With the selected tasks',
  selected: (n: number) => `${count(n)} selected`,
  none: 'Select none',
  priority: 'Priority',
  actions: { cancel: 'Cancel', retry: 'Retry', delete: 'Delete', priority: 'Set priority' },
  counting: 'Counting…',
  /** What it would do, before it is done. */
  would: {
    cancel: (n: number) => `Cancel ${counted(n, 'task')}`,
    retry: (n: number) => `Retry ${counted(n, 'task')}`,
    delete: (n: number) => `Delete ${counted(n, 'task')}`,
    priority: (n: number) => `Change ${counted(n, 'task')}`,
  },
  of: (fits: number, all: number) => (fits === all ? '' : `of ${count(all)} selected`),
  nothing: {
    cancel: 'None of these is unfinished.',
    retry: 'None of these has failed or was cancelled.',
    delete: 'None of these is there any more.',
    priority: 'None of these is pending.',
  },
  back: 'Back',
  doing: {
    cancel: 'Cancelling',
    retry: 'Retrying',
    delete: 'Deleting',
    priority: 'Changing',
  },
  progress: (done: number, matched: number) => `${count(done)} of ${count(matched)}`,
  done: {
    cancel: (n: number) => `Cancelled ${counted(n, 'task')}`,
    retry: (n: number) => `Retried ${counted(n, 'task')}`,
    delete: (n: number) => `Deleted ${counted(n, 'task')}`,
    priority: (n: number) => `Changed ${counted(n, 'task')}`,
  },
  broughtBack: (back: number, of: number) =>
    back === of
      ? `${counted(back, 'task')} brought back`
      : `${count(back)} of ${counted(of, 'task')} brought back: the others had run, or the ten seconds were over`,
} as const;

export const RECENT = {
  title: 'Recent tasks',
  unfinished: (n: number) => (n === 0 ? 'all finished' : `${count(n)} unfinished`),
  none: 'You have made no task of late.',
} as const;
