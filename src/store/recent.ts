// The newest tasks of one creator: made in the last 24 hours, or unfinished. Their list is not sorted by age, so that the
// newest are looked for within each priority.

import { type Claim, isFinal, type TaskId, type TaskRow, type TaskState } from '../task/index.ts';
import type { Connection } from './connection.ts';
import { countsOf, standingIn } from './query.ts';
import { done } from './request.ts';
import { DUE, LISTED, READY } from './schema.ts';
import { ranksIn } from './streams.ts';

const DAY_MS = 86_400_000;
const MOST = 10;
/** Of more unfinished tasks than that, only those of the last 24 hours are looked for. */
const MOST_UNFINISHED = 2_000;

export function readRecent(connection: Connection, creator: string, now: number): Promise<TaskState[]> {
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const tasks = transaction.objectStore('tasks');
    const found = new Map<TaskId, TaskRow>();
    const standing = await standingIn(transaction);
    const unfinished = countsOf(standing)
      .filter((group) => group.creator === creator)
      .reduce((sum, { counts }) => sum + counts.pending + counts.running, 0);
    const all = [...standing.head.lanes.values()].reduce((sum, count) => sum + count, standing.head.timed);
    for (const rank of (await ranksIn(transaction)) ?? []) await newest(tasks, rank, creator, now - DAY_MS, found);
    if (unfinished > 0 && all <= MOST_UNFINISHED) {
      const rows = await Promise.all([READY, DUE].map((index) => done<TaskRow[]>(tasks.index(index).getAll())));
      for (const row of rows.flat()) if (row.creator === creator) found.set(row.id, row);
    }
    const sorted = [...found.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
    return sorted.slice(0, MOST).map((row) => ({ row, claim: claimOn(row, standing.claims) }));
  });
}

function claimOn(row: TaskRow, claims: ReadonlyMap<TaskId, Claim>): Claim | undefined {
  return isFinal(row.status) ? undefined : claims.get(row.id);
}

/** The newest of one priority. */
async function newest(
  tasks: IDBObjectStore,
  rank: number,
  creator: string,
  since: number,
  found: Map<TaskId, TaskRow>,
): Promise<void> {
  const request = tasks.index(LISTED).openCursor(IDBKeyRange.bound([rank, since], [rank, []]), 'prev');
  let left = MOST;
  await new Promise<void>((resolve, reject) => {
    request.onerror = () => {
      reject(request.error ?? new DOMException('The request failed.', 'UnknownError'));
    };
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null || left === 0) {
        resolve();
        return;
      }
      const row = cursor.value as TaskRow;
      if (row.creator === creator) {
        found.set(row.id, row);
        left -= 1;
      }
      cursor.continue();
    };
  });
}
