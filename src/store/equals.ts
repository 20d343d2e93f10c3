// The unfinished tasks of a unique key, and which of them the next one waits for.

import { type TaskId, type TaskRow, uniqueLink } from '../task/index.ts';
import { comparePlaces } from './place.ts';
import type { Work } from './work.ts';

/** The unfinished tasks of a unique key, oldest first. They must have been read. */
export function equals(work: Work, key: string): TaskRow[] {
  const link = uniqueLink(key);
  return [...work.known('tasks')].filter((row) => row.links?.includes(link) === true).sort(byAge);
}

/** The last in line: the newest of those that no other waits for, whatever the clock or their ids say. */
export function lastOf(rows: readonly TaskRow[]): TaskRow | undefined {
  const awaited = new Set(rows.flatMap(({ blockedBy = [] }) => blockedBy));
  return rows.findLast((row) => !awaited.has(row.id));
}

/** Those of a key that a task stands behind: neither it, nor who waits for it. */
export function aheadOf(rows: readonly TaskRow[], id: TaskId): TaskRow[] {
  const behind = new Set([id]);
  // A set that grows while it is walked.
  for (const each of behind) for (const row of rows) if (row.blockedBy?.includes(each) === true) behind.add(row.id);
  return rows.filter((row) => !behind.has(row.id));
}

function byAge(a: TaskRow, b: TaskRow): number {
  return comparePlaces([0, a.createdAt, a.id], [0, b.createdAt, b.id]);
}
