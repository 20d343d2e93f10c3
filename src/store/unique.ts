// What becomes of a task that comes while another of its unique key is unfinished.

import { blocked, linked, ready, type TaskId, type TaskRow, type Unique, waiting } from '../task/index.ts';
import { equals, lastOf } from './equals.ts';
import type { Arrival, Inserted } from './insert.ts';
import type { FileRow } from './schema.ts';
import type { Work } from './work.ts';

/** The place of a task among the unfinished ones of its unique key; or the one that answers in its stead. */
export function amongEquals(work: Work, arrival: Arrival, { key, policy, debounceMs = 1_000 }: Unique) {
  const { row } = arrival;
  const dueAt = policy === 'debounce' ? work.now + debounceMs : undefined;
  const others = equals(work, key);
  switch (policy) {
    case 'keep':
      return kept(lastOf(others)) ?? row;
    case 'replace':
      for (const { id } of others) giveWay(work, id);
      return row;
    case 'append':
      return behind(row, lastOf(others), work.now);
    case 'debounce':
    case 'latest': {
      const fresh = others.findLast((other) => isFresh(work, other));
      if (fresh?.type === row.type) return renew(work, fresh, arrival, dueAt);
      // What one type is to do cannot be told to another.
      if (fresh !== undefined) giveWay(work, fresh.id);
      if (dueAt !== undefined) return delayed(row, dueAt, work.now);
      return behind(row, lastOf(others.filter((other) => other !== fresh)), work.now);
    }
  }
}

/** It stands behind another of its key, if there is one. */
export function behind(row: TaskRow, last: TaskRow | undefined, now: number): TaskRow {
  if (last === undefined) return row;
  return linked(blocked(row, [...new Set([...(row.blockedBy ?? []), last.id])], now));
}

/** Nobody has begun it, and its payload is still that of its first run. */
function isFresh(work: Work, { id, run }: TaskRow): boolean {
  return !work.claims.has(id) && run.startedAt === undefined && run.index === 0;
}

function kept(row: TaskRow | undefined): Inserted | undefined {
  return row === undefined ? undefined : { row, created: false, taken: false };
}

function giveWay(work: Work, id: TaskId): void {
  work.move(id, { kind: 'cancelled', reason: 'It was replaced by a newer task.' });
}

/** Waits for another to come, unless it waits for something else anyway. */
function delayed(row: TaskRow, dueAt: number, now: number): TaskRow {
  const isDebouncing = row.waiting === 'time' && row.schedule === undefined;
  if (row.blockedBy !== undefined || (!isDebouncing && (row.dueAt ?? 0) > dueAt)) return row;
  return linked(waiting(row, 'time', now, dueAt));
}

/** The one that waits takes over what the newcomer was to do. */
function renew(work: Work, fresh: TaskRow, { row, payload, files = [] }: Arrival, dueAt?: number): Inserted {
  const { payload: _payload, payloadApart: _apart, description: _description, tags: _tags, ...rest } = fresh;
  const { name, rank, typeVersion, description, tags } = row;
  const after: TaskRow = {
    ...rest,
    name,
    rank,
    typeVersion,
    version: rest.version + 1,
    updatedAt: work.now,
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
    ...(row.payload !== undefined && { payload: row.payload }),
    ...(row.payloadApart === true && { payloadApart: true as const }),
  };
  const inLane = after.lane === undefined ? after : linked(ready(after, work.now));
  const placed = dueAt === undefined ? inLane : delayed(inLane, dueAt, work.now);
  work.putTask({ row: placed }, { row: fresh });
  for (const old of [...work.known('files')]) if (isGiven(old, fresh.id)) work.delete('files', old.id);
  if (payload !== undefined) work.put('values', { ...payload, taskId: placed.id });
  for (const file of files) work.put('files', { ...file, taskId: placed.id });
  return { row: placed, created: false, taken: true };
}

function isGiven({ taskId, role }: FileRow, id: TaskId): boolean {
  return taskId === id && role === 'payload';
}
