// The tables of a simulated origin's database as they lie there, and what a count of them all gives.

import type { HeadRow, Rows, TableName } from '../../../src/store/schema.ts';
import { TABLES } from '../../../src/store/schema.ts';
import type { TaskRow } from '../../../src/task/index.ts';
import type { World } from '../world/world.ts';

export type Tables = { [T in TableName]: Rows[T][] };

/** Every row of every table. */
export async function tablesOf(world: World, name: string): Promise<Tables> {
  const factory = world.origin.databases.unwatched;
  return world.play(
    (async () => {
      const database = await answer(factory.open(`errand:${name}`));
      const transaction = database.transaction(TABLES, 'readonly');
      const rows = await Promise.all(TABLES.map((table) => answer(transaction.objectStore(table).getAll())));
      database.close();
      return Object.fromEntries(TABLES.map((table, i) => [table, rows[i]])) as unknown as Tables;
    })(),
  );
}

/** What the head keeps counted, and what it would be, counted anew. */
export function counted({ tasks, meta }: Tables) {
  const head = meta.find((row) => row.key === 'head');
  if (head === undefined) throw new Error('There is no head.');
  const { counts, lanes, timed } = head;
  return { kept: { counts, lanes, timed }, anew: countOf(tasks) };
}

/** The tasks on which there are claims. */
export function claimed({ meta }: Tables): string[] {
  return meta.flatMap((row) => (row.key === 'claims' ? row.batches.flatMap((batch) => batch.ids) : []));
}

function countOf(tasks: readonly TaskRow[]): Pick<HeadRow, 'counts' | 'lanes' | 'timed'> {
  const counts: HeadRow['counts'] = new Map();
  const lanes: HeadRow['lanes'] = new Map();
  for (const { creator, type, status, lane } of tasks) {
    const group = `${creator}\0${type}`;
    const count = counts.get(group) ?? { pending: 0, completed: 0, failed: 0, cancelled: 0 };
    counts.set(group, { ...count, [status]: count[status] + 1 });
    if (lane !== undefined) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
  }
  return { counts, lanes, timed: tasks.filter((row) => row.dueAt !== undefined).length };
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(String(request.error)));
  });
}
