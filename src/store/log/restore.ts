// Makes a database again of what the log knows: whole, where the browser has deleted it, or its last transactions, where
// it was set back. Nothing is claimed before that is done.

import type { ClaimToken, TaskRow } from '../../task/index.ts';
import { type ClaimsRow, encodeClaims } from '../claims.ts';
import { countRow, isGeneral, nothingCounted } from '../counts.ts';
import { committed, done } from '../request.ts';
import { type HeadRow, type PauseRow, type TableName, TABLES } from '../schema.ts';
import { type Change, keyOf, type Key } from '../work.ts';
import type { History } from './history.ts';

/** Numbers that somebody may have used without the log's knowledge are left out. */
const MARGIN = 1_000_000;
const PER_TRANSACTION = 1_000;

type Tables = Map<TableName, Map<string, Map<string, object>>>;

/** Writes everything that the log knows into an empty database. Says how many tasks there are. */
export async function restoreAll(database: IDBDatabase, history: History): Promise<number> {
  await clear(database);
  const tables = rowsOf(history);
  const meta = new Map(rowsIn(tables, 'meta').map((row) => [Reflect.get(row, 'key') as string, row]));
  tables.delete('meta');
  const tasks = doubted(rowsIn(tables, 'tasks') as TaskRow[], history);
  await putAll(database, 'tasks', tasks);
  for (const table of tables.keys()) if (table !== 'tasks') await putAll(database, table, rowsIn(tables, table));
  const head = newHead(meta.get('head') as HeadRow | undefined, history);
  for (const row of tasks) countRow(head, row, 1);
  head.trashed = rowsIn(tables, 'trash').length;
  head.rules = (rowsIn(tables, 'pauses') as PauseRow[]).filter(isGeneral);
  const there = new Set<string>(tasks.map((row) => row.id));
  const claims = (meta.get('claims') as ClaimsRow | undefined) ?? encodeClaims(new Map());
  const batches = claims.batches.map((batch) => ({ ...batch, ids: batch.ids.filter((id) => there.has(id)) }));
  const rates = meta.get('rates');
  await putAll(database, 'meta', [head, { key: 'claims', batches }, ...(rates === undefined ? [] : [rates])]);
  return tasks.length;
}

/** Does again what the database has forgotten. Says how many transactions that were. */
export async function redo(database: IDBDatabase, history: History): Promise<number> {
  const transaction = database.transaction(TABLES, 'readwrite', { durability: 'strict' });
  const end = committed(transaction);
  for (const { changes } of history.transactions)
    for (const change of changes) apply(transaction.objectStore(change.table), change);
  const meta = transaction.objectStore('meta');
  const store = transaction.objectStore('tasks');
  const found = await done<TaskRow[]>(store.getAll());
  const tasks = doubted(found, history);
  tasks.forEach((row, i) => {
    if (row !== found[i]) store.put(row);
  });
  const head = newHead(await done<HeadRow>(meta.get('head')), history);
  for (const row of tasks) countRow(head, row, 1);
  head.trashed = await done<number>(transaction.objectStore('trash').count());
  head.rules = (await done<PauseRow[]>(transaction.objectStore('pauses').getAll())).filter(isGeneral);
  meta.put(head);
  await end;
  return history.transactions.length;
}

/** Where something is missing in the log, what was pending before that may have been run since. */
function doubted(tasks: TaskRow[], { wholeFrom, transactions }: History): TaskRow[] {
  if (wholeFrom === 0) return tasks;
  const changes = transactions.filter(({ seq }) => seq >= wholeFrom).flatMap((each) => each.changes);
  const rows = changes.flatMap(({ table, puts }) => (table === 'tasks' ? (puts as TaskRow[]) : []));
  const sure = new Set(rows.map(({ id }) => id));
  return tasks.map((row) => {
    if (row.status !== 'pending' || row.waiting === 'decision' || sure.has(row.id)) return row;
    return { ...row, mayHaveRun: true };
  });
}

