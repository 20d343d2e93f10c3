// The tables as they lie in IndexedDB, read past the store.

import { expect } from 'vitest';
import type { HeadRow, PauseRow, Store } from '../../src/store/index.ts';
import { linked, type TaskRow } from '../../src/task/index.ts';

const TABLES = ['tasks', 'runs', 'values', 'steps', 'chunks', 'logs', 'files', 'events', 'trash', 'meta'] as const;
type Table = (typeof TABLES)[number];
type Tables = Record<Table, Record<string, unknown>[]>;

/** Every row of every table. */
export async function readTables({ database }: Store): Promise<Tables> {
  const raw = await opened(`errand:${database}`);
  const transaction = raw.transaction(TABLES, 'readonly');
  const rows = await Promise.all(TABLES.map((table) => answer(transaction.objectStore(table).getAll())));
  raw.close();
  return Object.fromEntries(TABLES.map((table, i) => [table, rows[i]])) as Tables;
}

/** Every pause rule, the lifted ones too. */
export async function readPauses({ database }: Store): Promise<PauseRow[]> {
  const raw = await opened(`errand:${database}`);
  const rows: unknown = await answer(raw.transaction('pauses', 'readonly').objectStore('pauses').getAll());
  raw.close();
  return rows as PauseRow[];
}

/** The rows of a table that belong to a task. */
export async function rowsOf(
  store: Store,
  table: Exclude<Table, 'tasks' | 'trash' | 'meta'>,
  taskId: string,
): Promise<unknown[]> {
  return (await readTables(store))[table].filter((row) => row.taskId === taskId);
}

/** Counts everything anew and compares it with what is kept counted. */
export async function recount(store: Store): Promise<void> {
  const { tasks, meta, trash } = await readTables(store);
  const head = meta.find((row) => row.key === 'head') as unknown as HeadRow;
  const { claims } = await store.standing();
  const rows = tasks as unknown as TaskRow[];
  expect(head.counts).toEqual(countsOf(rows));
  expect(head.lanes).toEqual(lanesOf(rows));
  expect(head.timed).toBe(rows.filter((row) => row.dueAt !== undefined).length);
  expect(head.blocked).toBe(rows.filter((row) => row.blockedBy !== undefined).length);
  expect(head.expiring).toBe(rows.filter((row) => row.expiresAt !== undefined).length);
  expect(head.children).toBe(rows.filter((row) => row.parentId !== undefined && row.status === 'pending').length);
  expect(head.trashed).toBe(trash.length);
  for (const row of rows) expect(linked(row).links).toEqual(row.links);
  const ready = new Map(rows.filter((row) => row.lane !== undefined).map((row) => [row.id, row]));
  for (const [id, claim] of claims) {
    expect(ready.get(claim.taskId)).toMatchObject({ id, type: claim.type, creator: claim.creator });
    expect(claim.token).toBeLessThanOrEqual(head.lastToken);
  }
}

function countsOf(rows: readonly TaskRow[]): HeadRow['counts'] {
  const counts: HeadRow['counts'] = new Map();
  for (const { creator, type, status } of rows) {
    const group = `${creator}\0${type}`;
    const count = counts.get(group) ?? { pending: 0, completed: 0, failed: 0, cancelled: 0 };
    count[status] += 1;
    counts.set(group, count);
  }
  return counts;
}

function lanesOf(rows: readonly TaskRow[]): Map<string, number> {
  const lanes = new Map<string, number>();
  for (const { lane } of rows) if (lane !== undefined) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
  return lanes;
}

/** Closes the connection beneath a store, as a browser does that drops it. */
export async function dropConnection(store: Store): Promise<void> {
  const used: IDBDatabase[] = [];
  const transaction = Reflect.get(IDBDatabase.prototype, 'transaction');
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    if (this.name === `errand:${store.database}`) used.push(this);
    return transaction.apply(this, args);
  };
  try {
    await store.standing();
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  expect(used.length).toBeGreaterThan(0);
  for (const database of used) database.close();
}

/** The next commit comes to be, and its store is told that it did not. */
export function loseOutcome(name: string): void {
  const commit = Reflect.get(IDBTransaction.prototype, 'commit');
  IDBTransaction.prototype.commit = function (this: IDBTransaction) {
    IDBTransaction.prototype.commit = commit;
    const { onabort } = this;
    this.oncomplete = (event) => {
      Object.defineProperty(this, 'error', { value: new DOMException('The connection was lost.', name) });
      onabort?.call(this, event);
    };
    commit.call(this);
  };
}

function opened(name: string): Promise<IDBDatabase> {
  return answer(indexedDB.open(name));
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new Error(String(request.error)));
    };
  });
}
