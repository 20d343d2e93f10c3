// A list read whole: the ids of all its tasks, in their order. Some rows at a time, each in a transaction of its own, so that
// no commit waits for the end.

import {
  checkQuery,
  type ListPlace,
  type ListQuery,
  sortOf,
  type TaskFilter,
  type TaskId,
  type TaskRow,
  type TaskState,
} from '../task/index.ts';
import type { Connection } from './connection.ts';
import { isWhole, predicate, statuses } from './filter.ts';
import { type Order, orderOf } from './order.ts';
import { countKept, lookUp, readStanding, type Standing, standingIn } from './query.ts';
import { done } from './request.ts';

/** A list as it is read. */
export interface ListReading {
  signal: AbortSignal;
  /** Called now and then with those found so far, in their order. */
  onSome?: (ids: readonly TaskId[]) => void;
}

/** A task that was looked at again: `undefined` where it is gone. */
export interface Looked {
  id: TaskId;
  state: TaskState | undefined;
  matches: boolean;
}

const FIRST_ROWS = 250;
const ROWS = 1_000;
/** Of no more tasks than that, all of the wanted statuses are looked up in place of walking past the others. */
const FEW = 2_000;

/** The ids of all tasks of a list. Throws as `readPage` does, and the signal's reason once that is aborted. */
export async function readIds(
  connection: Connection,
  query: ListQuery,
  { signal, onSome }: ListReading,
): Promise<TaskId[]> {
  checkQuery(query);
  const now = await readStanding(connection);
  const found = new Found(query, now);
  const wanted = statuses(query.status);
  if (!isWhole(query) && countKept(now, { status: wanted }) <= FEW) {
    found.add(await connection.use((database) => lookUp(database.transaction('tasks', 'readonly'), wanted)));
    return found.ids();
  }
  let sayAt = 1;
  let read = 0;
  for await (const rows of allRows(connection)) {
    signal.throwIfAborted();
    found.add(rows);
    read += 1;
    if (read < sayAt || onSome === undefined || found.isEmpty) continue;
    onSome(found.ids());
    sayAt = read * 4; // To sort again and again costs more, the more there are.
  }
  return found.ids();
}

/** Looks again at some tasks, and whether a list has them. */
export function lookAgain(connection: Connection, ids: readonly TaskId[], filter: TaskFilter): Promise<Looked[]> {
  return connection.use(async (database) => {
    const transaction = database.transaction(['tasks', 'meta'], 'readonly');
    const tasks = transaction.objectStore('tasks');
    const [{ claims }, ...rows] = await Promise.all([
      standingIn(transaction),
      ...ids.map((id) => done<TaskRow | undefined>(tasks.get(id))),
    ]);
    const matches = predicate(filter, claims);
    return ids.map((id, index) => {
      const row = rows[index];
      if (row === undefined) return { id, state: undefined, matches: false };
      return { id, state: { row, claim: claims.get(id) }, matches: matches(row) };
    });
  });
}

/** What was found so far, kept as places: rows are too large to keep. */
class Found {
  readonly #order: Order;
  readonly #matches: (row: TaskRow) => boolean;
  readonly #places: ListPlace[] = [];

  constructor(query: ListQuery, { claims }: Standing) {
    this.#order = orderOf(sortOf(query), claims);
    this.#matches = predicate(query, claims);
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  add(rows: readonly TaskRow[]): void {
    for (const row of rows) if (this.#matches(row)) this.#places.push(this.#order.placeOf(row));
  }

  ids(): TaskId[] {
    return this.#places.toSorted(this.#order.compare).map(([, , id]) => id as TaskId);
  }
}

/** Every row, some at a time, as they lie: an index would cost a look-up for each. While some are looked at, the next are read. */
async function* allRows(connection: Connection): AsyncGenerator<TaskRow[], undefined> {
  const read = (after: TaskRow | undefined, most: number) =>
    connection.use((database) => {
      const tasks = database.transaction('tasks', 'readonly').objectStore('tasks');
      const range = after === undefined ? null : IDBKeyRange.lowerBound(after.id, true);
      return done<TaskRow[]>(tasks.getAll(range, most));
    });
  let next = read(undefined, FIRST_ROWS);
  for (let most = FIRST_ROWS; ; most = ROWS) {
    const rows = await next;
    const last = rows.at(-1);
    const isEnd = last === undefined || rows.length < most;
    if (!isEnd) {
      next = read(last, ROWS);
      next.catch(() => undefined); // Whoever stops half way does not wait for it.
    }
    yield rows;
    if (isEnd) return undefined;
  }
}
