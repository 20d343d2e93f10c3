// The tables, declared once. Indexes are few, because each costs about as much as the row itself;
// those on `lane`, `dueAt`, `wants`, `expiresAt`, `links`, `finishedAt` and `parentId` are sparse: a row without the
// property costs nothing there.

import { Dexie, type Table } from 'dexie';
import type {
  ClaimToken,
  EngineId,
  FileRef,
  LogLevel,
  RunRow,
  SignalName,
  StoredStatus,
  TaskError,
  TaskId,
  TaskRow,
} from '../task/index.ts';
import type { ClaimsRow } from './claims.ts';
import type { Place } from './place.ts';

/** The ready tasks, and only they, in the order in which they are claimed. */
export const READY = '[lane+rank+createdAt+id]';
/** Every task in the default order of lists. Its key never changes, so that no update leaves a stale entry behind. */
export const LISTED = '[rank+createdAt+id]';
/** The tasks that wait for a time, or, at `Infinity`, for something else. */
export const DUE = 'dueAt';
/** The tasks that wait for a concurrency key, in the order in which they get it. */
export const WANTS = '[wants+rank+createdAt+id]';
/** The unfinished tasks that have a deadline. */
export const EXPIRES = 'expiresAt';
/** What a task can be found by beside its place in line: see `linked`. */
export const LINKS = 'links';
/** The tasks that have ended, by how and when. */
export const ENDED = '[status+finishedAt]';
/** The children of a task. */
export const CHILDREN = 'parentId';

/** The files of a task, by role and name. */
export const FILES_OF = '[taskId+role+name]';

/** A run before the current one, which lives in its task's row. */
export interface PastRunRow extends RunRow {
  taskId: TaskId;
}

/** A payload or result too large to lie in its task's row, which is read for every list. */
export interface ValueRow {
  taskId: TaskId;
  kind: 'payload' | 'result';
  /** Of the run it belongs to. */
  index: number;
  value: unknown;
}

/** One try of a step. */
export interface StepTry {
  status: 'completed' | 'failed';
  startedAt: number;
  completedAt: number;
  error?: TaskError;
}

export type StepKind = 'step' | 'map' | 'sleep' | 'event';

/** A step, map, sleep or wait for an event, recorded once per set of steps. */
export interface StepRow {
  taskId: TaskId;
  stepSet: number;
  name: string;
  kind: StepKind;
  /** Its place among the steps of its run, in the order in which the handler came to them. */
  seq: number;
  status: 'running' | 'completed' | 'failed';
  startedAt: number;
  completedAt?: number;
  result?: unknown;
  error?: TaskError;
  /** Every try of it, the oldest first. */
  tries: StepTry[];
  /** Of a map: how many items it has. */
  total?: number;
  /** Of a sleep or a wait for an event: how long it lasts at most. */
  until?: number;
}

/** An event that was addressed to a task, and waits for its handler to ask for it. */
export interface EventRow {
  taskId: TaskId;
  name: string;
  /** The commit it came with, and its place there. */
  seq: number;
  place: number;
  payload: unknown;
}

/** Holds back what it matches until it is lifted or has expired. What is left out matches everything. */
export interface PauseRow {
  ruleId: string;
  taskId?: TaskId;
  type?: string;
  /** Steps of that name; `*` stands for anything. */
  stepPattern?: string;
  createdAt: number;
  createdBy: string;
  expiresAt?: number;
  /** When it was lifted, or was found to have expired. */
  deletedAt?: number;
  /** It holds back the tasks that came with one import, which name it themselves. */
  imported?: true;
}

/** A deleted task, for as long as that can be undone. */
export interface TrashRow {
  id: TaskId;
  deletedAt: number;
  row: TaskRow;
  /** The ids of its files. */
  files: string[];
}

/** The recorded results of some neighbouring items of a map: its checkpoint. */
export interface ChunkRow {
  taskId: TaskId;
  stepSet: number;
  name: string;
  from: number;
  results: unknown[];
}

export interface LogLine {
  at: number;
  level: LogLevel;
  message: string;
  data?: unknown;
}

/** Some log lines of one attempt, written together. */
export interface LogRow {
  taskId: TaskId;
  runIndex: number;
  attempt: number;
  /** Counts from 0 within the claim; `claimToken` keeps apart what two claims of one attempt wrote. */
  claimToken: ClaimToken;
  seq: number;
  lines: LogLine[];
}

/** A kept file. Its bytes lie in OPFS under its id, or in `data` where there is no OPFS. */
export interface FileRow extends Omit<FileRef, '$type'> {
  taskId: TaskId;
  role: 'payload' | 'artifact';
  createdAt: number;
  data?: Blob | ArrayBuffer;
}

/** How many tasks of one creator and type have each stored status. */
export type Counts = Record<StoredStatus, number>;

