// What a page sees of Errand: the façade, as types. `client.ts` keeps the promises made here.

import type {
  Enqueueable,
  EnqueueOptions,
  FileRef,
  ListQuery,
  LogLevel,
  RunRow,
  Span,
  SpanOfItems,
  Task,
  TaskDefinition,
  TaskError,
  TaskStatus,
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
  /** Where files rest: in OPFS, as Blobs in IndexedDB, or as bytes in IndexedDB. */
  files: 'opfs' | 'blob' | 'bytes';
  /** Registered task types. */
  types: { type: string; version: number; effects: string; description: string | null }[];
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
}

/** Copying files in, before `enqueue` resolves. */
export interface CopyProgress {
  copiedBytes: number;
  totalBytes: number;
}

export interface EnqueueCallOptions extends EnqueueOptions {
  /** Called while the payload's files are copied in. */
  onCopy?: (progress: CopyProgress) => void;
}

/** A payload may be left out where the handler takes none. */
export type EnqueueArguments<Input> = undefined extends Input
  ? [payload?: Enqueueable<Input>, options?: EnqueueCallOptions]
  : [payload: Enqueueable<Input>, options?: EnqueueCallOptions];

export interface EnqueueItem<Input = unknown, Output = unknown> {
  type: TaskDefinition<Input, Output> | string;
  payload?: Enqueueable<NoInfer<Input>>;
  options?: EnqueueOptions;
}

/** A task that was enqueued. */
export interface TaskHandle<Output = unknown> {
  readonly id: string;
  /** False when a task of that id was there already. */
  readonly created: boolean;
  get(): Promise<Task>;
  /** The task now and after each change, at most once a frame, until it has ended. */
  changes(): AsyncIterable<Task>;
  /** Resolves with the result; rejects with the task's error if it fails or is cancelled. */
  result(): Promise<Output>;
  cancel(reason?: string): Promise<Task>;
}

/** Which steps a rerun does again. */
export interface RerunSteps {
  /** These, with all that was recorded after the first of them, less the preserved. Default: all. */
  rerunSteps?: readonly string[];
  preserveSteps?: readonly string[];
}

export interface RerunTask {
  task: Task;
  /** The steps that are done again. */
  effectiveRerun: string[];
  /** Preserved steps that were recorded after one that is done again: what they hold may not fit any more. */
  potentiallyStale: string[];
}

/** What becomes of an interrupted task that must not run twice. */
export type Decision =
  { decision: 'run-again' } | { decision: 'completed'; result?: unknown } | { decision: 'failed'; reason?: string };

/** Runs durable tasks on one database. Make it with `createRunner`. */
export interface Runner {
  readonly database: string;

  /**
   * Keeps a task. When it resolves, the task is on disk.
   * Rejects with `invalid-request`, `payload-not-cloneable`, `payload-too-large` or `quota-exceeded`; then nothing was written.
   */
  enqueue<Input, Output>(
    type: TaskDefinition<Input, Output>,
    ...payloadAndOptions: EnqueueArguments<Input>
  ): Promise<TaskHandle<Output>>;
  enqueue(type: string, payload?: unknown, options?: EnqueueCallOptions): Promise<TaskHandle>;
  /** Keeps many tasks, all or none. */
  enqueueMany<const Inputs extends readonly unknown[]>(
    items: readonly [...{ [K in keyof Inputs]: EnqueueItem<Inputs[K]> }],
  ): Promise<TaskHandle[]>;

  /** The task, or `undefined` if there is none. This and every other call that names a task rejects an id that is no text. */
  get(id: string): Promise<Task | undefined>;
  /** Rejects with `invalid-request` or `invalid-pagination`, and the field at fault. */
  list(query?: ListQuery): Promise<TaskPage>;
  stats(): Promise<Stats>;
  /** Everything known of a task. Rejects with `not-found`. */
  detail(id: string): Promise<TaskDetail>;
  /** A span of the items of one of the task's maps: at most 1,000. Rejects with `invalid-pagination`. */
  items(id: string, step: string, span?: SpanOfItems): Promise<ItemView[]>;
  /** A span of the task's artifacts, the newest first: at most 1,000, default 100. Rejects with `invalid-pagination`. */
  artifacts(id: string, span?: Span): Promise<ArtifactView[]>;
  /** A span of the task's log, the oldest line first: at most 1,000. Rejects with `invalid-pagination`. */
  log(id: string, span?: Span): Promise<{ entries: LogEntry[]; total: number }>;
  /** Opens a kept file by its reference. Rejects with `file-missing`. */
  openFile(file: FileRef | string): Promise<File>;

  /** The reason has at most 20,000 characters. Rejects with `not-found` or `already-finished`. */
  cancel(id: string, reason?: string): Promise<Task>;
  /** A new run of a failed or cancelled task, with its recorded steps kept. Rejects with `not-retryable`. */
  retry(id: string): Promise<Task>;
  /** A retry that also forgets what was tried of one failed step. Rejects with `not-retryable` or `step-not-found`. */
  retryStep(id: string, step: string): Promise<Task>;
  /** A new run from the start, with another payload if one is given. Rejects with `not-retryable`. */
  restart(id: string, change?: { payload: unknown }): Promise<Task>;
  /** A new run that keeps some recorded steps. Rejects with `not-retryable` or `step-not-found`. */
  rerun(id: string, which?: RerunSteps): Promise<RerunTask>;
  /** Says what becomes of an interrupted task that must not run twice. Rejects with `not-waiting`. */
  decide(id: string, decision: Decision): Promise<Task>;
  /** Has a task that waits for a time, a retry or an event go ahead at once. Rejects with `not-waiting`. */
  runNow(id: string): Promise<Task>;
  /** Cancels the task if it is unfinished, and deletes it with its files. */
  remove(id: string): Promise<void>;
  /** Deletes all finished tasks (of the given statuses) with their files; says how many. */
  clearFinished(statuses?: readonly ('completed' | 'failed' | 'cancelled')[]): Promise<number>;

  /** Deletes all tasks, whatever their status, with their files, and has the log forget them. Settings stay. */
  erase(): Promise<void>;

  /** Resolves when the task has ended, or after `timeoutMs` (default: never) with `finished: false`. */
  wait(id: string, options?: { timeoutMs?: number }): Promise<{ task: Task; finished: boolean }>;
  /** The task now and after each change, at most once a frame, until it has ended or is gone. */
  changes(id: string): AsyncIterable<Task>;
  /** Resolves with the task's result; rejects with its error. */
  result(id: string): Promise<unknown>;

  /** Calls back with the page now and after each change of it. Returns what stops it. Throws as `list` rejects. */
  watchList(query: ListQuery, seen: (page: TaskPage) => void): () => void;
  watchStats(seen: (stats: Stats) => void): () => void;
  /** Calls back with the task's detail now and after each change; `undefined` once it is gone. */
  watchDetail(id: string, seen: (detail: TaskDetail | undefined) => void): () => void;

  status(): Promise<EngineStatus>;
  /** Which promises hold in this browser, and where they end. */
  guarantees(): Promise<Guarantees>;
  settings(): Promise<Settings>;
  configure(settings: Partial<Settings>): Promise<Settings>;
  /** What happened to the engine or the database, those notices included that came before this call. */
  onNotice(seen: (notice: Notice) => void): () => void;

  /** Ends this page's engine in an orderly way: running attempts are handed back at no cost. */
  close(): Promise<void>;
}
