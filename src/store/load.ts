// What an operation may read, in the transaction in which it writes.

import type { Claim, TaskId } from '../task/index.ts';
import { done } from './request.ts';
import type { HeadRow, Rows, TableName } from './schema.ts';
import type { Key } from './work.ts';

/** Reads within the write transaction, and makes what it read known to the work. */
export interface Load {
  readonly head: Promise<HeadRow>;
  readonly claims: Promise<ReadonlyMap<TaskId, Claim>>;
  /** Those of the rows that are there; that the others are not is known, too. */
  tasks(ids: readonly string[]): Promise<Rows['tasks'][]>;
  rows<T extends TableName>(table: T, keys: readonly Key[]): Promise<Rows[T][]>;
  index<T extends TableName>(table: T, index: string | null, range: IDBKeyRange, limit?: number): Promise<Rows[T][]>;
  keys(table: TableName, index: string | null, range: IDBKeyRange, limit?: number): Promise<IDBValidKey[]>;
}

/** A row that was read, or that is not there. */
export type Read = [table: TableName, key: Key, row: unknown];

export function loader(
  transaction: IDBTransaction,
  standing: Pick<Load, 'head' | 'claims'>,
  read: (...read: Read) => void,
): Load {
  const store = (table: TableName, index: string | null) =>
    index === null ? transaction.objectStore(table) : transaction.objectStore(table).index(index);
  const one = async <T extends TableName>(table: T, key: Key) => {
    const row = await done<Rows[T] | undefined>(transaction.objectStore(table).get(key));
    read(table, key, row);
    return row;
  };
  const rows = async <T extends TableName>(table: T, keys: readonly Key[]) =>
    (await Promise.all(keys.map((key) => one(table, key)))).filter((row) => row !== undefined);
  const all = async <T extends TableName>(table: T, index: string | null, range: IDBKeyRange, limit?: number) => {
    const found = await done<Rows[T][]>(store(table, index).getAll(range, limit));
    if (table === 'tasks') for (const row of found as Rows['tasks'][]) read('tasks', row.id, row);
    return found;
  };
  const keys = async (table: TableName, index: string | null, range: IDBKeyRange, limit?: number) =>
    done<IDBValidKey[]>(store(table, index).getAllKeys(range, limit));
  return {
    ...standing,
    rows: (table, ids) => heard(rows(table, ids)),
    tasks: (ids) => heard(rows('tasks', ids)),
    index: (table, index, range, limit) => heard(all(table, index, range, limit)),
    keys: (table, index, range, limit) => heard(keys(table, index, range, limit)),
  };
}

/** Of several reads under way when a transaction is aborted, nobody but the first may be waited for: the others' end is no news. */
function heard<T>(reading: Promise<T>): Promise<T> {
  reading.catch(() => undefined);
  return reading;
}
