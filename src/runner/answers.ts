// What a page asks for, and what it is answered, as types.

import type {
  Constraints,
  Effects,
  FileRef,
  Instant,
  JsonSchema,
  LogLevel,
  PauseMatch,
  PlainError,
  Priority,
  Realm,
  Rerun,
  RerunPlan,
  RetryPolicy,
  RunRow,
  SignalName,
  Task,
  TaskError,
  TaskFilter,
  TaskStatus,
  WaitKind,
} from '../task/index.ts';

/** One page of tasks: priority high to low, then created old to new, then id. */
export interface TaskPage {
  tasks: Task[];
  limit: number;
  offset: number;
  total: number;
  /** True where counting stopped at 10,000. */
  totalIsLowerBound?: true;
  nextCursor: string | null;
}

/** What is shown of a list that somebody scrolls through. */
export interface ListPart {
  /** The index of the first of these tasks. */
  from: number;
  tasks: Task[];
  total: number;
  /** False while the list is still being read: there may be more, and the order may change. */
  isWhole: boolean;
  /** Grows when the list was read anew: rows that were seen before may stand elsewhere now. */
  edition: number;
  /** So many belong to the list but came after it was opened. They come in with `refresh`. */
  fresh: number;
  /** So many were taken out above what is shown, since the list was opened: the rest has moved up by them. */
  gone: number;
}

/** What an open list is asked. */
export type ListQuestion =
  | { kind: 'show'; from: number; limit: number; gone: number }
  | { kind: 'refresh' }
  | { kind: 'ids'; from: number; to: number }
  | { kind: 'place'; id: string };

/** A list of any length, read once and then kept live. Its order stays as it is until it is refreshed. */
export interface OpenedList {
  /** Shows another part: at most 1,000 tasks. `gone` is that of the part that was seen last. */
  show(from: number, limit: number, gone?: number): void;
  /** Reads the list anew, with what is new in it. */
  refresh(): Promise<void>;
  /** The ids from one index up to, but without, another. */
  ids(from: number, to: number): Promise<string[]>;
  /** The index of a task, or -1. */
  place(id: string): Promise<number>;
  close(): void;
}

export type StatusCounts = Record<TaskStatus, number>;
/** How many tasks there are, per status, overall and per type. */
export interface Stats extends StatusCounts {
  byType: Record<string, StatusCounts>;
}

/** One try of a step. */
export interface StepAttempt {
  attemptNumber: number;
  status: 'completed' | 'failed';
  error: TaskError | null;
  startedAt: number;
  completedAt: number;
}

/** A recorded step, or a map over items, of the current run. */
export interface StepView {
  name: string;
  kind: 'step' | 'map' | 'sleep' | 'event';
  status: 'running' | 'completed' | 'failed';
  startedAt: number;
  completedAt: number | null;
  result?: unknown;
  /** Why it failed the last time. */
  error?: TaskError;
  /** How often it failed so far. */
  retryAttempt: number;
  /** Every try of it, the oldest first. */
  attempts: StepAttempt[];
  /** Of a map: how many items there are, how many are recorded, and which are being worked on now. */
  items?: { total: number; done: number; working: number[] };
}

/** One item of a map. */
export interface ItemView {
  index: number;
  status: 'waiting' | 'working' | 'done';
  result?: unknown;
}

export interface ArtifactView extends FileRef {
  createdAt: number;
}

export interface LogEntry {
  at: number;
  level: LogLevel;
  message: string;
  data?: unknown;
  runIndex: number;
  attempt: number;
}

/** Everything that is known of a task. Of its payload and result, what is large is left out: `get` has it. */
export interface TaskDetail {
  task: Task;
  /** Oldest first; the last is the current one. */
  runs: RunRow[];
  steps: StepView[];
  /** The newest, at most 100: `runner.artifacts` has the rest. */
  artifacts: ArtifactView[];
  artifactCount: number;
}

