// The store: one open database with its files, its one way to write and its few ways to read.

import {
  type ArtifactContent,
  type Clock,
  ErrandError,
  type FileRef,
  type ListQuery,
  type TaskId,
  type TaskRow,
  type TaskState,
} from '../task/index.ts';
import { type Nudge, Nudges } from './channel.ts';
import { type Committed, Committer, type Entry, type Operation } from './commit.ts';
import { Connection } from './connection.ts';
import { type FileHome, type OnBytes, openFileHome, type Written } from './files/index.ts';
import { batchesOf, type Recovery, RedoLog } from './log/index.ts';
import { readMarker, writeMarker } from './marker.ts';
import { type PageOfRows, readPage, readStanding, readTask, type Standing } from './query.ts';
import { ENDED, FILES_OF } from './schema.ts';
import type { ChunkRow, FileRow, HeadRow, LogRow, PastRunRow, StepRow, ValueRow } from './schema.ts';

/** No chunk of a map holds more items. */
export const MOST_CHUNK_ITEMS = 1_000;
const CHECKPOINT_ROWS = 500;
/** Free space that is left for running work when new files are asked in. */
const HEADROOM_BYTES = 16 * 1024 * 1024;
/** Bytes without a row may belong to an enqueue that is still copying; after a day they don't. */
const SWEEP_AFTER_MS = 86_400_000;

interface StoreParts {
  database: string;
  connection: Connection;
  files: FileHome;
  log: RedoLog | undefined;
  clock: Clock;
  wasLost: boolean;
  recovery: Recovery | undefined;
}

export class Store {
  readonly database: string;
  readonly files: FileHome;
  /** The database was there before, and the browser has deleted it: everything in it is lost. */
  readonly wasLost: boolean;
  /** What was made again of the log when the database was opened. */
  readonly recovery: Recovery | undefined;
  readonly #log: RedoLog | undefined;
  #checkpointing: Promise<void> | undefined;
  #catchingUp = false;
  readonly #connection: Connection;
  readonly #committer: Committer;
  readonly #nudges: Nudges;
  readonly #clock: Clock;
  /** The head as this engine last saw it: a hint, never the truth. */
  lastHead: HeadRow | undefined;
  /** Told of this engine's own commits, before anybody else is. */
  onCommit: ((commit: Committed) => void) | undefined;

