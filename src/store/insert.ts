// How tasks come in: many at once, all or none, and an id that is there already answers with the task that is there.
// What they depend on is looked up here, and so is who has their unique key.

import {
  blocked,
  ErrandError,
  linked,
  type TaskId,
  type TaskRow,
  type TaskState,
  transition,
  uniqueLink,
} from '../task/index.ts';
import type { Load, Operation } from './commit.ts';
import { comparePlaces } from './place.ts';
import { type FileRow, LINKS, type ValueRow } from './schema.ts';
import { forgetTrashed } from './trash.ts';
import { unblock } from './unblock.ts';
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
  /** False where a task that was there already is the answer. */
  created: boolean;
  /** The payload was taken, with its files: by the new task, or by the one that was there. */
  taken: boolean;
}

export function insert(arrivals: readonly Arrival[]): Operation<Inserted[]> {
  const ids = new Set<string>();
  const own: string[] = [];
  const keys = new Set<string>();
  for (const { row, ownId } of arrivals) {
    if (ownId) own.push(row.id);
    if (row.parentId !== undefined) ids.add(row.parentId);
    for (const id of row.dependsOn?.tasks ?? []) ids.add(id);
    if (row.unique !== undefined) keys.add(uniqueLink(row.unique.key));
  }
  const reads = own.length + ids.size + keys.size > 0;
  return {
    durable: true,
    isNew: true,
    ...(reads && {
      load: async (load: Load) => {
        const byKey = [...keys].map((link) => load.index('tasks', LINKS, IDBKeyRange.only(link)));
        const trashed = load.head.then((head) => (head.trashed === 0 ? undefined : load.rows('trash', own)));
        await Promise.all([load.tasks([...own, ...ids]), trashed, ...byKey]);
      },
    }),
    apply: (work) => {
      const inserted = arrivals.map((arrival) => arrive(work, arrival));
      // Those that come together may depend on each other, in whatever order they come.
      return inserted.map((each) => (each.created ? { ...each, row: checkDependencies(work, each.row) } : each));
    },
  };
}

function arrive(work: Work, arrival: Arrival): Inserted {
  const { row, ownId, payload, files } = arrival;
  const present = ownId ? work.task(row.id) : undefined;
  if (present !== undefined) return { row: present.row, created: false, taken: false };
  if (row.parentId !== undefined) checkParent(work, row.parentId);
  if (ownId && work.knows('trash', row.id)) forgetTrashed(work, row.id);
  const placed = row.unique === undefined ? row : amongEquals(work, arrival);
  if ('created' in placed) return placed;
  work.putTask({ row: placed }, undefined);
  if (payload !== undefined) work.put('values', payload);
  for (const file of files ?? []) work.put('files', file);
  return { row: placed, created: true, taken: true };
}

/** The place of a task among the unfinished ones of its unique key; or the one that answers in its stead. */
function amongEquals(work: Work, arrival: Arrival): TaskRow | Inserted {
  const { row } = arrival;
  const { key, policy, debounceMs = 1_000 } = row.unique ?? { key: '', policy: 'keep' };
  const others = equals(work, key);
  const newest = others.at(-1);
  const fresh = others.find((state) => state.claim === undefined && state.row.run.startedAt === undefined);
  switch (policy) {
    case 'keep':
      return newest === undefined ? row : { row: newest.row, created: false, taken: false };
    case 'replace':
      for (const other of others) move(work, other, { kind: 'cancelled', reason: 'A newer task took its place.' });
      return row;
    case 'append':
      return newest === undefined ? row : behind(row, newest.row.id, work.now);
    case 'debounce': {
      const dueAt = work.now + debounceMs;
      return fresh === undefined ? delayed(row, dueAt, work.now) : renew(work, fresh, arrival, dueAt);
    }
    case 'latest':
      if (fresh !== undefined) return renew(work, fresh, arrival);
      return newest === undefined ? row : behind(row, newest.row.id, work.now);
  }
}

/** The unfinished tasks of a unique key, oldest first. */
function equals(work: Work, key: string): TaskState[] {
  const link = uniqueLink(key);
  const rows = [...work.known('tasks')].filter((row) => row.links?.includes(link) === true);
  const sorted = rows.sort((a, b) => comparePlaces([0, a.createdAt, a.id], [0, b.createdAt, b.id]));
  // One that waits for another comes after it, whatever the clock said.
  sorted.sort((a, b) => Number(a.blockedBy?.includes(b.id) ?? false) - Number(b.blockedBy?.includes(a.id) ?? false));
  return sorted.map((row) => ({ row, claim: work.claims.get(row.id) }));
}

function behind(row: TaskRow, id: TaskId, now: number): TaskRow {
  return linked(blocked(row, [...(row.blockedBy ?? []), id], now));
}

function delayed(row: TaskRow, dueAt: number, now: number): TaskRow {
  if (row.blockedBy !== undefined || (row.dueAt ?? 0) > dueAt) return row;
  const { lane: _lane, wants: _wants, ...kept } = row;
  return linked({ ...kept, waiting: 'time', waitingSince: now, dueAt });
}

/** The one that waits takes over what the newcomer was to do. */
function renew(work: Work, before: TaskState, { row, payload, files }: Arrival, dueAt?: number): Inserted {
  const { payload: _payload, payloadApart: _apart, ...kept } = before.row;
  const { name, description, tags, rank } = row;
  const after: TaskRow = {
    ...kept,
    name,
    rank,
    version: kept.version + 1,
    updatedAt: work.now,
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
    ...(row.payload !== undefined && { payload: row.payload }),
    ...(row.payloadApart === true && { payloadApart: true as const }),
  };
  const placed = dueAt === undefined ? after : delayed(after, dueAt, work.now);
  work.putTask({ row: placed }, before);
  if (payload !== undefined) work.put('values', { ...payload, taskId: placed.id });
  for (const file of files ?? []) work.put('files', { ...file, taskId: placed.id });
  return { row: placed, created: false, taken: true };
}

/** What it waits for may have ended already. It must be there. */
function checkDependencies(work: Work, row: TaskRow): TaskRow {
  const { id, dependsOn } = row;
  for (const other of dependsOn?.tasks ?? []) {
    if (work.task(other) === undefined)
      throw new ErrandError('invalid-request', `dependsOn names ${other}, which is not there.`, { field: 'dependsOn' });
    unblock(work, id, other);
  }
  return work.task(id)?.row ?? row;
}

function move(work: Work, before: TaskState, event: Parameters<typeof transition>[1]): void {
  const after = transition(before, event, work.now);
  if (after !== undefined) work.putTask(after, before);
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
