// What a page asks of its engine: one call for each, with plain data in and out. Who may ask for what is in `permissions.ts`.

import type { Reply } from '../pool/index.ts';
import type {
  EnqueueRequest,
  FileRef,
  ListQuery,
  PauseMatch,
  Span,
  SpanOfItems,
  Task,
  TaskUpdate,
} from '../task/index.ts';
import type {
  ArtifactView,
  BulkAction,
  BulkFilter,
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
  LogEntry,
  PauseRule,
  PauseRequest,
  Principal,
  RerunSteps,
  RerunTask,
  Settings,
  Stats,
  TaskDetail,
  TaskPage,
  Triggered,
  TypeView,
} from './runner.ts';

export interface Enqueued {
  id: string;
  created: boolean;
}

/** The same, with the task as it was kept. */
export interface Kept {
  task: Task;
  created: boolean;
}

/** Every command, with its arguments and its answer. */
export interface Commands {
  enqueue(requests: readonly EnqueueRequest[], callId: number | null): Enqueued[];
  /** Many calls of one page at once, each of which succeeds or fails alone. */
  enqueueEach(requests: readonly EnqueueRequest[]): Reply<Enqueued>[];
  /** All or none. */
  enqueueAndGet(requests: readonly EnqueueRequest[]): Kept[];
  check(request: EnqueueRequest): void;
  get(id: string): Task | undefined;
  list(query: ListQuery): TaskPage;
  recent(): Task[];
  stats(): Stats;
  detail(id: string): TaskDetail;
  history(id: string): HistoryEntry[];
  explain(id: string): Explanation;
  items(id: string, step: string, span: SpanOfItems): ItemView[];
  artifacts(id: string, span: Span): ArtifactView[];
  artifactsOf(ids: readonly string[]): ArtifactView[][];
  log(id: string, span: Span): { entries: LogEntry[]; total: number };
  openFile(file: FileRef | string): File;
  update(id: string, change: TaskUpdate): Task;
  cancel(id: string, reason: string | undefined): Task;
  retry(id: string): Task;
  retryStep(id: string, step: string, by: Triggered): Task;
  restart(id: string, change: { payload?: unknown } & Triggered): Task;
  rerun(id: string, which: RerunSteps): RerunTask;
  decide(id: string, decision: Decision): Task;
  runNow(id: string): Task;
  sendEvent(name: string, payload: unknown, to: string | undefined): number;
  signedIn(credential: string | undefined): number;
  shared(): void;
  processNext(): Task | undefined;
  remove(id: string): void;
  undo(ids: readonly string[]): string[];
  bulk(action: BulkAction, filter: BulkFilter, callId: number | null): BulkResult;
  clearFinished(statuses: readonly ('completed' | 'failed' | 'cancelled')[]): number;
  erase(): void;
  exportAll(callId: number | null): Blob;
  readImport(zip: Blob): ImportPreview;
  importAll(zip: Blob, options: ImportOptions, callId: number | null): ImportResult;
  pause(rule: PauseRequest): PauseRule;
  resume(which: PauseMatch | { ruleId: string }): PauseRule[];
  pauses(lifted: boolean): PauseRule[];
  status(): EngineStatus;
  types(): TypeView[];
  guarantees(): Guarantees;
  settings(): Settings;
  configure(settings: Partial<Settings>): Settings;
  lastPrincipal(): Principal;
  actAs(principal: Principal): Principal;
  setSignal(name: string, state: boolean | undefined): void;
  /** Something happened that may have been missed: the page came back, or the network did. */
  poll(): void;
}

export type CommandName = keyof Commands;
export type Arguments<K extends CommandName> = Parameters<Commands[K]>;
export type Answer<K extends CommandName> = ReturnType<Commands[K]>;
