// What is stored of tasks beside their rows, and how it goes with them. Most tasks have little of it or nothing: which
// tables have anything is read for many at once, for deleting where nothing is costs as much as where something is.

import type { TaskId, TaskRow } from '../task/index.ts';
import type { Load } from './load.ts';
import { prefix } from './request.ts';
import { FILES_OF } from './schema.ts';
import type { Work } from './work.ts';

const TABLES = ['runs', 'values', 'steps', 'chunks', 'logs', 'events'] as const;
type Belonging = (typeof TABLES)[number];

/** Where others' rows lie between those of the tasks, so many keys are read for each task before that is given up. */
const KEYS_PER_TASK = 8;

export interface Belongings {
  files: ReadonlyMap<TaskId, readonly string[]>;
  /** The tasks that have rows in a table. All of them, where that was not found out. */
  stored: ReadonlyMap<Belonging, ReadonlySet<TaskId>>;
}

/** Reads what tasks have. */
export async function loadBelongings(load: Load, ids: readonly TaskId[]): Promise<Belongings> {
  const [files, ...sets] = await Promise.all([
    loadFiles(load, ids),
    ...TABLES.map((table) => having(load, table, ids)),
  ]);
  return { files, stored: new Map(TABLES.map((table, i) => [table, sets[i] ?? new Set(ids)])) };
}

/** Deletes all that a task has beside its row; from every table, where it was not read what there is. */
export function forget(work: Work, id: TaskId, files: readonly string[], stored?: Belongings['stored']): string[] {
  for (const table of TABLES) {
    if (stored?.get(table)?.has(id) === false) work.deleteKnown(table, [id]);
    else work.deletePrefix(table, [id]);
  }
  for (const file of files) work.delete('files', file);
  return [...files];
}

/** Reads the pause rules that tasks are under. */
export function loadRules(load: Load, rows: readonly TaskRow[]): Promise<unknown> {
  return load.rows(
    'pauses',
    rows.flatMap(({ pauses = [] }) => pauses.map(({ ruleId }) => ruleId)),
  );
}

/** Rules that name one task alone go with it, so that they hold nobody who comes later with its id. */
export function forgetRules(work: Work, { id, pauses = [] }: TaskRow): void {
  for (const { ruleId } of pauses)
    if (work.knows('pauses', ruleId) && work.get('pauses', ruleId)?.taskId === id) work.delete('pauses', ruleId);
  const ofSteps = work.head.rules.filter((rule) => rule.taskId === id);
  if (ofSteps.length === 0) return;
  for (const { ruleId } of ofSteps) work.delete('pauses', ruleId);
  work.setRules(work.head.rules.filter((rule) => rule.taskId !== id));
}

async function having(load: Load, table: Belonging, ids: readonly TaskId[]): Promise<Set<TaskId>> {
  const range = spanOf(ids);
  const most = KEYS_PER_TASK * ids.length;
  const keys = range === undefined ? [] : await load.keys(table, null, range, most);
  return keys.length === most ? new Set(ids) : new Set((keys as [TaskId, ...unknown[]][]).map(([id]) => id));
}

/** Files are asked for one task at a time, if there is any: what an index says of them does not say whose they are. */
export async function loadFiles(load: Load, ids: readonly TaskId[]): Promise<Map<TaskId, string[]>> {
  const range = spanOf(ids);
  if (range === undefined || (await load.keys('files', FILES_OF, range, 1)).length === 0) return new Map();
  const read = async (id: TaskId) => [id, (await load.keys('files', FILES_OF, prefix([id]))).map(String)] as const;
  return new Map(await Promise.all(ids.map(read)));
}

/** From the first of them to the last. */
function spanOf(ids: readonly TaskId[]): IDBKeyRange | undefined {
  const [first, last] = ids.reduce<[string?, string?]>(
    ([low, high], id) => [low === undefined || id < low ? id : low, high === undefined || id > high ? id : high],
    [],
  );
  return first === undefined || last === undefined ? undefined : IDBKeyRange.bound([first], [last, []]);
}
