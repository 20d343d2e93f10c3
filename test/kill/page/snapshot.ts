// Reads the whole database in one transaction, past the engine, and keeps of it what the checker compares.

import { DATABASE, type Snapshot, type TaskCells } from '../protocol.ts';

type Row = Record<string, unknown>;

const LONGEST_TEXT = 100;

/** Whether the database is there, be it damaged so that it cannot even be listed. To open it would make it. */
export async function isThere(): Promise<boolean> {
  const listed = await indexedDB.databases().catch(() => undefined);
  return listed === undefined || listed.some(({ name }) => name === `errand:${DATABASE}`);
}

export async function takeSnapshot(): Promise<Snapshot> {
  const database = await answer(indexedDB.open(`errand:${DATABASE}`));
  try {
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names, 'readonly');
    const rows = await Promise.all(
      names.map((name) => answer(transaction.objectStore(name).getAll() as IDBRequest<Row[]>)),
    );
    return snapshotOf(new Map(names.map((name, i) => [name, rows[i] ?? []])));
  } finally {
    database.close();
  }
}

function snapshotOf(tables: Map<string, Row[]>): Snapshot {
  const rows = (table: string) => tables.get(table) ?? [];
  const head = rows('meta').find((row) => row.key === 'head') ?? {};
  const claims = rows('meta').find((row) => row.key === 'claims') as { batches: { ids: string[] }[] } | undefined;
  const results = new Map<string, unknown>();
  for (const { taskId, kind, index, value } of rows('values')) {
    if (kind === 'result') results.set(`${String(taskId)}#${String(index)}`, value);
  }
  return {
    commitSeq: head.commitSeq as number,
    generation: head.generation as string,
    tasks: rows('tasks').map((row) => cellsOf(row, results)),
    steps: rows('steps').map(({ taskId, name, kind, status, result }) =>
      shortened({ taskId, name, kind, status, result }),
    ) as Snapshot['steps'],
    chunks: rows('chunks').map(({ taskId, from, results: made }) => ({ taskId, from, results: made })) as never,
    owners: Object.fromEntries([...tables].flatMap(([table, all]) => ownersIn(table, all))),
    trashed: rows('trash').map(({ id }) => id as string),
    counts: [...((head.counts ?? []) as Iterable<Snapshot['counts'][number]>)],
    lanes: [...((head.lanes ?? []) as Iterable<Snapshot['lanes'][number]>)],
    timed: head.timed as number,
    claimed: (claims?.batches ?? []).flatMap(({ ids }) => ids),
  };
}

function cellsOf(row: Row, results: Map<string, unknown>): TaskCells {
  const { id, name, type, creator, version, status, lane, dueAt, waiting, deaths, run, error, result } = row;
  const { index } = run as { index: number };
  const apart = row.resultApart === true ? results.get(`${String(id)}#${index}`) : result;
  const code = (error as { code: string } | undefined)?.code;
  const cells = { id, name, type, creator, version, status, lane, dueAt, waiting, deaths };
  // Infinity would not survive its way to Node as JSON.
  const due = dueAt === Infinity ? { dueAt: -1 } : {};
  return shortened({ ...cells, ...due, run: index, error: code, result: apart }) as TaskCells;
}

function ownersIn(table: string, rows: Row[]): [string, string[]][] {
  const owners = new Set(rows.flatMap(({ taskId }) => (typeof taskId === 'string' ? [taskId] : [])));
  return owners.size > 0 ? [[table, [...owners]]] : [];
}

/** A copy without what is undefined, whose long strings are told by their length and beginning. */
export function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LONGEST_TEXT) return `${value.slice(0, 60)}… (${value.length})`;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, shortened(each)]));
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
