// Everything there is as one zip, written as it is read: what is held in memory does not grow with what there is.

import { type FileRow, MOVED_TABLES, type MovedTable, type Store } from '../../store/index.ts';
import {
  type Claim,
  type Clock,
  type TaskId,
  type TaskState,
  toPlain,
  type ZipEntry,
  zipStream,
} from '../../task/index.ts';
import { type ExportHeader, type ExportLine, fileName, FORMAT, FORMAT_VERSION, HEADER, rowsName } from './format.ts';

type OwnedTable = Exclude<MovedTable, 'files' | 'pauses'>;
const OWNED = MOVED_TABLES.filter((table): table is OwnedTable => table !== 'files' && table !== 'pauses');
const TASKS_PER_READ = 100;
/** Rows that may be large are read a few at a time. */
const PER_READ: Record<MovedTable, number> = {
  runs: 100,
  values: 4,
  steps: 50,
  chunks: 10,
  logs: 50,
  events: 20,
  files: 8,
  pauses: 500,
};
const PART_CHARACTERS = 2_000_000;

export interface ExportSetup {
  store: Store;
  clock: Clock;
  newId: () => string;
  onProgress: (done: number, total: number) => void;
}

/** Rejects with `quota-exceeded`, or `file-too-large` for a file of 4 GB. */
export async function exportAll(setup: ExportSetup): Promise<Blob> {
  const { store, clock, newId } = setup;
  const stream = zipStream(new Export(setup).entries(), new AbortController().signal);
  // Its bytes have no row: they are swept after a day.
  const id = `export-${newId()}`;
  const written = await store.writeFile(id, stream);
  const now = clock.now();
  const name = `errand-${new Date(now).toISOString().slice(0, 10)}.zip`;
  const about = { id, name, type: 'application/zip', lastModified: now, createdAt: now };
  return store.files.open({ ...about, ...written, taskId: '' as TaskId, role: 'artifact' });
}

class Export {
  readonly #setup: ExportSetup;
  readonly #modifiedAt: number;
  readonly #exported = new Map<TaskId, number>();
  #lines: string[] = [];
  #characters = 0;
  #parts = 0;
  #files = 0;
  readonly #missing: string[] = [];

  constructor(setup: ExportSetup) {
    this.#setup = setup;
    this.#modifiedAt = setup.clock.now();
  }

  async *entries(): AsyncGenerator<ZipEntry, void> {
    yield* this.#tasks();
    for await (const rule of this.#rows('pauses', '', '\uffff')) {
      if (rule.deletedAt === undefined) this.#add('pauses', rule);
      yield* this.#part();
    }
    for await (const file of this.#rows('files', '', '\uffff'))
      if (this.#exported.has(file.taskId)) yield* this.#file(file);
    yield* this.#part(1);
    const header: ExportHeader = {
      format: FORMAT,
      version: FORMAT_VERSION,
      exportedAt: this.#modifiedAt,
      tasks: this.#exported.size,
      files: this.#files,
      missingFiles: this.#missing,
    };
    yield this.#entry(HEADER, JSON.stringify(header, undefined, 2));
  }

  async *#tasks(): AsyncGenerator<ZipEntry, void> {
    const { store, onProgress } = this.#setup;
    let total = 0;
    for (const { pending, completed, failed, cancelled } of (await store.head()).counts.values())
      total += pending + completed + failed + cancelled;
    for (let after = ''; ;) {
      const states = await store.tasksAfter(after, TASKS_PER_READ);
      for (const state of states) this.#task(state);
      yield* this.#part();
      const [first, last] = [states[0]?.row.id, states.at(-1)?.row.id];
      if (first === undefined || last === undefined) return;
      for (const table of OWNED) yield* this.#belongings(table, first, last);
      after = last;
      onProgress(this.#exported.size, Math.max(total, this.#exported.size));
    }
  }

  #task({ row, claim }: TaskState): void {
    this.#exported.set(row.id, row.run.index);
    this.#add('tasks', row, claim === undefined ? undefined : shownClaim(claim));
  }

  /** What belongs to tasks between two; of runs those that were past as the task was read. */
  async *#belongings(table: OwnedTable, first: TaskId, last: TaskId): AsyncGenerator<ZipEntry, void> {
    for await (const row of this.#rows(table, [first], [last])) {
      const current = this.#exported.get(row.taskId);
      if (current === undefined || (table === 'runs' && 'index' in row && row.index >= current)) continue;
      this.#add(table, row);
      yield* this.#part();
    }
  }

  async *#rows<T extends MovedTable>(table: T, first: Key, last: Key) {
    const { store } = this.#setup;
    for (let after = first; ;) {
      const rows = await store.rowsAfter(table, after, last, PER_READ[table]);
      yield* rows;
      const end = rows.at(-1);
      if (end === undefined || rows.length < PER_READ[table]) return;
      after = store.keyOf(table, end);
    }
  }

  async *#file(file: FileRow): AsyncGenerator<ZipEntry, void> {
    const { data: _data, ...row } = file;
    const opened = await this.#setup.store.files.open(file).catch(() => undefined);
    if (opened === undefined) {
      this.#missing.push(file.id);
      return;
    }
    this.#files += 1;
    this.#add('files', { ...row, size: opened.size });
    yield { name: fileName(file.id), modifiedAt: file.lastModified, open: () => Promise.resolve(opened) };
    yield* this.#part();
  }

  #add(table: ExportLine['table'], row: object, claim?: object): void {
    const line: ExportLine = { table, row: toPlain(row), ...(claim !== undefined && { claim: toPlain(claim) }) };
    const text = JSON.stringify(line);
    this.#lines.push(text);
    this.#characters += text.length;
  }

  /** The lines so far, where they are enough for an entry. */
  *#part(enough = PART_CHARACTERS): Generator<ZipEntry, void> {
    if (this.#characters < enough) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#characters = 0;
    yield this.#entry(rowsName(++this.#parts), text);
  }

  #entry(name: string, text: string): ZipEntry {
    return { name, modifiedAt: this.#modifiedAt, open: () => Promise.resolve(new Blob([text])) };
  }
}

type Key = Parameters<Store['rowsAfter']>[1];

function shownClaim({ claimedAt, once, progress }: Claim): Partial<Claim> {
  return { claimedAt, ...(once === true && { once }), ...(progress !== undefined && { progress }) };
}
