// Everything that there is, on its way out and in: read a little at a time, and taken in as it is, with nothing that
// would follow if it had happened here.

import { type ClaimToken, ErrandError, type TaskId, type TaskRow, type TaskState } from '../task/index.ts';
import { forget } from './belongings.ts';
import type { Connection } from './connection.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { standingIn } from './query.ts';
import { done } from './request.ts';
import type { Rows } from './schema.ts';
import { forgetTrashed, loadTrashed } from './trash.ts';
import { unblock } from './unblock.ts';
import type { Key } from './work.ts';

/** What belongs to tasks and goes where they go, but for the tasks themselves and their bytes. */
export const MOVED_TABLES = ['runs', 'values', 'steps', 'chunks', 'logs', 'events', 'files', 'pauses'] as const;
export type MovedTable = (typeof MOVED_TABLES)[number];

/** Rows on their way in. */
export type Moving = { [T in MovedTable | 'tasks']: Rows[T][] };

export function readTasksAfter(connection: Connection, after: string, most: number): Promise<TaskState[]> {
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const range = IDBKeyRange.lowerBound(after, true);
    const [rows, { claims }] = await Promise.all([
      done<TaskRow[]>(transaction.objectStore('tasks').getAll(range, most)),
      standingIn(transaction),
    ]);
    return rows.map((row) => ({ row, claim: claims.get(row.id) }));
  });
}

export function readRowsAfter<T extends MovedTable>(
  connection: Connection,
  table: T,
  after: Key,
  end: Key,
  most: number,
): Promise<Rows[T][]> {
  return connection.use((database) => {
    const range = IDBKeyRange.bound(after, typeof end === 'string' ? end : [...end, []], true);
    return done<Rows[T][]>(database.transaction(table, 'readonly').objectStore(table).getAll(range, most));
  });
}

export function readPresent(connection: Connection, ids: readonly TaskId[]): Promise<TaskId[]> {
  return connection.use(async (database) => {
    const tasks = database.transaction('tasks', 'readonly').objectStore('tasks');
    const keys = await Promise.all(ids.map((id) => done<TaskId | undefined>(tasks.getKey(id))));
    return keys.filter((key) => key !== undefined);
  });
}

/** Takes rows in as they are. Throws where a task of that id is there. Says which files' bytes may go now. */
export function takeIn(rows: Moving, lastToken: number): Operation<string[]> {
  const ids = rows.tasks.map((row) => row.id);
  return {
    durable: true,
    isNew: true,
    load: (load) => Promise.all([load.tasks(ids), loadTrashed(load, ids)]),
    apply: (work) => {
      const taken = ids.find((id) => work.task(id) !== undefined);
      if (taken !== undefined)
        throw new ErrandError('invalid-import', 'A task with this id was created meanwhile. Import again.', {
          where: taken,
        });
      const freed = ids.flatMap((id) => forgetTrashed(work, id));
      // What has ended has ended elsewhere: nothing follows of it here.
      for (const row of rows.tasks) work.bringBack(row, row);
      for (const table of MOVED_TABLES) for (const row of rows[table]) work.put(table, row);
      // What was recorded under a claim elsewhere must not be taken for that of a claim to come.
      if (lastToken > work.head.lastToken) work.head.lastToken = lastToken as ClaimToken;
      work.headChanged = true;
      return freed;
    },
  };
}

/** Tells tasks that wait for others how those stand now. */
export function reconsider(ids: readonly TaskId[]): Operation<void> {
  return {
    load: async (load: Load) => {
      const rows = await load.tasks(ids);
      await load.tasks(rows.flatMap((row) => row.blockedBy ?? []));
    },
    apply: (work) => {
      for (const id of ids) for (const other of work.task(id)?.row.blockedBy ?? []) unblock(work, id, other);
    },
  };
}

/** Takes back what came in, as if it never had. */
export function withdraw(ids: readonly TaskId[], files: readonly string[], rules: readonly string[]): Operation<void> {
  return {
    durable: true,
    load: (load) => load.tasks(ids),
    apply: (work) => {
      for (const id of ids) {
        const state = work.task(id);
        if (state !== undefined) work.takeBack(state);
        forget(work, id, []);
      }
      for (const file of files) work.delete('files', file);
      for (const rule of rules) work.delete('pauses', rule);
    },
  };
}
