// Looks through a whole import before anything of it is taken: every row, every byte, and how they belong together.

import type { Store } from '../../store/index.ts';
import { ErrandError, isFinal, type TaskId, type TaskStatus } from '../../task/index.ts';
import { refuseCircles } from '../places.ts';
import type { ImportPreview } from '../answers.ts';
import { fault } from './fault.ts';
import { type ExportHeader, fileName, FILES } from './format.ts';
import { type ImportRow, readHeader, readRows, refuseStrangers } from './read-rows.ts';
import { readZip, type ZipItem } from './unzip.ts';

const PER_READ = 500;
const MOST_NAMED = 100;

/** What is kept in mind of a task. */
interface Surveyed {
  status: TaskStatus;
  type: string;
  run: number;
}

/** What an import holds, checked whole. */
export interface Survey {
  items: ReadonlyMap<string, ZipItem>;
  header: ExportHeader;
  tasks: ReadonlyMap<TaskId, Surveyed>;
  files: ReadonlyMap<string, { taskId: TaskId; size: number }>;
  /** The pause rules of single tasks. */
  rules: ReadonlySet<string>;
  rows: number;
  /** Those that are here already. */
  conflicts: TaskId[];
}

export async function survey(store: Store, zip: Blob): Promise<Survey> {
  const items = await readZip(zip);
  refuseStrangers(items);
  const header = await readHeader(items);
  const found = new Findings();
  for await (const row of readRows(items, (ref) => ref)) found.add(row);
  const { tasks, files, rules, rows } = found;
  found.check(items);
  for (const name of items.keys()) if (FILES.test(name)) await readThrough(items.get(name));
  if (tasks.size !== header.tasks || files.size !== header.files)
    throw fault(
      'errand.json',
      'It names more or fewer tasks and files than the export contains: part of it is missing.',
    );
  return { items, header, tasks, files, rules, rows, conflicts: await conflictsOf(store, [...tasks.keys()]) };
}

/** What is shown of it. */
export function previewOf({ header, tasks, files, conflicts }: Survey): ImportPreview {
  const preview: ImportPreview = { ...EMPTY, byStatus: { ...EMPTY.byStatus } };
  const byType = new Map<string, number>();
  for (const { status, type } of tasks.values()) {
    preview.byStatus[status] += 1;
    byType.set(type, (byType.get(type) ?? 0) + 1);
  }
  preview.exportedAt = header.exportedAt;
  preview.tasks = tasks.size;
  preview.byType = Object.fromEntries(byType);
  preview.unfinished = preview.byStatus.pending + preview.byStatus.running;
  preview.files = files.size;
  preview.bytes = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  preview.missingFiles = header.missingFiles.length;
  preview.conflicts = { total: conflicts.length, ids: conflicts.slice(0, MOST_NAMED) };
  return preview;
}

/** An import of which nothing can be taken, and why. */
export function refusedPreview(thrown: unknown): ImportPreview {
  if (!(thrown instanceof ErrandError) || thrown.code !== 'invalid-import') throw thrown;
  return { ...EMPTY, byStatus: { ...EMPTY.byStatus }, problem: thrown.toPlain() };
}

const EMPTY: ImportPreview = {
  exportedAt: null,
  tasks: 0,
  byStatus: { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
  byType: {},
  unfinished: 0,
  files: 0,
  bytes: 0,
  missingFiles: 0,
  conflicts: { total: 0, ids: [] },
  problem: null,
};

/** How the rows belong together. */
class Findings {
  readonly tasks = new Map<TaskId, Surveyed>();
  readonly files = new Map<string, { taskId: TaskId; size: number }>();
  readonly rules = new Set<string>();
  rows = 0;
  readonly #owners = new Map<TaskId, string>();
  readonly #runs = new Map<TaskId, number>();
  readonly #waiting: { id: TaskId; dependsOn: { tasks: TaskId[] } }[] = [];

  add({ table, row, where, claim }: ImportRow): void {
    this.rows += 1;
    if (table === 'tasks') {
      if (this.tasks.has(row.id)) throw fault(where, 'There are two tasks with this id.', 'id');
      const status = claim === undefined ? row.status : 'running';
      this.tasks.set(row.id, { status, type: row.type, run: row.run.index });
      if (!isFinal(status) && row.blockedBy !== undefined)
        this.#waiting.push({ id: row.id, dependsOn: { tasks: row.blockedBy } });
      return;
    }
    if (table === 'pauses') {
      if (row.taskId !== undefined && row.stepPattern === undefined && row.deletedAt === undefined)
        this.rules.add(row.ruleId);
      return;
    }
    if (!this.#owners.has(row.taskId)) this.#owners.set(row.taskId, where);
    if (table === 'runs') this.#runs.set(row.taskId, Math.max(row.index, this.#runs.get(row.taskId) ?? 0));
    if (table !== 'files') return;
    if (this.files.has(row.id)) throw fault(where, 'There are two files with this id.', 'id');
    this.files.set(row.id, { taskId: row.taskId, size: row.size });
  }

  check(items: ReadonlyMap<string, ZipItem>): void {
    for (const [id, where] of this.#owners)
      if (!this.tasks.has(id)) throw fault(where, 'It belongs to a task that is missing.', 'taskId');
    for (const [id, index] of this.#runs) {
      if (index >= (this.tasks.get(id)?.run ?? 0))
        throw fault(this.#owners.get(id) ?? 'rows', 'A past run is numbered like the current one or later.', 'index');
    }
    for (const [id, { size }] of this.files) {
      const name = fileName(id);
      const item = items.get(name);
      if (item === undefined) throw fault(name, 'The file is missing.');
      if (item.size !== size) throw fault(name, 'Its size differs from the one in its row.', 'size');
    }
    for (const name of items.keys())
      if (FILES.test(name) && !this.files.has(name.slice('files/'.length))) throw fault(name, 'No task has this file.');
    this.#refuseCircles();
  }

  #refuseCircles(): void {
    try {
      refuseCircles(this.#waiting);
    } catch {
      throw fault('rows', 'Tasks depend on each other in a circle.', 'blockedBy');
    }
  }
}

async function readThrough(item: ZipItem | undefined): Promise<void> {
  if (item === undefined) return;
  const pieces = item.read();
  while ((await pieces.next()).done !== true);
}

async function conflictsOf(store: Store, ids: readonly TaskId[]): Promise<TaskId[]> {
  const conflicts: TaskId[] = [];
  for (let at = 0; at < ids.length; at += PER_READ)
    conflicts.push(...(await store.presentOf(ids.slice(at, at + PER_READ))));
  return conflicts;
}