function apply(store: IDBObjectStore, { puts, deletes, deletedPrefixes, cleared }: Change): void {
  if (cleared === true) store.clear();
  for (const parts of deletedPrefixes) store.delete(IDBKeyRange.bound(parts, [...parts, []]));
  for (const key of deletes) store.delete(key);
  for (const row of puts) store.put(row);
}

/** The last state of every row, by table, by the first part of its key, and by the rest. */
function rowsOf({ batches, transactions }: History): Tables {
  const tables: Tables = new Map();
  for (const { table, rows } of batches) for (const row of rows) put(tables, table, row);
  for (const { changes } of transactions) {
    for (const { table, puts, deletes, deletedPrefixes, cleared } of changes) {
      if (cleared === true) tables.delete(table);
      for (const [first] of deletedPrefixes) tables.get(table)?.delete(String(first));
      for (const key of deletes) tables.get(table)?.get(firstOf(key))?.delete(JSON.stringify(key));
      for (const row of puts) put(tables, table, row);
    }
  }
  return tables;
}

function put(tables: Tables, table: TableName, row: object): void {
  const key = keyOf(table, row);
  const groups = tables.get(table) ?? new Map<string, Map<string, object>>();
  tables.set(table, groups);
  const group = groups.get(firstOf(key)) ?? new Map<string, object>();
  groups.set(firstOf(key), group);
  group.set(JSON.stringify(key), row);
}

function firstOf(key: Key): string {
  return String(typeof key === 'string' ? key : key[0]);
}

function rowsIn(tables: Tables, table: TableName): object[] {
  return [...(tables.get(table)?.values() ?? [])].flatMap((group) => [...group.values()]);
}

/** No commit of its own: the next one names the last that is known. */
function newHead(before: HeadRow | undefined, { generation, lastSeq, lastStamp }: History): HeadRow {
  const commitSeq = Math.max(before?.commitSeq ?? 0, lastSeq) + MARGIN;
  const lastToken = ((before?.lastToken ?? 0) + MARGIN) as ClaimToken;
  const settings = before?.settings ?? {};
  const stamps = { stamp: lastStamp, stampBefore: lastStamp, committedAt: before?.committedAt ?? 0 };
  return {
    key: 'head',
    generation,
    commitSeq,
    ...stamps,
    claimsSeq: commitSeq,
    lastToken,
    leader: null,
    ...nothingCounted(),
    settings,
    // Whoever lost its connection with the database finds what it wrote before.
    landed: before?.landed ?? new Map<number, number>(),
  };
}

async function clear(database: IDBDatabase): Promise<void> {
  const transaction = database.transaction(TABLES, 'readwrite');
  const end = committed(transaction);
  for (const table of TABLES) transaction.objectStore(table).clear();
  await end;
}

async function putAll(database: IDBDatabase, table: TableName, rows: readonly object[]): Promise<void> {
  for (let at = 0; at < rows.length; at += PER_TRANSACTION) {
    const transaction = database.transaction(table, 'readwrite', { durability: 'relaxed' });
    const end = committed(transaction);
    for (const row of rows.slice(at, at + PER_TRANSACTION)) transaction.objectStore(table).put(row);
    transaction.commit();
    await end;
  }
}

/** A Blob's bytes cannot be encoded at once: the log holds them as plain bytes. */
async function withBytes(row: object): Promise<object> {
  const data: unknown = 'data' in row ? row.data : undefined;
  return data instanceof Blob ? { ...row, data: await data.arrayBuffer() } : row;
}

/** The rows of a table, batch by batch, each read in a transaction of its own: nobody has to wait for the whole. */
export async function* batchesOf(
  use: <T>(work: (database: IDBDatabase) => Promise<T>) => Promise<T>,
  size: number,
): AsyncGenerator<{ table: TableName; rows: object[] }> {
  for (const table of TABLES) {
    for (let after: Key | undefined; ;) {
      const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true);
      const rows = await use((database) =>
        done<object[]>(database.transaction(table).objectStore(table).getAll(range, size)),
      );
      if (rows.length > 0) yield { table, rows: await Promise.all(rows.map(withBytes)) };
      const last = rows.at(-1);
      if (rows.length < size || last === undefined) break;
      after = keyOf(table, last);
    }
  }
}
