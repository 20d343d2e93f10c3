// Takes in what was exported: looked through whole first, then some rows at a time, so that nobody else waits for long.
// What breaks off on the way is taken back.

import { type Moving, type PauseRow, reconsider, type Store, takeIn, withdraw } from '../../store/index.ts';
import {
  type Clock,
  ErrandError,
  type FileRef,
  isFinal,
  plainError,
  type TaskId,
  type TaskPause,
  type TaskRow,
} from '../../task/index.ts';
import type { ImportOptions, ImportPreview, ImportResult } from '../answers.ts';
import { arrived, renamed, renamedRun } from './arrive.ts';
import { fileName } from './format.ts';
import { type ImportRow, readRows } from './read-rows.ts';
import { previewOf, refusedPreview, type Survey, survey } from './survey.ts';
import type { ZipItem } from './unzip.ts';

const ROWS_PER_TURN = 200;
const BYTES_PER_TURN = 4 * 1024 * 1024;

export interface ImportSetup {
  store: Store;
  clock: Clock;
  newId: () => string;
  by: string;
  onProgress: (done: number, total: number) => void;
}

/** What is in it, and what is wrong with it. Changes nothing. */
export async function readImport(store: Store, zip: Blob): Promise<ImportPreview> {
  try {
    return previewOf(await survey(store, checkBlob(zip)));
  } catch (thrown) {
    return refusedPreview(thrown);
  }
}

/** Takes all of it, or nothing. Rejects with `invalid-import` or `quota-exceeded`. */
export async function importAll(setup: ImportSetup, zip: Blob, options: ImportOptions): Promise<ImportResult> {
  const { conflicts } = checkOptions(options);
  const found = await survey(setup.store, checkBlob(zip));
  const taking = new Taking(setup, found, conflicts);
  await setup.store.room.admit(taking.bytes);
  try {
    return await taking.take();
  } catch (thrown) {
    await taking.takeBack();
    throw thrown instanceof ErrandError ? thrown : ErrandError.fromPlain(plainError(thrown));
  }
}

function checkBlob(zip: Blob): Blob {
  if ((zip as unknown) instanceof Blob) return zip;
  throw new ErrandError('invalid-request', 'An import must be a File or Blob.', { field: 'blob' });
}

function checkOptions(options: ImportOptions): ImportOptions {
  const { conflicts } = { ...options } as Partial<ImportOptions>;
  if (conflicts === 'skip' || conflicts === 'new-ids') return { conflicts };
  throw new ErrandError('invalid-request', 'conflicts must be skip or new-ids.', { field: 'conflicts' });
}

class Taking {
  readonly #setup: ImportSetup;
  readonly #found: Survey;
  readonly #skipped: ReadonlySet<TaskId>;
  readonly #newIds = new Map<TaskId, TaskId>();
  readonly #fileIds = new Map<string, string>();
  readonly #ruleIds = new Map<string, string>();
  readonly #rule: PauseRow;
  #batch = emptyBatch();
  #size = { rows: 0, bytes: 0, lastToken: 0 };
  #read = 0;
  /** What is here by now, to be taken back if the rest is not. */
  readonly #taken: TaskId[] = [];
  readonly #files: string[] = [];
  readonly #rules: string[] = [];
  readonly #blocked: TaskId[] = [];

  constructor(setup: ImportSetup, found: Survey, conflicts: ImportOptions['conflicts']) {
    this.#setup = setup;
    this.#found = found;
    const { newId, clock, by } = setup;
    this.#skipped = new Set(conflicts === 'skip' ? found.conflicts : []);
    if (conflicts === 'new-ids') for (const id of found.conflicts) this.#newIds.set(id, newId() as TaskId);
    // Ids of files sort by when these came.
    for (const id of [...found.files.keys()].sort())
      if (this.#takes(found.files.get(id)?.taskId)) this.#fileIds.set(id, newId());
    for (const id of found.rules) this.#ruleIds.set(id, newId());
    const now = clock.now();
    this.#rule = {
      ruleId: `import ${new Date(now).toISOString()} ${newId().slice(-4)}`,
      createdAt: now,
      createdBy: by,
      imported: true,
    };
  }

