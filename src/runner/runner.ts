// What a page sees of Errand: the façade, as types. `client.ts` keeps the promises made here.

import type {
  Enqueueable,
  EnqueueOptions,
  FileRef,
  ListQuery,
  PauseMatch,
  Span,
  SpanOfItems,
  Task,
  TaskDefinition,
  TaskUpdate,
} from '../task/index.ts';

import type {
  ArtifactView,
  BulkAction,
  BulkFilter,
  BulkProgress,
  BulkResult,
  Decision,
  EngineStatus,
  Explanation,
  Guarantees,
  HistoryEntry,
  ImportOptions,
  ImportPreview,
  ImportResult,
  ItemView,
  ListPart,
  LogEntry,
  Notice,
  OpenedList,
  PauseRequest,
  PauseRule,
  Permission,
  Principal,
  RerunSteps,
  RerunTask,
  Settings,
  Stats,
  TaskDetail,
  TaskPage,
  TransferProgress,
  Triggered,
  TypeView,
} from './answers.ts';

export type * from './answers.ts';

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
  /**
   * Rejects as `enqueue` would, as far as that can be told before; copies no file and writes nothing. For a form that says
   * at once what is wrong.
   */
  check(type: string, payload?: unknown, options?: EnqueueOptions): Promise<void>;
  /** Keeps many tasks, all or none. */
  enqueueMany<const Inputs extends readonly unknown[]>(
    items: readonly [...{ [K in keyof Inputs]: EnqueueItem<Inputs[K]> }],
  ): Promise<TaskHandle[]>;
  /** The same, answered with each task as it was kept; one that was there already is told as it is now. */
  enqueueAndGet(items: readonly EnqueueItem[]): Promise<{ task: Task; created: boolean }[]>;

  /** The task, or `undefined` if there is none. This and every other call that names a task rejects an id that is no text. */
  get(id: string): Promise<Task | undefined>;
  /** Rejects with `invalid-request` or `invalid-pagination`, and the field at fault. */
  list(query?: ListQuery): Promise<TaskPage>;
  stats(): Promise<Stats>;
  /** At most 10 of one's own tasks, the newest first: made in the last 24 hours, or unfinished. */
  recent(): Promise<Task[]>;
  /** Why a task is not running: each thing it waits for, since when, and what will wake it. */
  explain(id: string): Promise<Explanation>;
  /** Everything that happened to a task, oldest first. */
  history(id: string): Promise<HistoryEntry[]>;
  /** Everything known of a task. Rejects with `not-found`. */
  detail(id: string): Promise<TaskDetail>;
  /** A span of the items of one of the task's maps: at most 1,000. Rejects with `invalid-pagination`. */
  items(id: string, step: string, span?: SpanOfItems): Promise<ItemView[]>;
  /** A span of the task's artifacts, the newest first: at most 1,000, default 100. Rejects with `invalid-pagination`. */
  artifacts(id: string, span?: Span): Promise<ArtifactView[]>;
  /** The newest artifacts of each of many tasks, at most 1,000 tasks and 1,000 artifacts of each; of one that is not there, none. */
  artifactsOf(ids: readonly string[]): Promise<ArtifactView[][]>;
  /** A span of the task's log, the oldest line first: at most 1,000. Rejects with `invalid-pagination`. */
  log(id: string, span?: Span): Promise<{ entries: LogEntry[]; total: number }>;
  /** Opens a kept file by its reference; that of a task which one may not see is not there. Rejects with `file-missing`. */
  openFile(file: FileRef | string): Promise<File>;

  /** The reason has at most 20,000 characters. Rejects with `not-found` or `already-finished`. */
  cancel(id: string, reason?: string): Promise<Task>;
  /**
   * A new run of a failed or cancelled task, with its recorded steps kept. Whoever asks for it wants it now: it waits for
   * no task that this one depended on. Rejects with `not-retryable`.
   */
  retry(id: string): Promise<Task>;
  /** A retry that also forgets what was tried of one failed step. Rejects with `not-retryable` or `step-not-found`. */
  retryStep(id: string, step: string, by?: Triggered): Promise<Task>;
  /** A new run from the start, with another payload if one is given. Rejects with `not-retryable`. */
  restart(id: string, change?: { payload?: unknown } & Triggered): Promise<Task>;
  /** A new run that keeps some recorded steps. Rejects with `not-retryable` or `step-not-found`. */
  rerun(id: string, which?: RerunSteps): Promise<RerunTask>;
  /** Says what becomes of an interrupted task that must not run twice. Rejects with `not-waiting`. */
  decide(id: string, decision: Decision): Promise<Task>;
  /** Has a task that waits for a time, a retry, an event or a sign-in go ahead at once. Rejects with `not-waiting`. */
  runNow(id: string): Promise<Task>;
  /** Changes a pending task. Rejects with `not-pending`, or `invalid-request` for the payload of a run that has begun. */
  update(id: string, change: TaskUpdate): Promise<Task>;
  /**
   * Sends an event to all tasks that wait for one of that name, those that it triggers included; or to one task alone, for
   * which it is kept where it neither waits for it now nor is triggered by it. Resolves with how many it reached.
   */
  sendEvent(name: string, payload?: unknown, options?: { to?: string }): Promise<number>;
  /**
   * Tells that somebody has signed in where tasks wait for that: under that name, or wherever one was asked for. Their
   * handlers are entered again. Resolves with how many those are.
   */
  signedIn(credential?: string): Promise<number>;
  /** Tells that something was shared to the app: tasks run that wait for that, `{ on: 'share' }`. */
  shared(): Promise<void>;
  /** Runs the next task in line now, whatever the pool is doing. `undefined`: none is ready. */
  processNext(): Promise<Task | undefined>;
  /** Cancels the task if it is unfinished, and deletes it with its files. It can be had back for ten seconds: `undo`. */
  remove(id: string): Promise<void>;
  /** Has tasks back that were deleted, or cancelled before they ran, in the last ten seconds. Says which came back. */
  undo(ids: string | readonly string[]): Promise<string[]>;
  /** Does the same to all tasks that a filter names, some hundred at a time. */
  bulk(
    action: BulkAction,
    filter: BulkFilter,
    options?: { dryRun?: boolean; onProgress?: (progress: BulkProgress) => void },
  ): Promise<BulkResult>;
  /** Deletes all finished tasks (of the given statuses) with their files; says how many. */
  clearFinished(statuses?: readonly ('completed' | 'failed' | 'cancelled')[]): Promise<number>;

  /** Deletes all tasks, whatever their status, with their files, and has the log forget them. Settings stay. */
  erase(): Promise<void>;

  /**
   * Everything there is, as a zip: rows in plain JSON, and the files. Save it within a day: it is swept then.
   * Rejects with `quota-exceeded` where there is no room for it, or `file-too-large` for a file of 4 GB.
   */
  exportAll(options?: { onProgress?: (progress: TransferProgress) => void }): Promise<Blob>;
  /** What an export holds, what of it is here already, and what is wrong with it. Changes nothing. */
  readImport(zip: Blob): Promise<ImportPreview>;
  /**
   * Takes all that an export holds, or nothing. What is unfinished arrives paused, until the rule is lifted that the result
   * names; what was running counts as interrupted. Rules that pause more than a task, and settings, stay behind.
   * Rejects with `invalid-import`, which says where, or `quota-exceeded`.
   */
  importAll(
    zip: Blob,
    options: ImportOptions & { onProgress?: (progress: TransferProgress) => void },
  ): Promise<ImportResult>;

  /** Resolves when the task has ended, or after `timeoutMs` (default: never) with `finished: false`. */
  wait(id: string, options?: { timeoutMs?: number }): Promise<{ task: Task; finished: boolean }>;
  /** The task now and after each change, at most once a frame, until it has ended or is gone. */
  changes(id: string): AsyncIterable<Task>;
  /** Resolves with the task's result; rejects with its error. */
  result(id: string): Promise<unknown>;

  /** Calls back with the page now and after each change of it. Returns what stops it. Throws as `list` rejects. */
  watchList(query: ListQuery, seen: (page: TaskPage) => void): () => void;
  /**
   * Opens a list of any length to scroll through. Calls back with the part that is shown, now and after each change of it. Of a
   * query, `limit` says how much is shown at first; `offset` and `cursor` have no place here. Throws as `list` rejects.
   * @example
   * const list = runner.openList({ sortBy: 'createdAt', sortOrder: 'desc', limit: 50 }, ({ tasks, total }) => draw(tasks, total));
   * list.show(4_000, 50);
   */
  openList(query: Omit<ListQuery, 'offset' | 'cursor'>, seen: (part: ListPart) => void): OpenedList;
  /** Calls back with what `recent` answers, now and after each change. */
  watchRecent(seen: (tasks: Task[]) => void): () => void;
  watchStats(seen: (stats: Stats) => void): () => void;
  /** Calls back with the task's detail now and after each change; `undefined` once it is gone. */
  watchDetail(id: string, seen: (detail: TaskDetail | undefined) => void): () => void;

  /** Holds back what matches: a task, a type, steps by a pattern, or everything. What runs already goes on. */
  pause(rule?: PauseRequest): Promise<PauseRule>;
  /** Lifts one rule, or all that match the same. Says which. */
  resume(which?: PauseMatch | { ruleId: string }): Promise<PauseRule[]>;
  /** The rules in force, the newest first; with `lifted`, those too that were. */
  pauses(options?: { lifted?: boolean }): Promise<PauseRule[]>;

  /** The same runner as somebody else sees it, and may use it. */
  as(principal: Principal): Runner;
  readonly principal: Principal;
  /** Who asks where nobody says so: set last, by any page of this database. At first the user `local`, an admin. */
  lastPrincipal(): Promise<Principal>;
  /** Sets that, for every page and for the service worker; needs no permission. Resolves with the runner in that name. */
  actAs(principal: Principal): Promise<Runner>;
  /** Whether this principal may do what needs a permission. */
  may(permission: Permission): boolean;
  /** Tells of a signal of your own, for `constraints.custom`. `undefined`: it is unknown. */
  setSignal(name: string, state: boolean | undefined): Promise<void>;
  /** Calls back with each task that ends while this page is open. Returns what stops it. */
  onFinished(seen: (task: Task) => void, filter?: { type?: string }): () => void;

  status(): Promise<EngineStatus>;
  /** The task types that this engine can run. */
  types(): Promise<TypeView[]>;
  /** Which promises hold in this browser, and where they end. */
  guarantees(): Promise<Guarantees>;
  settings(): Promise<Settings>;
  configure(settings: Partial<Settings>): Promise<Settings>;
  /** What happened to the engine or the database, those notices included that came before this call. */
  onNotice(seen: (notice: Notice) => void): () => void;

  /** Ends this page's engine in an orderly way: running attempts are handed back at no cost. */
  close(): Promise<void>;
}