/** What the engine behind this page is doing. */
export interface EngineStatus {
  engineId: string;
  /** Whether it claims tasks for this database, or stands by while another engine does. */
  leads: boolean;
  /** The slots of the pool, if this engine leads. */
  slots: { id: number; state: 'starting' | 'idle' | 'busy' | 'ending'; taskId: string | null }[];
  maxConcurrent: number;
  /** The second home of all that is written: kept up to date, catching up, or not to be had in this browser. */
  log: 'kept' | 'behind' | 'none';
  /**
   * When this engine last read that second home from end to end and found that the database could be made again of it; null
   * before. The engine that leads does so two seconds after it began to lead, and then each hour.
   */
  logProvenAt: number | null;
  /** Where files rest: in OPFS, as Blobs in IndexedDB, or as bytes in IndexedDB. */
  files: 'opfs' | 'blob' | 'bytes';
  /** What is known of the device. A signal that is not there is unknown. */
  signals: Partial<Record<SignalName, boolean>>;
  /** Registered task types: `types()` says more of them. */
  types: Pick<TypeView, 'type' | 'version' | 'effects' | 'runsIn' | 'description'>[];
}

/** A registered task type. */
export interface TypeView {
  type: string;
  version: number;
  description: string | null;
  effects: Effects;
  runsIn: Realm[];
  /** What its payload must look like; null where it has no validator, or one that cannot say. */
  payload: JsonSchema | null;
  /** What its tasks get where they do not say so themselves; null: Errand's own defaults. */
  retry: Partial<RetryPolicy> | null;
  timeoutMs: number | null;
  constraints: Constraints | null;
}

/** Which promises hold in this browser, and where they end. */
export interface Guarantees {
  /** A task that was accepted is kept in the database and in a log outside of it, or in the database alone. */
  accepted: 'twice' | 'once';
  /** The browser has promised not to clear this site's storage of its own accord. */
  persisted: boolean;
  /** Where files rest: in OPFS, as Blobs in IndexedDB, or as bytes in IndexedDB. */
  files: 'opfs' | 'blob' | 'bytes';
  /** What this site's storage holds and may hold, in bytes; null where the browser does not tell. */
  usedBytes: number | null;
  quotaBytes: number | null;
  /** What does not hold here, and why: a sentence each. */
  limits: string[];
}

/** Something that a person may want to be told. */
export interface Notice {
  at: number;
  kind: 'database-lost' | 'database-restored' | 'database-closed' | 'engine-lost' | 'engine-broken' | 'engine-leads';
  message: string;
}

export interface Settings {
  /** The number of slots. Default: the number of cores, at least 2, at most 10. */
  maxConcurrent: number;
  /** Finished tasks are deleted with their files after so many days. Default null: they are kept. */
  retentionDays: number | null;
  /** Of the finished tasks, so many are kept, the newest. Default null: all. */
  retentionCount: number | null;
  /** What you say of the device, whatever this browser reads: `{ unmetered: false }`, say. Default: nothing. */
  signals: Partial<Record<SignalName, boolean>>;
  /** Whether the person wants to be told of what ends, and of what waits for a page. Default false. */
  notifications: boolean;
}

export type Role = 'admin' | 'operator' | 'viewer';

/** What a role may do. `admin`: pause, import, export, erase, and see everybody's tasks. */
export type Permission =
  | 'task:list'
  | 'task:view'
  | 'task:create'
  | 'task:cancel'
  | 'task:retry'
  | 'task:delete'
  | 'settings:update'
  | 'admin';

/** Who is asking. */
export interface Principal {
  user: string;
  /** `viewer`: sees their own tasks. `operator`: makes, cancels, retries and deletes them, too. `admin`: everybody's, and everything. */
  role: Role;
}

