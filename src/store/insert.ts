// How tasks come in: many at once, all or none, and an id that is there already answers with the task that is there.

import { ErrandError, type TaskId, type TaskRow, type TaskState } from '../task/index.ts';
import type { Load, Operation } from './commit.ts';
import type { FileRow, ValueRow } from './schema.ts';
import type { Work } from './work.ts';

/** A checked task on its way in, with what of it lies apart. */
export interface Arrival {
  row: TaskRow;
  /** The caller's own id, which may be there already. */
  ownId: boolean;
  payload?: ValueRow;
  files?: FileRow[];
}

export interface Inserted {
  row: TaskRow;
  created: boolean;
}

export function insert(arrivals: readonly Arrival[]): Operation<Inserted[]> {
  const ids = new Set<string>();
  for (const { row, ownId } of arrivals) {
    if (ownId) ids.add(row.id);
    if (row.parentId !== undefined) ids.add(row.parentId);
  }
  return {
    durable: true,
    isNew: true,
    ...(ids.size > 0 && { load: (load: Load) => load.tasks([...ids]) }),
    apply: (work) => arrivals.map((arrival) => arrive(work, arrival)),
  };
}

function arrive(work: Work, { row, ownId, payload, files }: Arrival): Inserted {
  const present = ownId ? work.task(row.id) : undefined;
  if (present !== undefined) return { row: present.row, created: false };
  if (row.parentId !== undefined) checkParent(work, row.parentId);
  work.putTask({ row }, undefined);
  if (payload !== undefined) work.put('values', payload);
  for (const file of files ?? []) work.put('files', file);
  return { row, created: true };
}

function checkParent(work: Work, id: TaskId): void {
  const parent: TaskState | undefined = work.task(id);
  if (parent === undefined) {
    throw new ErrandError('invalid-request', `parentId names ${id}, which is not there.`, { field: 'parentId' });
  }
  if (parent.row.status === 'cancelled') {
    throw new ErrandError('invalid-request', `parentId names ${id}, which was cancelled.`, { field: 'parentId' });
  }
}
