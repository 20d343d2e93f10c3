// The limits: what IndexedDB and postMessage take by themselves, in a worker like the engine's. Times are in milliseconds.

import { LISTED } from '../../../src/store/schema.ts';
import { deleteDatabase, openNew, openThere, putAll, putOnce, result, TASKS } from './database.ts';
import { fill, filledRows } from './fill.ts';
import { completed, delayedRow, readyRow } from './rows.ts';

const PER_TRANSACTION = 256;
const BULK = 1_000;
let database: IDBDatabase | undefined;
let echo: Worker | undefined;

const calls = {
  open: async (name: string): Promise<void> => {
    database = await openNew(name);
  },
  openThere: async (name: string): Promise<void> => {
    database = await openThere(name);
  },
  remove: async (name: string): Promise<void> => {
    database?.close();
    await deleteDatabase(name);
  },

  /** Two batched puts a task: as it is when it is made, and as it is when it has run. */
  insertAndUpdate: async (count: number): Promise<number> => {
    const made = rows(count, readyRow);
    const run = made.map(completed);
    return timed(async () => {
      await putAll(opened(), made, PER_TRANSACTION);
      await putAll(opened(), run, PER_TRANSACTION);
    });
  },
  batchOfDelayed: (count: number): Promise<number> => {
    const made = rows(count, (n) => delayedRow(n));
    return timed(() => putAll(opened(), made, PER_TRANSACTION));
  },
  strictPut: (): Promise<number> => {
    const row = readyRow(0);
    return timed(() => putOnce(opened(), [row], 'strict'));
  },
  /** One strict put and one round of messages with another worker. */
  strictPutAndMessage: async (): Promise<number> => {
    const row = readyRow(0);
    const other = (echo ??= startEcho());
    await round(other);
    return timed(async () => {
      await putOnce(opened(), [row], 'strict');
      await round(other);
    });
  },
  /** The first rows of the list's index. */
  firstRows: (limit: number): Promise<unknown[]> => {
    const index = opened().transaction(TASKS, 'readonly').objectStore(TASKS).index(LISTED);
    return result(index.getAll(null, limit));
  },

  /** Every row at once. */
  allRows: (): Promise<number> =>
    timed(async () => {
      await result(opened().transaction(TASKS, 'readonly').objectStore(TASKS).getAll());
    }),

  /** As many rows as `fill` makes, and the same, put into a new database of the same indexes. */
  bulkPut: async (name: string, count: number): Promise<number> => {
    const made = filledRows(count);
    database = await openNew(name);
    return timed(() => putAll(opened(), made, BULK));
  },
  fill: (name: string, count: number): Promise<void> => fill(name, count),
  /** Keeps this thread and the disk busy as a running engine does, until the time is over. */
  burn: async (ms: number): Promise<void> => {
    const made = rows(PER_TRANSACTION, readyRow);
    const end = performance.now() + ms;
    while (performance.now() < end) await putOnce(opened(), made, 'relaxed');
  },
  /** Keeps this thread busy for a share of the time, until the time is over. */
  compute: async (ms: number, share: number): Promise<void> => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const pause = performance.now() + share * 10;
      while (performance.now() < pause);
      await new Promise((resolve) => setTimeout(resolve, (1 - share) * 10));
    }
  },
};

export type RawCalls = typeof calls;

self.onmessage = async ({ data }: MessageEvent<{ call: keyof RawCalls | 'echo'; args: never[] }>) => {
  if (data.call === 'echo') {
    self.postMessage(null);
    return;
  }
  try {
    const work: (...args: never[]) => unknown = calls[data.call];
    self.postMessage({ value: await work(...data.args) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};

function opened(): IDBDatabase {
  if (database === undefined) throw new Error('No database is open.');
  return database;
}

function rows<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function startEcho(): Worker {
  return new Worker(self.location.href, { type: 'module' });
}

function round(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = () => reject(new Error('The echo could not be started.'));
    worker.postMessage({ call: 'echo' });
  });
}