/** What was configured, for every engine of the database. What is left out has its default. */
export interface StoredSettings {
  maxConcurrent?: number;
  /** Finished tasks are kept for so many days; null: for ever. */
  retentionDays?: number | null;
  /** So many finished tasks are kept; null: all. */
  retentionCount?: number | null;
  /** What the person says of the device, whatever is read. */
  signals?: Partial<Record<SignalName, boolean>>;
  /** The person wants to be told of what ends, and of what waits for a page. */
  notifications?: boolean;
  /** Who asks where nobody says so: set by whoever owns the page. */
  principal?: { user: string; role: 'admin' | 'operator' | 'viewer' };
}

/** What every write transaction reads and writes: the sequence of commits, the leader, and what is kept counted. */
export interface HeadRow {
  key: 'head';
  /** Drawn when the database was made: another one means that the database was made anew. */
  generation: string;
  /** Grows by one with every write transaction. */
  commitSeq: number;
  /** Drawn with every commit, and that of the commit before: they chain the entries of the log. */
  stamp: number;
  stampBefore: number;
  /** When that was. */
  committedAt: number;
  /** The last commit of each engine that wrote lately: one whose connection broke sees whether its own came to be. */
  landed?: Map<number, number>;
  /** The commit that changed the claims last: who knows them as of then need not read them. */
  claimsSeq: number;
  lastToken: ClaimToken;
  /** The commit that removed tasks last: the log is to forget them. */
  removedSeq?: number;
  leader: EngineId | null;
  /** Per creator and type, joined by a zero character. */
  counts: Map<string, Counts>;
  /** How many tasks stand in each lane, the claimed ones included. */
  lanes: Map<string, number>;
  /** Per lane the lowest place at which a task came in that the claimer may have passed already. */
  lowest: Map<string, Place>;
  /** How many tasks wait for a time. */
  timed: number;
  /** How many tasks wait for another to end. */
  blocked: number;
  /** How many unfinished tasks have a parent. */
  children: number;
  /** How many unfinished tasks have a deadline. */
  expiring: number;
  /** How many deleted tasks can still be had back. */
  trashed: number;
  /** The pause rules in force that name no single task, and those that name steps. */
  rules: PauseRow[];
  settings: StoredSettings;
}

/** When the last tasks of rate-limited types were claimed. */
export interface RatesRow {
  key: 'rates';
  /** Per type, oldest first; no more than its limit. */
  starts: Map<string, number[]>;
}

/** What each table holds. */
export interface Rows {
  tasks: TaskRow;
  runs: PastRunRow;
  values: ValueRow;
  steps: StepRow;
  chunks: ChunkRow;
  logs: LogRow;
  files: FileRow;
  events: EventRow;
  pauses: PauseRow;
  trash: TrashRow;
  meta: HeadRow | ClaimsRow | RatesRow;
}
export type TableName = keyof Rows;

/** The primary key of each table: one property, or several. */
export const KEY_PATHS = {
  tasks: ['id'],
  runs: ['taskId', 'index'],
  values: ['taskId', 'kind', 'index'],
  steps: ['taskId', 'stepSet', 'name'],
  chunks: ['taskId', 'stepSet', 'name', 'from'],
  logs: ['taskId', 'runIndex', 'attempt', 'claimToken', 'seq'],
  files: ['id'],
  events: ['taskId', 'name', 'seq', 'place'],
  pauses: ['ruleId'],
  trash: ['id'],
  meta: ['key'],
} as const satisfies Record<TableName, readonly string[]>;

export const TABLES = Object.keys(KEY_PATHS) as TableName[];

const SECONDARY: Partial<Record<TableName, string>> = {
  tasks: [READY, LISTED, DUE, WANTS, EXPIRES, `*${LINKS}`, ENDED, CHILDREN].join(', '),
  files: FILES_OF,
};

/** The database as Dexie sees it. */
export class ErrandDatabase extends Dexie {
  declare readonly tasks: Table<TaskRow>;
  declare readonly runs: Table<PastRunRow>;
  declare readonly steps: Table<StepRow>;
  declare readonly chunks: Table<ChunkRow>;
  declare readonly logs: Table<LogRow>;
  declare readonly files: Table<FileRow>;
  declare readonly pauses: Table<PauseRow>;

  constructor(name: string) {
    // Dexie's cache answered liveQuery with duplicate rows (Dexie#2012); nothing here needs it.
    super(`errand:${name}`, { cache: 'disabled', autoOpen: false });
    this.version(1).stores(schemaV1());
  }
}

function schemaV1(): Record<string, string> {
  return Object.fromEntries(
    TABLES.map((table) => {
      const path: readonly string[] = KEY_PATHS[table];
      const key = path.length === 1 ? path.join() : `[${path.join('+')}]`;
      return [table, [key, SECONDARY[table]].filter(Boolean).join(', ')];
    }),
  );
}
