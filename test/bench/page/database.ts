// IndexedDB with nothing between: the tables and indexes of the engine's own database, without Dexie.

import { CHILDREN, DUE, ENDED, LISTED, READY } from '../../../src/store/schema.ts';

export const TASKS = 'tasks';

/** The engine's database of that name. */
export function errandDatabase(name: string): string {
  return `errand:${name}`;
}

/** Opens a database as it is. */
export function openThere(name: string): Promise<IDBDatabase> {
  return result(indexedDB.open(name));
}

/** A new database with a table like that of the engine's tasks. */
export function openNew(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const tasks = request.result.createObjectStore(TASKS, { keyPath: 'id' });
    for (const index of [READY, LISTED, DUE, ENDED, CHILDREN]) tasks.createIndex(index, keyPathOf(index));
  };
  return result(request);
}

export async function deleteDatabase(name: string): Promise<void> {
  await result(indexedDB.deleteDatabase(name));
}

export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The request failed.'));
  });
}

/** Puts rows, so many a transaction, each transaction after the one before. */
export async function putAll(database: IDBDatabase, rows: readonly object[], perTransaction: number): Promise<void> {
  for (let from = 0; from < rows.length; from += perTransaction) {
    await putOnce(database, rows.slice(from, from + perTransaction), 'relaxed');
  }
}

/** Puts rows in one transaction. */
export function putOnce(
  database: IDBDatabase,
  rows: readonly object[],
  durability: IDBTransactionDurability,
): Promise<void> {
  const transaction = database.transaction(TASKS, 'readwrite', { durability });
  const tasks = transaction.objectStore(TASKS);
  for (const row of rows) tasks.put(row);
  transaction.commit();
  return ended(transaction);
}

export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'));
  });
}

/** `[a+b]` is a key of two properties; `a` is one. */
function keyPathOf(index: string): string | string[] {
  return index.startsWith('[') ? index.slice(1, -1).split('+') : index;
}