/** One thing that a task waits for. */
export interface Explained {
  kind: WaitKind;
  /** Since when, in milliseconds since 1970. */
  since: number;
  /** Until when at most, where that is known. */
  until?: number;
  /** What has to happen first, as a clause: it goes ahead when `a slot is free`. */
  wakes: string;
  /** One sentence for a person. */
  message: string;
  /** The task that it waits for. */
  taskId?: string;
  /** The pause rule that holds it: `resume({ ruleId })` lifts that. */
  ruleId?: string;
  /** The event that it waits for. */
  event?: string;
  /** Where somebody has to sign in. */
  credential?: string;
}

/** Why a task is not running: all that it waits for. */
export interface Explanation {
  status: TaskStatus;
  waitingFor: Explained[];
}

/** One thing that happened to a task. */
export interface HistoryEntry {
  at: number;
  what:
    | 'created'
    | 'updated'
    | 'run-created'
    | 'attempt-started'
    | 'attempt-ended'
    | 'step-completed'
    | 'step-failed'
    | 'run-ended'
    | 'paused'
    | 'resumed';
  runIndex: number;
  /** One sentence for a person. */
  message: string;
  /** Who did it, where that was somebody. */
  by?: string;
  attempt?: number;
  step?: string;
  error?: TaskError;
}

/** A rule that holds back what it matches. */
export interface PauseRule extends PauseMatch {
  ruleId: string;
  createdAt: number;
  createdBy: string;
  expiresAt: number | null;
  /** When it was lifted, or had expired. */
  deletedAt: number | null;
  /** It holds back the unfinished tasks of an import. */
  imported?: true;
}

/** In whose name something is done. Default: in that of who asks. */
export interface Triggered {
  triggeredBy?: string;
}

/** What to hold back: what is left out matches everything. */
export interface PauseRequest extends PauseMatch, Triggered {
  /** When it is lifted by itself. Default: never. */
  expiresAt?: Instant;
}

export type BulkAction = 'cancel' | 'retry' | 'delete' | { priority: Priority };

/** Which tasks: as in a list. */
export type BulkFilter = TaskFilter & {
  /** Only these, as far as the rest of the filter has them. */
  ids?: readonly string[];
  /** All but these. */
  except?: readonly string[];
  /** Only counts. */
  dryRun?: boolean;
};

export interface BulkResult {
  /** How many tasks the filter named. */
  matched: number;
  /** How many of them were changed. */
  changed: number;
  /** Those that were cancelled or deleted, for `undo`. */
  ids: string[];
}

/** How far a bulk call is. */
export interface BulkProgress {
  done: number;
  matched: number;
}

/** What an import holds, before anything of it is taken. */
export interface ImportPreview {
  /** When it was exported, in milliseconds since 1970. */
  exportedAt: number | null;
  tasks: number;
  /** As they were then: what was running counts as running. */
  byStatus: StatusCounts;
  byType: Record<string, number>;
  /** So many arrive paused. */
  unfinished: number;
  files: number;
  /** Of all files together. */
  bytes: number;
  /** So many files had lost their bytes before. */
  missingFiles: number;
  /** The tasks whose ids are here already: how many, and the first hundred. */
  conflicts: { total: number; ids: string[] };
  /** What is wrong with it. Null: it can be taken. */
  problem: PlainError | null;
}

export interface ImportOptions {
  /** What becomes of a task whose id is here already: it is left out, or comes in under an id of its own. */
  conflicts: 'skip' | 'new-ids';
}

export interface ImportResult {
  imported: number;
  /** Left out, because their ids were here. */
  skipped: number;
  /** Under an id of their own. */
  renamed: number;
  files: number;
  /** The rule that holds back what is unfinished: `resume({ ruleId })` lifts it. Null where all has ended. */
  ruleId: string | null;
}

/** How far an export or import is: tasks that were written, rows that were taken. */
export interface TransferProgress {
  done: number;
  total: number;
}

/** Which steps a rerun does again. */
export interface RerunSteps extends Rerun, Triggered {}

export interface RerunTask extends RerunPlan {
  task: Task;
}

/** What becomes of an interrupted task that must not run twice. */
export type Decision =
  { decision: 'run-again' } | { decision: 'completed'; result?: unknown } | { decision: 'failed'; reason?: string };
