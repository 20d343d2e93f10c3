// The store: one open database with its files, its one way to write and its few ways to read.

import {
  type ArtifactContent,
  type Claim,
  type Clock,
  ErrandError,
  type FileRef,
  type ListQuery,
  type TaskFilter,
  type TaskId,
  type TaskRow,
  type TaskState,
} from '../task/index.ts';
import { readArtifacts } from './artifacts.ts';
import { type NudgeListener, Nudges } from './channel.ts';
import { type Committed, Committer, type Entry, type Operation } from './commit.ts';
import { Connection, type Opened } from './connection.ts';
import { type FileHome, Headroom, type OnBytes, openFileHome, type Written } from './files/index.ts';
import { Keeper } from './keeper.ts';
import { type Recovery, RedoLog } from './log/index.ts';
import { writeMarker } from './marker.ts';
import { countsOf, type PageOfRows, readHead, readPage, readStanding, readTask, type Standing } from './query.ts';
import { type ListReading, type Looked, lookAgain, readIds } from './reading.ts';
import { readRecent } from './recent.ts';
import { Room } from './room.ts';
import { DUE, ENDED, FILES_OF } from './schema.ts';
import { type MovedTable, readPresent, readRowsAfter, readTasksAfter } from './transfer.ts';
import { type Key, keyOf } from './work.ts';
import type { Rows, ChunkRow, FileRow, HeadRow, LogRow, PastRunRow, PauseRow, StepRow, ValueRow } from './schema.ts';

/** No chunk of a map holds more items. */
export const MOST_CHUNK_ITEMS = 1_000;
/** Of tasks that end at once, so many are told of at a time. */
const MOST_TOLD = 1_000;
const ENDINGS = ['completed', 'failed', 'cancelled'] as const;
/** Bytes without a row may belong to an enqueue that is still copying; after a day they don't. */
const SWEEP_AFTER_MS = 86_400_000;

interface StoreParts {
  database: string;
  connection: Connection;
  files: FileHome;
  log: RedoLog | undefined;
  clock: Clock;
  wasLost: boolean;
  opened: Opened;
}

export class Store {
  readonly database: string;
  readonly files: FileHome;
  readonly room: Room;
  /** The database was there before, and the browser has deleted it: everything in it is lost. */
  readonly wasLost: boolean;
  /** What was made again of the log when the database was opened. */
  readonly recovery: Recovery | undefined;
  readonly #log: RedoLog | undefined;
  readonly #keeper: Keeper;
  readonly #connection: Connection;
  readonly #committer: Committer;
  readonly #nudges: Nudges;
  #generation: string;
  readonly #clock: Clock;
  /** The head as this engine last saw it: a hint, never the truth. */
  lastHead: HeadRow | undefined;
  /** The claims as of this engine's last commit. */
  lastClaims: ReadonlyMap<TaskId, Claim> | undefined;
  /** Told of this engine's own commits, before anybody else is. */
  onCommit: ((commit: Committed) => void) | undefined;

  /** Told when the database was made whole again in the midst of work. */
  onRecovered: ((recovery: Recovery | undefined) => void) | undefined;

