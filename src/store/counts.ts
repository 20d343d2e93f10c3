// What the head keeps counted: tasks per creator, type and status, tasks per lane, and those that need looking after.

import type { TaskRow } from '../task/index.ts';
import type { Counts, HeadRow, PauseRow } from './schema.ts';

/** Counts a row in, or out. */
export function countRow(head: HeadRow, row: TaskRow, by: 1 | -1): void {
  const { counts, lanes } = head;
  const group = `${row.creator}\0${row.type}`;
  const before = counts.get(group) ?? NONE;
  const count = { ...before, [row.status]: before[row.status] + by };
  counts.set(group, count);
  if (isEmpty(count)) counts.delete(group);
  if (row.dueAt !== undefined) head.timed += by;
  if (row.blockedBy !== undefined) head.blocked += by;
  if (row.expiresAt !== undefined) head.expiring += by;
  if (row.parentId !== undefined && row.status === 'pending') head.children += by;
  if (row.lane === undefined) return;
  const standing = (lanes.get(row.lane) ?? 0) + by;
  if (standing === 0) lanes.delete(row.lane);
  else lanes.set(row.lane, standing);
}

const NONE: Counts = { pending: 0, completed: 0, failed: 0, cancelled: 0 };

function isEmpty(count: Counts): boolean {
  return count.pending === 0 && count.completed === 0 && count.failed === 0 && count.cancelled === 0;
}

type Kept = 'counts' | 'lanes' | 'lowest' | 'timed' | 'blocked' | 'children' | 'expiring' | 'trashed' | 'rules';

/** What the head keeps of an empty database. */
export function nothingCounted(): Pick<HeadRow, Kept> {
  return {
    counts: new Map(),
    lanes: new Map(),
    lowest: new Map(),
    timed: 0,
    blocked: 0,
    children: 0,
    expiring: 0,
    trashed: 0,
    rules: [],
  };
}

/** Whether a rule is kept in the head: one that names a task alone, or those of an import, is kept
 * with them. */
export function isGeneral({ taskId, stepPattern, deletedAt, imported }: PauseRow): boolean {
  return (taskId === undefined || stepPattern !== undefined) && deletedAt === undefined && imported === undefined;
}