  private constructor({ database, connection, files, log, wasLost, recovery, clock }: StoreParts) {
    this.database = database;
    this.files = files;
    this.wasLost = wasLost;
    this.recovery = recovery;
    this.#connection = connection;
    this.#clock = clock;
    this.#log = log;
    this.#nudges = new Nudges(database, clock);
    this.#committer = new Committer(connection, clock, log, (commit) => {
      this.lastHead = commit.head;
      this.onCommit?.(commit);
      this.#nudges.send(commit);
      if (this.#log?.wantsCheckpoint === true) void this.checkpoint().catch(ignore);
    });
  }

  /** Opens a database, making it if there is none. Rejects with `database-newer` or `database-unavailable`. */
  static open(database: string, clock: Clock): Promise<Store> {
    const open = () => Store.#open(database, clock);
    // One at a time: whoever comes first makes again what the browser has deleted, and the others wait for that.
    if (typeof navigator === 'undefined' || !('locks' in navigator)) return open();
    return navigator.locks.request(`errand:${database}:open`, open);
  }

  static async #open(database: string, clock: Clock): Promise<Store> {
    const connection = new Connection(database, clock);
    const marker = await readMarker(database);
    const opened = await connection.open();
    const { generation, fresh } = opened;
    if (marker !== generation) await writeMarker(database, generation);
    const files = await openFileHome(database, connection.dexie.backendDB());
    const log = await RedoLog.open(database, generation, clock);
    const wasLost = fresh && marker !== undefined;
    const store = new Store({ database, connection, files, log, clock, wasLost, recovery: opened.recovered.recovery });
    store.lastHead = (await store.standing()).head;
    if (opened.recovered.logIsBehind) store.#catchUp();
    return store;
  }

  /** Does an operation in the next write transaction; resolves once that is committed. */
  do<R>(operation: Operation<R>): Promise<R> {
    return this.#committer.submit(operation);
  }

  /** What rides along with each write transaction: the engine's next claims. */
  setRider(rider: ((alone: boolean) => Entry | undefined) | undefined): void {
    this.#committer.rider = rider;
  }

  /** Starts a write transaction soon, for the rider's sake. */
  kick(): void {
    this.#committer.kick();
  }

  /** Calls back after every commit on this database that is heard of, here or in another engine. */
  listen(listener: (nudge: Nudge) => void): () => void {
    return this.#nudges.listen(listener);
  }

  onMovedOn(listener: () => void): void {
    this.#connection.onMovedOn = listener;
  }

  standing(): Promise<Standing> {
    return readStanding(this.#connection);
  }

  task(id: string): Promise<TaskState | undefined> {
    return readTask(this.#connection, id);
  }

  page(query: ListQuery): Promise<PageOfRows> {
    return readPage(this.#connection, query);
  }

  /** A payload or result that lies apart from its row. */
  async value(row: TaskRow, kind: ValueRow['kind'], index: number): Promise<unknown> {
    const found = await this.#read((dexie) => dexie.table<ValueRow>('values').get([row.id, kind, index]));
    return found?.value;
  }

  runs(id: TaskId): Promise<PastRunRow[]> {
    return this.#read((dexie) => dexie.runs.where('[taskId+index]').between([id], [id, []]).toArray());
  }

  steps(id: TaskId, stepSet: number): Promise<StepRow[]> {
    const key = '[taskId+stepSet+name]';
    return this.#read((dexie) => dexie.steps.where(key).between([id, stepSet], [id, stepSet, []]).toArray());
  }

  /** The recorded chunks of a map: all, or those that may hold items of a span. */
  chunks(id: TaskId, stepSet: number, name: string, from = 0, end = Infinity): Promise<ChunkRow[]> {
    const first = [id, stepSet, name, from - MOST_CHUNK_ITEMS];
    const last = [id, stepSet, name, end];
    return this.#read((dexie) => dexie.chunks.where('[taskId+stepSet+name+from]').between(first, last).toArray());
  }

  logs(id: TaskId): Promise<LogRow[]> {
    const key = '[taskId+runIndex+attempt+claimToken+seq]';
    return this.#read((dexie) => dexie.logs.where(key).between([id], [id, []]).toArray());
  }

  file(id: string): Promise<FileRow | undefined> {
    return this.#read((dexie) => dexie.files.get(id));
  }

  /** The artifacts of a task: how many there are, and a span of them, the newest first. */
  async artifacts(id: TaskId, offset: number, limit: number): Promise<{ rows: FileRow[]; total: number }> {
    const [first, last] = [
      [id, 'artifact'],
      [id, 'artifact', []],
    ];
    const keys = await this.#read((dexie) => dexie.files.where(FILES_OF).between(first, last).primaryKeys());
    // Ids sort by the time they were made.
    const newest = (keys as string[])
      .sort()
      .reverse()
      .slice(offset, offset + limit);
    const rows = await this.#read((dexie) => dexie.files.bulkGet(newest));
    return { rows: rows.filter((row) => row !== undefined), total: keys.length };
  }

  /** Opens a kept file. Rejects with `file-missing`. */
  async openFile(ref: FileRef | string): Promise<File> {
    const id = typeof ref === 'string' ? ref : ref.id;
    const row = await this.file(id);
    if (row === undefined) throw new ErrandError('file-missing', undefined, { file: id });
    return this.files.open(row);
  }

  /** Writes a file's bytes; its row is for the caller to commit. */
  writeFile(id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written> {
    return this.files.write(id, content, onBytes);
  }

  /** Throws `quota-exceeded` unless so many bytes fit and room is left for running work. */
  async checkRoom(bytes: number): Promise<void> {
    const { quota, usage } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    if (quota === undefined || usage === undefined || usage + bytes + HEADROOM_BYTES <= quota) return;
    const freeBytes = Math.max(0, quota - usage - HEADROOM_BYTES);
    throw new ErrandError('quota-exceeded', undefined, { neededBytes: bytes, freeBytes });
  }

  /** Deletes files' bytes that no row names: what a killed browser left behind. */
  async sweepFiles(): Promise<number> {
    const keys = new Set((await this.#read((dexie) => dexie.files.toCollection().primaryKeys())) as unknown[]);
    return this.files.sweep((id) => keys.has(id), this.#clock.now() - SWEEP_AFTER_MS);
  }

  /** Some tasks that ended with a status, those that ended first, first. */
  finished(status: 'completed' | 'failed' | 'cancelled', most: number): Promise<TaskId[]> {
    return this.#read((dexie) => {
      const ended = dexie.tasks.where(ENDED).between([status, 0], [status, Infinity], true, true);
      return ended.limit(most).primaryKeys() as PromiseLike<TaskId[]>;
    });
  }

  /** Compacts the log to what there is, in small reads that hold nobody up. */
  checkpoint(): Promise<void> {
    this.#checkpointing ??= this.#checkpoint().finally(() => {
      this.#checkpointing = undefined;
    });
    return this.#checkpointing;
  }

  /** Whether all that is written has a second home outside the database, is on its way there, or has none here. */
  get logState(): 'kept' | 'behind' | 'none' {
    if (this.#log === undefined) return 'none';
    return this.#log.isBehind || this.#catchingUp ? 'behind' : 'kept';
  }

  /** Closes once what was asked for is written, in the database and in its log. */
  async close(): Promise<void> {
    await this.#committer.stop();
    this.#nudges.close();
    this.#connection.close();
    this.#log?.close();
  }

  #catchUp(): void {
    this.#catchingUp = true;
    void this.checkpoint().then(() => {
      this.#catchingUp = false;
    }, ignore);
  }

  /** Rows may be newer than `seq` when they are read: what changed them is in the files that follow, and done again. */
  async #checkpoint(): Promise<void> {
    if (this.#log === undefined) return;
    const superfluous = await this.#log.rotate();
    const { head } = await this.standing();
    const batches = batchesOf((work) => this.#connection.use(work), CHECKPOINT_ROWS);
    await this.#log.checkpoint(head.commitSeq, superfluous, batches);
  }

  /** A read outside any write, repeated once if the connection was dropped. */
  #read<T>(query: (dexie: Connection['dexie']) => PromiseLike<T>): Promise<T> {
    return this.#connection.use(async () => query(this.#connection.dexie));
  }
}

function ignore(): void {
  // It is tried again when the log has grown further.
}
