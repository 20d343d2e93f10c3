// What the head keeps counted: tasks per creator, type and status, tasks per lane, tasks that wait for a time.

import type { TaskRow } from '../task/index.ts';
import type { Counts, HeadRow } from './schema.ts';

/** Counts a row in, or out. */
export function countRow(head: HeadRow, row: TaskRow, by: 1 | -1): void {
  const { counts, lanes } = head;
  const group = `${row.creator}\0${row.type}`;
  const before = counts.get(group) ?? NONE;
  const count = { ...before, [row.status]: before[row.status] + by };
  counts.set(group, count);
  if (isEmpty(count)) counts.delete(group);
  if (row.dueAt !== undefined) head.timed += by;
  if (row.lane === undefined) return;
  const standing = (lanes.get(row.lane) ?? 0) + by;
  if (standing === 0) lanes.delete(row.lane);
  else lanes.set(row.lane, standing);
}

const NONE: Counts = { pending: 0, completed: 0, failed: 0, cancelled: 0 };

function isEmpty(count: Counts): boolean {
  return count.pending === 0 && count.completed === 0 && count.failed === 0 && count.cancelled === 0;
}