  /** The bytes of the files that are taken. */
  get bytes(): number {
    return [...this.#fileIds.keys()].reduce((sum, id) => sum + (this.#found.files.get(id)?.size ?? 0), 0);
  }

  async take(): Promise<ImportResult> {
    const { store, onProgress } = this.#setup;
    const { items, rows, tasks } = this.#found;
    const holds = [...tasks].some(([id, { status }]) => !isFinal(status) && this.#takes(id));
    if (holds) this.#batch.pauses.push(this.#rule);
    for await (const row of readRows(items, (ref) => this.#refOf(ref))) {
      this.#read += 1;
      await this.#add(row);
      if (this.#size.rows < ROWS_PER_TURN && this.#size.bytes < BYTES_PER_TURN) continue;
      await this.#write();
      onProgress(this.#read, rows);
    }
    await this.#write();
    for (let at = 0; at < this.#blocked.length; at += ROWS_PER_TURN)
      await store.do(reconsider(this.#blocked.slice(at, at + ROWS_PER_TURN)));
    onProgress(rows, rows);
    return {
      imported: this.#taken.length,
      skipped: this.#skipped.size,
      renamed: this.#newIds.size,
      files: this.#files.length,
      ruleId: holds ? this.#rule.ruleId : null,
    };
  }

  async takeBack(): Promise<void> {
    const { store } = this.#setup;
    for (let at = 0; at < this.#taken.length; at += ROWS_PER_TURN)
      await store.do(withdraw(this.#taken.slice(at, at + ROWS_PER_TURN), [], [])).catch(ignore);
    for (let at = 0; at < this.#files.length; at += ROWS_PER_TURN)
      await store.do(withdraw([], this.#files.slice(at, at + ROWS_PER_TURN), [])).catch(ignore);
    await store.do(withdraw([], [], this.#rules)).catch(ignore);
    await store.files.delete(this.#files);
  }

  #takes(id: TaskId | undefined): boolean {
    return id !== undefined && this.#found.tasks.has(id) && !this.#skipped.has(id);
  }

  #idOf = (id: TaskId): TaskId => this.#newIds.get(id) ?? id;

  #refOf(ref: FileRef): FileRef {
    return { ...ref, id: this.#fileIds.get(ref.id) ?? ref.id };
  }

  async #add(read: ImportRow): Promise<void> {
    this.#size.bytes += read.bytes;
    this.#size.rows += 1;
    switch (read.table) {
      case 'tasks':
        if (this.#takes(read.row.id)) this.#addTask(read.row, read.claim);
        break;
      case 'pauses':
        this.#addRule(read.row);
        break;
      case 'files':
        if (this.#takes(read.row.taskId)) await this.#addFile(read.row);
        break;
      case 'runs':
        if (this.#takes(read.row.taskId))
          this.#batch.runs.push({ ...renamedRun(read.row, this.#idOf), taskId: this.#idOf(read.row.taskId) });
        break;
      case 'logs':
        this.#size.lastToken = Math.max(this.#size.lastToken, read.row.claimToken);
        this.#addOwned(read);
        break;
      default:
        this.#addOwned(read);
    }
  }

  #addTask(row: TaskRow, claim: Parameters<typeof arrived>[1]): void {
    const held: TaskPause[] = [{ ruleId: this.#rule.ruleId, expiresAt: Infinity }];
    for (const { ruleId, expiresAt } of row.pauses ?? []) {
      const known = this.#ruleIds.get(ruleId);
      if (known !== undefined) held.push({ ruleId: known, expiresAt });
    }
    const taken = arrived(renamed(row, this.#idOf), claim, held, this.#setup.clock.now());
    if (taken.blockedBy !== undefined) this.#blocked.push(taken.id);
    this.#batch.tasks.push(taken);
  }

  #addOwned({ table, row }: Exclude<ImportRow, { table: 'tasks' | 'pauses' | 'files' | 'runs' }>): void {
    if (this.#takes(row.taskId)) this.#batch[table].push({ ...row, taskId: this.#idOf(row.taskId) } as never);
  }

  /** Only what names a task that comes along: other rules would hold back what is here. */
  #addRule(rule: PauseRow): void {
    const ruleId = this.#ruleIds.get(rule.ruleId);
    const taskId = rule.taskId;
    if (ruleId === undefined || taskId === undefined || !this.#takes(taskId)) return;
    this.#batch.pauses.push({ ...rule, ruleId, taskId: this.#idOf(taskId) });
  }

  async #addFile(row: Moving['files'][number]): Promise<void> {
    const id = this.#fileIds.get(row.id);
    const item = this.#found.items.get(fileName(row.id));
    if (id === undefined || item === undefined) return;
    this.#files.push(id);
    const written = await this.#setup.store.writeFile(id, streamOf(item));
    this.#batch.files.push({ ...row, ...written, id, taskId: this.#idOf(row.taskId) });
    if (written.data !== undefined) this.#size.bytes += written.size;
  }

  async #write(): Promise<void> {
    const { store } = this.#setup;
    const batch = this.#batch;
    const { lastToken } = this.#size;
    this.#batch = emptyBatch();
    this.#size = { rows: 0, bytes: 0, lastToken: 0 };
    if (Object.values(batch).every((rows) => rows.length === 0)) return;
    const freed = await store.do(takeIn(batch, lastToken));
    this.#taken.push(...batch.tasks.map((row) => row.id));
    this.#rules.push(...batch.pauses.map((rule) => rule.ruleId));
    await store.files.delete(freed);
  }
}

function emptyBatch(): Moving {
  return { tasks: [], runs: [], values: [], steps: [], chunks: [], logs: [], events: [], files: [], pauses: [] };
}

function streamOf({ read }: ZipItem): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = read();
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}

function ignore(): void {
  // What can be taken back is.
}
