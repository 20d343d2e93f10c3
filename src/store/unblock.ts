// What a task waits for may have ended before it waited.

import { isFinal, type TaskId } from '../task/index.ts';
import type { Work } from './work.ts';

/** Tells a task that waits for another how that one stands, if it has ended or is not there. */
export function unblock(work: Work, id: TaskId, by: TaskId): void {
  const before = work.task(id);
  const status = work.task(by)?.row.status;
  if (before?.row.blockedBy?.includes(by) !== true || (status !== undefined && !isFinal(status))) return;
  work.move(id, { kind: 'unblocked', by, failed: status !== 'completed' });
}
