// Fills an engine's database as it would stand after long use: most tasks have run, some wait for their day.

import type { HeadRow } from '../../../src/store/schema.ts';
import { systemClock, type TaskRow } from '../../../src/task/index.ts';
import { ended, errandDatabase, openThere, putAll, result } from './database.ts';
import { cancelled, completed, delayedRow, failed, farAway, readyRow } from './rows.ts';

const PER_TRANSACTION = 2_000;
const SPAN_MS = 30 * 86_400_000;
const RANKS = [0, 0, 0, -10, 10, 5];

/** The database has been made by a runner that is closed now; its counters are kept true. */
export async function fill(name: string, count: number): Promise<void> {
  const database = await openThere(errandDatabase(name));
  const made = filledRows(count);
  await putAll(database, made, PER_TRANSACTION);
  await countIn(database, made);
  database.close();
}

/** The rows of such a database. */
export function filledRows(count: number): TaskRow[] {
  const now = systemClock.now();
  const made: TaskRow[] = [];
  for (let n = 0; n < count; n++) {
    const row = rowOf(n, count);
    made.push({
      ...row,
      rank: RANKS[n % RANKS.length] ?? 0,
      createdAt: now - SPAN_MS + Math.floor((n / count) * SPAN_MS),
    });
  }
  return made;
}

/** Of every 20: 12 completed, 4 waiting, 3 failed, 1 cancelled. */
function rowOf(n: number, count: number): TaskRow {
  const kind = n % 20;
  if (kind < 12) return completed(readyRow(n));
  if (kind < 16) return delayedRow(n, { at: farAway() + (count - n) * 1_000 });
  return kind < 19 ? failed(readyRow(n)) : cancelled(readyRow(n));
}

async function countIn(database: IDBDatabase, rows: readonly TaskRow[]): Promise<void> {
  const transaction = database.transaction('meta', 'readwrite');
  const meta = transaction.objectStore('meta');
  const head = (await result(meta.get('head'))) as HeadRow;
  for (const { creator, type, status, dueAt } of rows) {
    const group = `${creator}\0${type}`;
    const counts = head.counts.get(group) ?? { pending: 0, completed: 0, failed: 0, cancelled: 0 };
    counts[status] += 1;
    head.counts.set(group, counts);
    if (dueAt !== undefined) head.timed += 1;
  }
  head.commitSeq += 1;
  meta.put(head);
  await ended(transaction);
}
