// Deleting: a task is gone at once for everybody, and can be had back for ten seconds; then it is deleted for good, with
// all that belongs to it.

import { isFinal, linked, ready, statusOf, type TaskId, type TaskState, transition, UNDO_MS } from '../task/index.ts';
import { unblock } from './unblock.ts';
import type { Load, Operation } from './commit.ts';
import { prefix } from './request.ts';
import { FILES_OF, type TrashRow } from './schema.ts';
import type { Work } from './work.ts';

const BELONGINGS = ['runs', 'values', 'steps', 'chunks', 'logs', 'events'] as const;

/** Deletes tasks, whatever their status. They can be had back for a while. Says which there were. */
export function remove(named: readonly TaskId[]): Operation<TaskId[]> {
  const ids = [...new Set(named)];
  const files = new Map<string, string[]>();
  return {
    durable: true,
    load: (load) => Promise.all([load.tasks(ids), loadFiles(load, ids, files)]),
    apply: (work) => {
      const present = ids.map((id) => work.task(id)).filter((state) => state !== undefined);
      for (const state of present) {
        const { row } = cancelled(work, state);
        work.removeTask(state);
        work.put('trash', { id: row.id, deletedAt: work.now, row, files: filesOf(work, row.id, files.get(row.id)) });
      }
      return present.map(({ row }) => row.id);
    },
  };
}

/** What was running does not run on, whether it is had back or not. */
function cancelled(work: Work, state: TaskState): TaskState {
  if (state.claim === undefined) return state;
  return transition(state, { kind: 'cancelled', reason: 'Deleted.' }, work.now) ?? state;
}

/** Deletes for good: finished tasks of those named. Says how many, and which files' bytes may go now. */
export function discard(named: readonly TaskId[]): Operation<{ removed: number; files: string[] }> {
  const ids = [...new Set(named)];
  const files = new Map<string, string[]>();
  return {
    durable: true,
    load: (load) => Promise.all([load.tasks(ids), loadFiles(load, ids, files)]),
    apply: (work) => {
      const states = ids.map((id) => work.task(id)).filter((state) => state !== undefined);
      const over = states.filter((state) => isFinal(statusOf(state)));
      for (const state of over) work.removeTask(state);
      return {
        removed: over.length,
        files: over.flatMap(({ row }) => forget(work, row.id, filesOf(work, row.id, files.get(row.id)))),
      };
    },
  };
}

/** Deletes for good what was deleted before an instant. Says which files' bytes may go now. */
export function sweepTrash(before: number, most: number): Operation<{ files: string[]; swept: number }> {
  let old: TaskId[] = [];
  return {
    load: async (load) => {
      const rows = await load.index('trash', null, IDBKeyRange.lowerBound(''), most);
      old = rows.filter((row) => row.deletedAt <= before).map((row) => row.id);
      await load.rows('trash', old);
    },
    apply: (work) => {
      const there = old.filter((id) => work.get('trash', id) !== undefined);
      return { files: there.flatMap((id) => forgetTrashed(work, id)), swept: there.length };
    },
  };
}

/** Has deleted and cancelled tasks back. Those that ran stay cancelled. Says which came back: others are too old, or were not there. */
export function undo(ids: readonly TaskId[]): Operation<TaskId[]> {
  return {
    durable: true,
    load: async (load) => {
      const stored = await Promise.all([
        ...ids.map((id) => load.index('tasks', null, IDBKeyRange.only(id))),
        ...ids.map(async (id) => (await load.index('trash', null, IDBKeyRange.only(id))).map(({ row }) => row)),
      ]);
      const others = stored.flat().flatMap(({ dependsOn }) => dependsOn?.tasks ?? []);
      await Promise.all([load.rows('trash', ids), load.tasks([...ids, ...others])]);
    },
    apply: (work) => ids.filter((id) => (work.task(id) === undefined ? undelete(work, id) : uncancel(work, id))),
  };
}

function undelete(work: Work, id: TaskId): boolean {
  const trashed: TrashRow | undefined = work.get('trash', id);
  if (trashed === undefined || trashed.deletedAt < work.now - UNDO_MS) return false;
  work.delete('trash', id);
  const { holds: _holds, ...kept } = trashed.row;
  // Its concurrency key has gone to another: it stands in line for it again.
  const row = { ...kept, version: kept.version + 1, updatedAt: work.now };
  work.putTask({ row: linked(row.lane === undefined ? row : ready(row, work.now)) }, undefined);
  for (const other of row.blockedBy ?? []) unblock(work, id, other);
  return true;
}

function uncancel(work: Work, id: TaskId): boolean {
  const before = work.task(id);
  const blockedBy = before?.row.dependsOn?.tasks ?? [];
  const after = before === undefined ? undefined : transition(before, { kind: 'restored', blockedBy }, work.now);
  if (after === undefined) return false;
  work.putTask(after, before);
  for (const other of blockedBy) unblock(work, id, other);
  return true;
}

/** Deletes what is left of a deleted task. Says which files' bytes may go now. */
export function forgetTrashed(work: Work, id: TaskId): string[] {
  const trashed = work.get('trash', id);
  if (trashed === undefined) return [];
  work.delete('trash', id);
  return forget(work, id, trashed.files);
}

function forget(work: Work, id: TaskId, files: readonly string[]): string[] {
  for (const table of BELONGINGS) work.deletePrefix(table, [id]);
  for (const file of files) work.delete('files', file);
  return [...files];
}

/** The files of a task: those that were stored, and those that came in this transaction. */
function filesOf(work: Work, id: TaskId, stored: readonly string[] = []): string[] {
  const newer = [...work.known('files')].filter((file) => file.taskId === id).map((file) => file.id);
  return [...new Set([...stored, ...newer])];
}

function loadFiles(load: Load, ids: readonly TaskId[], files: Map<string, string[]>): Promise<unknown> {
  const read = async (id: TaskId) => {
    files.set(id, (await load.keys('files', FILES_OF, prefix([id]))).map(String));
  };
  return Promise.all(ids.map(read));
}