  private constructor({ database, connection, files, log, wasLost, opened, clock }: StoreParts) {
    this.database = database;
    this.files = files;
    this.wasLost = wasLost;
    this.recovery = opened.recovered.recovery;
    this.#generation = opened.generation;
    connection.ownLog = log?.lockName;
    connection.onReopened = (again) => this.#reopened(again);
    this.#connection = connection;
    this.#clock = clock;
    this.#log = log;
    this.#nudges = new Nudges(database, clock);
    this.#committer = new Committer(connection, clock, log, (commit) => {
      this.lastHead = commit.head;
      this.lastClaims = commit.claims;
      this.onCommit?.(commit);
      this.#nudges.send(commit);
      this.#keeper.look(commit.head);
    });
    this.room = new Room(new Headroom(database), clock);
    this.#committer.makeRoom = () => this.room.make();
    this.#keeper = new Keeper({
      database,
      log,
      clock,
      use: (work) => connection.use(work),
      head: () => this.head(),
      onCheckpoint: (seq) => {
        this.#nudges.announce(seq);
      },
    });
    this.#nudges.listen(({ seq, checkpoint }, isOwn) => {
      if (!isOwn) this.#committer.heard(seq);
      if (checkpoint !== undefined) this.#keeper.forget(checkpoint);
    });
  }

  /**
   * Opens a database, making it if there is none; `before` is the generation that somebody remembers from earlier.
   * Rejects with `database-newer` or `database-unavailable`.
   */
  static async open(database: string, clock: Clock, before?: string): Promise<Store> {
    const connection = new Connection(database, clock);
    const opened = await connection.open();
    const { generation, fresh, marked } = opened;
    const marker = marked ?? before;
    if (marker !== generation) await writeMarker(database, generation);
    const opening = RedoLog.open(database, generation, clock);
    const isLogged = async () => (await opening) !== undefined;
    const [log, files] = await Promise.all([opening, openFileHome(database, connection.dexie.backendDB(), isLogged)]);
    const wasLost = fresh && marker !== undefined;
    const store = new Store({ database, connection, files, log, clock, wasLost, opened });
    store.lastHead = await store.head();
    if (opened.recovered.logIsBehind) store.#keeper.catchUp();
    store.#keeper.look(store.lastHead);
    return store;
  }

  /** Does an operation in the next write transaction; resolves once that is committed. One that `mayWait` shares that of others. */
  do<R>(operation: Operation<R>, mayWait = false): Promise<R> {
    return this.#committer.submit(operation, mayWait);
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
  listen(listener: NudgeListener): () => void {
    return this.#nudges.listen(listener);
  }

  /** Names this database: one that was lost and made anew has another. */
  get generation(): string {
    return this.#generation;
  }

  onMovedOn(listener: () => void): void {
    this.#connection.onMovedOn = listener;
  }

  async standing(): Promise<Standing> {
    const now = await readStanding(this.#connection);
    this.#committer.saw(now);
    return now;
  }

  head(): Promise<HeadRow> {
    return readHead(this.#connection);
  }

  task(id: string): Promise<TaskState | undefined> {
    return readTask(this.#connection, id);
  }

  page(query: ListQuery): Promise<PageOfRows> {
    return readPage(this.#connection, query);
  }

  /** The ids of all tasks of a list, in their order. */
  ids(query: ListQuery, reading: ListReading): Promise<TaskId[]> {
    return readIds(this.#connection, query, reading);
  }

  /** Looks again at some tasks, and whether a list has them. */
  lookAgain(ids: readonly TaskId[], filter: TaskFilter): Promise<Looked[]> {
    return lookAgain(this.#connection, ids, filter);
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

  /** Some tasks in the order of their ids, from after one on. */
  tasksAfter(id: string, most: number): Promise<TaskState[]> {
    return readTasksAfter(this.#connection, id, most);
  }

  /** Some rows of a table, from after a key on, as far as a task's. */
  rowsAfter<T extends MovedTable>(table: T, after: Key, end: Key, most: number): Promise<Rows[T][]> {
    return readRowsAfter(this.#connection, table, after, end, most);
  }

  /** The key of a row, from after which others can be read. */
  keyOf<T extends MovedTable>(table: T, row: Rows[T]): Key {
    return keyOf(table, row);
  }

  /** Which of these there are. */
  presentOf(ids: readonly TaskId[]): Promise<TaskId[]> {
    return readPresent(this.#connection, ids);
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

  /** The newest artifacts of each of many tasks. */
  artifactsOf(ids: readonly string[], most: number): Promise<FileRow[][]> {
    return readArtifacts(this.#connection, ids, most);
  }

  /** Opens a kept file. Rejects with `file-missing`. */
  async openFile(ref: FileRef | string): Promise<File> {
    const id = typeof ref === 'string' ? ref : ref.id;
    const row = await this.file(id);
    if (row === undefined || (await this.#isTrashed(row.taskId)))
      throw new ErrandError('file-missing', undefined, { file: id });
    return this.files.open(row);
  }

  #isTrashed(id: TaskId): Promise<boolean> {
    return this.#read(async (dexie) => (await dexie.table('trash').where('id').equals(id).count()) > 0);
  }

  /** Writes a file's bytes; its row is for the caller to commit. */
  writeFile(id: string, content: ArtifactContent, onBytes?: OnBytes): Promise<Written> {
    return this.files.write(id, content, onBytes);
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

  /** When the next task comes due: never is `Infinity`. */
  async nextDue(): Promise<number> {
    const first = await this.#read((dexie) => dexie.tasks.where(DUE).aboveOrEqual(0).first());
    return first?.dueAt ?? Infinity;
  }

  /** The newest tasks of one creator: made in the last 24 hours, or unfinished. */
  recent(creator: string): Promise<TaskState[]> {
    return readRecent(this.#connection, creator, this.#clock.now());
  }

  /** The tasks that have ended since an instant, of every status. */
  async finishedSince(instant: number): Promise<TaskRow[]> {
    const rows = await this.#read((dexie) =>
      Promise.all(
        ENDINGS.map((status) =>
          dexie.tasks.where(ENDED).between([status, instant], [status, []]).limit(MOST_TOLD).toArray(),
        ),
      ),
    );
    return rows.flat().sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
  }

  /** Every pause rule that is kept, the newest first. */
  async pauses(): Promise<PauseRow[]> {
    const rules = await this.#read((dexie) => dexie.pauses.toArray());
    return rules.sort((a, b) => b.createdAt - a.createdAt);
  }

  /** The steps of every run. */
  allSteps(id: TaskId): Promise<StepRow[]> {
    return this.#read((dexie) => dexie.steps.where('[taskId+stepSet+name]').between([id], [id, []]).toArray());
  }

  /** Some tasks that ended before an instant, of every status. */
  async finishedBefore(instant: number, most: number): Promise<TaskId[]> {
    const ids = await Promise.all(ENDINGS.map((status) => this.#endedBetween(status, 0, instant, most)));
    return ids.flat().slice(0, most);
  }

  /** Some of those that ended first, where more than so many have ended. */
  async finishedBeyond(kept: number, most: number): Promise<TaskId[]> {
    const groups = countsOf(await this.standing());
    const total = groups.reduce((sum, { counts }) => sum + counts.completed + counts.failed + counts.cancelled, 0);
    const over = Math.min(total - kept, most);
    if (over <= 0) return [];
    const first = await this.#read((dexie) =>
      Promise.all(
        ENDINGS.map((status) =>
          dexie.tasks.where(ENDED).between([status, 0], [status, Infinity], true, true).limit(over).toArray(),
        ),
      ),
    );
    const oldest = first.flat().sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
    return oldest.slice(0, over).map((row) => row.id);
  }

  #endedBetween(status: string, from: number, to: number, most: number): Promise<TaskId[]> {
    return this.#read((dexie) => {
      const ended = dexie.tasks.where(ENDED).between([status, from], [status, to], true, false);
      return ended.limit(most).primaryKeys() as PromiseLike<TaskId[]>;
    });
  }

  /** Compacts the log to what there is, in small reads that hold nobody up. */
  checkpoint(): Promise<void> {
    return this.#keeper.checkpoint();
  }

  /** Looks, slowly, whether the log could make the database again, and makes a damaged one anew. */
  scrub(): Promise<void> {
    return this.#keeper.scrub();
  }

  /** Whether all that is written has a second home outside the database, is on its way there, or has none here. */
  get logState(): 'kept' | 'behind' | 'none' {
    return this.#keeper.state;
  }

  /** When this engine last read the log from end to end and found it whole. */
  get logProvenAt(): number | undefined {
    return this.#keeper.provenAt;
  }

  /** Closes once what was asked for is written, in the database and in its log. */
  async close(): Promise<void> {
    this.#keeper.close();
    await this.#committer.stop();
    this.#nudges.close();
    this.#connection.close();
    this.#log?.close();
  }

  /** The browser dropped the connection and, it may be, the database with it. */
  async #reopened({ generation, recovered, fresh }: Opened): Promise<void> {
    await this.#log?.belongTo(generation);
    if (generation !== this.#generation) await writeMarker(this.database, generation);
    this.#generation = generation;
    if (recovered.recovery !== undefined || fresh) this.onRecovered?.(recovered.recovery);
    if (recovered.logIsBehind) this.#keeper.catchUp();
  }

  /** A read outside any write, repeated once if the connection was dropped. */
  #read<T>(query: (dexie: Connection['dexie']) => PromiseLike<T>): Promise<T> {
    return this.#connection.use(async () => query(this.#connection.dexie));
  }
}
