// Deleting: a task is gone at once for everybody, and can be had back for ten seconds (see undo.ts); then it is deleted
// for good, with all that belongs to it.

import { isFinal, statusOf, type TaskId, type TaskState, transition } from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { prefix } from './request.ts';
import { FILES_OF } from './schema.ts';
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

/** Deletes what is left of a deleted task. Says which files' bytes may go now. */
export function forgetTrashed(work: Work, id: TaskId): string[] {
  const trashed = work.get('trash', id);
  if (trashed === undefined) return [];
  work.delete('trash', id);
  return forget(work, id, trashed.files);
}

export function forget(work: Work, id: TaskId, files: readonly string[]): string[] {
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
