// What a page and its engine say to each other. Calls go over one Comlink surface and answer with plain data,
// errors included; what the page watches is pushed over a port of its own.

import type { Reply } from '../pool/index.ts';
import type { EnqueueRequest, FileRef, ListQuery, Span, SpanOfItems, Task } from '../task/index.ts';
import type {
  ArtifactView,
  Decision,
  EngineStatus,
  Guarantees,
  ItemView,
  LogEntry,
  Notice,
  RerunSteps,
  RerunTask,
  Settings,
  Stats,
  TaskDetail,
  TaskPage,
} from './runner.ts';

/** What a page may keep an eye on. */
export type Watched =
  | { kind: 'task'; id: string }
  | { kind: 'detail'; id: string }
  | { kind: 'list'; query: ListQuery }
  | { kind: 'stats' };

export interface Enqueued {
  id: string;
  created: boolean;
}

/** What the engine pushes. */
export type Pushed =
  | { kind: 'seen'; watchId: number; value: Task | TaskDetail | TaskPage | Stats | undefined }
  | { kind: 'copied'; callId: number; copiedBytes: number; totalBytes: number }
  | { kind: 'notice'; notice: Notice };

export interface OpenSetup {
  database: string;
  port: MessagePort;
  maxConcurrent?: number;
  /** The engine that this tab had before it was loaded again, if it had one. */
  predecessor?: string;
  /** The database that this site remembers. */
  generation?: string;
}

export interface OpenedEngine {
  engineId: string;
  generation: string;
}

/** What an engine does for its page. */
export interface EngineSurface {
  /** Called once, first. Opens the database; whatever it needs to push comes over the port. */
  open(setup: OpenSetup): Promise<Reply<OpenedEngine>>;
  enqueue(requests: readonly EnqueueRequest[], callId: number | null): Promise<Reply<Enqueued[]>>;
  /** Many calls of one page at once, each of which succeeds or fails alone. */
  enqueueEach(requests: readonly EnqueueRequest[]): Promise<Reply<Enqueued>[]>;
  get(id: string): Promise<Reply<Task | undefined>>;
  list(query: ListQuery): Promise<Reply<TaskPage>>;
  stats(): Promise<Reply<Stats>>;
  detail(id: string): Promise<Reply<TaskDetail>>;
  items(id: string, step: string, span: SpanOfItems): Promise<Reply<ItemView[]>>;
  artifacts(id: string, span: Span): Promise<Reply<ArtifactView[]>>;
  log(id: string, span: Span): Promise<Reply<{ entries: LogEntry[]; total: number }>>;
  openFile(file: FileRef | string): Promise<Reply<File>>;
  cancel(id: string, reason: string | undefined): Promise<Reply<Task>>;
  retry(id: string): Promise<Reply<Task>>;
  retryStep(id: string, step: string): Promise<Reply<Task>>;
  restart(id: string, change: { payload: unknown } | undefined): Promise<Reply<Task>>;
  rerun(id: string, which: RerunSteps): Promise<Reply<RerunTask>>;
  decide(id: string, decision: Decision): Promise<Reply<Task>>;
  runNow(id: string): Promise<Reply<Task>>;
  remove(id: string): Promise<Reply<void>>;
  clearFinished(statuses: readonly ('completed' | 'failed' | 'cancelled')[]): Promise<Reply<number>>;
  erase(): Promise<Reply<void>>;
  watch(watchId: number, watched: Watched): void;
  unwatch(watchId: number): void;
  status(): Promise<Reply<EngineStatus>>;
  guarantees(): Promise<Reply<Guarantees>>;
  settings(): Promise<Reply<Settings>>;
  configure(settings: Partial<Settings>): Promise<Reply<Settings>>;
  /** Something happened that may have been missed: the page came back, or the network did. */
  poll(): Promise<Reply<void>>;
  close(): Promise<Reply<void>>;
}
