// Deleting: a task is gone at once for everybody, and can be had back for ten seconds (see undo.ts); then it is deleted
// for good, with all that belongs to it.

import { isFinal, statusOf, type TaskId, type TaskState, transition } from '../task/index.ts';
import { type Belongings, forget, forgetRules, loadBelongings, loadFiles, loadRules } from './belongings.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import type { Work } from './work.ts';

/** Deletes tasks, whatever their status. They can be had back for a while. Says which there were. */
export function remove(named: readonly TaskId[]): Operation<TaskId[]> {
  const ids = [...new Set(named)];
  let files: Belongings['files'] | undefined;
  return {
    durable: true,
    load: async (load) => {
      [files] = await Promise.all([loadFiles(load, ids), load.tasks(ids)]);
    },
    apply: (work) => {
      const present = ids.map((id) => work.task(id)).filter((state) => state !== undefined);
      for (const state of present) {
        const { row } = cancelled(work, state);
        work.removeTask(state);
        work.put('trash', { id: row.id, deletedAt: work.now, row, files: filesOf(work, row.id, files) });
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
  let theirs: Belongings | undefined;
  return {
    durable: true,
    load: async (load) => {
      const [found, rows] = await Promise.all([loadBelongings(load, ids), load.tasks(ids)]);
      theirs = found;
      await loadRules(load, rows);
    },
    apply: (work) => {
      const states = ids.map((id) => work.task(id)).filter((state) => state !== undefined);
      const over = states.filter((state) => isFinal(statusOf(state)));
      for (const state of over) work.removeTask(state);
      for (const { row } of over) forgetRules(work, row);
      return {
        removed: over.length,
        files: over.flatMap(({ row }) => forget(work, row.id, filesOf(work, row.id, theirs?.files), theirs?.stored)),
      };
    },
  };
}

/**
 * Deletes for good what was deleted before an instant, in order of ids, beginning after one of them. Says which files'
 * bytes may go now, how far it came, and whether that was the end.
 */
export function sweepTrash(
  before: number,
  most: number,
  after?: TaskId,
): Operation<{ files: string[]; last: TaskId | undefined; isEnd: boolean }> {
  let found: TaskId[] = [];
  let old: TaskId[] = [];
  let theirs: Belongings | undefined;
  return {
    load: async (load) => {
      const rows = await load.index('trash', null, IDBKeyRange.lowerBound(after ?? '', true), most);
      found = rows.map((row) => row.id);
      old = rows.filter((row) => row.deletedAt <= before).map((row) => row.id);
      [theirs] = await Promise.all([loadBelongings(load, old), loadTrashed(load, old)]);
    },
    apply: (work) => ({
      files: old.flatMap((id) => forgetTrashed(work, id, theirs?.stored)),
      last: found.at(-1),
      isEnd: found.length < most,
    }),
  };
}

/** Deletes what is left of a deleted task. Says which files' bytes may go now. */
export function forgetTrashed(work: Work, id: TaskId, stored?: Belongings['stored']): string[] {
  const trashed = work.get('trash', id);
  if (trashed === undefined) return [];
  work.delete('trash', id);
  forgetRules(work, trashed.row);
  return forget(work, id, trashed.files, stored);
}

/** Reads deleted tasks, with what is needed to delete them for good. */
export async function loadTrashed(load: Load, ids: readonly string[]): Promise<void> {
  const trashed = await load.rows('trash', ids);
  await loadRules(
    load,
    trashed.map(({ row }) => row),
  );
}

/** The files of a task: those that were stored, and those that came in this transaction. */
function filesOf(work: Work, id: TaskId, stored: Belongings['files'] | undefined): string[] {
  const newer = [...work.known('files')].filter((file) => file.taskId === id).map((file) => file.id);
  return [...new Set([...(stored?.get(id) ?? []), ...newer])];
}
