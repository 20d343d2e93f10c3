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
    updatedAt: 'Updated',
    scheduledAt: 'Next run',
  },
  orders: { asc: 'Ascending', desc: 'Descending' },
  any: 'Any',
  tag: 'Tag',
  creator: 'Creator',
  reset: 'Reset',
  without: (what: string, value: string) => `Remove filter: ${what} ${value}`,
  fresh: (n: number) => `${count(n)} new`,
  waits: (why: string) => `waits ${why}`,
  selectAll: 'Select all that match',
  selectOne: (name: string) => `Select ${name}`,
  none: 'No tasks yet',
  noneLead: 'Drop photos on this page, or try one of the demos on the Start page.',
  noMatch: 'No matching tasks',
  noMatchLead: 'Change the filters or the search.',
  toStart: 'Go to Start',
  showAll: 'Show all tasks',
  open: 'View',
} as const;

export const BULK = {
  title: 'Selected tasks',
  selected: (n: number) => `${count(n)} selected`,
  none: 'Clear selection',
  priority: 'Priority',
  actions: { cancel: 'Cancel', retry: 'Retry', delete: 'Delete', priority: 'Set priority' },
  counting: 'Counting…',
  /** What it would do, before it is done. */
  would: {
    cancel: (n: number) => `Cancel ${counted(n, 'task')}`,
    retry: (n: number) => `Retry ${counted(n, 'task')}`,
    delete: (n: number) => `Delete ${counted(n, 'task')}`,
    priority: (n: number) => `Set the priority of ${counted(n, 'task')}`,
  },
  of: (fits: number, all: number) => (fits === all ? '' : `of ${count(all)} selected`),
  nothing: {
    cancel: 'None of these is unfinished.',
    retry: 'None of these has failed or been cancelled.',
    delete: 'None of these exists any more.',
    priority: 'None of these is pending.',
  },
  back: 'Back',
  doing: {
    cancel: 'Cancelling',
    retry: 'Retrying',
    delete: 'Deleting',
    priority: 'Setting the priority',
  },
  progress: (done: number, matched: number) => `${count(done)} of ${count(matched)}`,
  done: {
    cancel: (n: number) => `Cancelled ${counted(n, 'task')}`,
    retry: (n: number) => `Retried ${counted(n, 'task')}`,
    delete: (n: number) => `Deleted ${counted(n, 'task')}`,
    priority: (n: number) => `Set the priority of ${counted(n, 'task')}`,
  },
  broughtBack: (back: number, of: number) =>
    back === of
      ? `Restored ${counted(back, 'task')}`
      : `Restored ${count(back)} of ${counted(of, 'task')}. The others had already run, or it was too late to undo.`,
} as const;

export const RECENT = {
  title: 'Recent tasks',
  unfinished: (n: number) => (n === 0 ? 'all finished' : `${count(n)} unfinished`),
  none: 'No recent tasks.',
} as const;
