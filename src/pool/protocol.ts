// What an engine and a slot say to each other: two Comlink surfaces that live as long as the slot.
// Errors travel as plain data, because Comlink drops their fields.

import type {
  ChildOptions,
  Dependency,
  FileRef,
  LogLevel,
  Outcome,
  PlainError,
  Progress,
  TaskError,
} from '../task/index.ts';

/** One attempt, as a slot gets it. */
export interface Job {
  jobId: number;
  taskId: string;
  type: string;
  runIndex: number;
  attempt: number;
  idempotencyKey: string;
  payload: unknown;
  /** The version of its type that it was enqueued for. */
  typeVersion: number;
  /** What earlier attempts of this run recorded. */
  steps: RecordedStep[];
  /** What has become of the tasks that it depends on, in their order. Absent: it depends on none. */
  dependencies?: readonly Dependency[];
  /** The steps that it is to stop before. Absent: none. */
  pausedSteps?: readonly StepPause[];
  /** How long its handler may go without a sign of life. */
  heartbeatMs?: number;
}

export interface RecordedStep {
  name: string;
  /** Of a map no more is told here than that it is done. */
  kind: 'step' | 'map' | 'sleep' | 'event';
  result?: unknown;
  /** Of a sleep or a wait for an event that is not recorded as over. */
  until?: number;
}

/** A pause rule that holds back steps. */
export interface StepPause {
  ruleId: string;
  /** Steps of that name; `*` stands for anything. */
  pattern: string;
  /** `Infinity`: until it is lifted. */
  until: number;
}

/** Some neighbouring items of a map, as a slot gets them. */
export interface ItemsJob {
  jobId: number;
  taskId: string;
  type: string;
  handler: string;
  from: number;
  items: readonly unknown[];
  options: unknown;
}

/** The results of the items, up to the first that failed. */
export interface ItemsOutcome {
  results: unknown[];
  error?: TaskError;
  durationMs: number;
}

export interface LineOfLog {
  at: number;
  level: LogLevel;
  message: string;
  data?: unknown;
}

/** An outcome with the log lines that were not sent before it. */
export interface Performed {
  outcome: Outcome;
  log: LineOfLog[];
  /** The last that it said of its progress, where that was not sent before it. */
  progress?: Progress;
  /** When its handler began, by the clock on the wall. */
  startedAt: number;
  durationMs: number;
}

/** What came of the jobs of one turn: the first so many are done; when recalled, one may still run. */
export interface Turn {
  performed: Performed[];
  running?: number;
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: PlainError };

/** What a slot does for its engine. */
export interface SlotSurface {
  /** Called once, before anything else. Resolves when the slot holds its lock, whose release means its death. */
  start(setup: { database: string; lock: string; host: MessagePort }): Promise<void>;
  /** Runs the jobs one after another. When recalled it answers at once, with what is done, and begins no other. */
  perform(jobs: readonly Job[]): Promise<Turn>;
  recall(): void;
  /** Waits for the job that was still running when its turn was recalled. */
  rest(jobId: number): Promise<Performed>;
  performItems(job: ItemsJob): Promise<ItemsOutcome>;
  /** From now on the job stops before these steps, and before no others. */
  pauseSteps(jobId: number, pauses: readonly StepPause[]): void;
  /** Fires the job's signal. */
  abort(jobId: number, reason: PlainError): void;
}

/** A file that a slot has written, or hands over to be written. */
export type HandedFile = { name: string; type: string } & ({ id: string; size: number } | { content: Blob });

/** What one attempt made of a step, with all its tries. */
export interface StepReport {
  name: string;
  /** Its place among the steps that the handler came to, from 1. */
  seq: number;
  /** Default `step`. A sleep or a wait for an event is reported when it is over. */
  kind?: 'step' | 'sleep' | 'event';
  status: 'completed' | 'failed';
  startedAt: number;
  tries: { status: 'completed' | 'failed'; startedAt: number; completedAt: number; error?: TaskError }[];
  result?: unknown;
  error?: TaskError;
}

export interface MapRequest {
  name: string;
  seq: number;
  handler: string;
  items: readonly unknown[];
  options: unknown;
}

/** An event that a handler sends: a step by itself. */
export interface SendRequest {
  name: string;
  seq: number;
  startedAt: number;
  event: string;
  payload: unknown;
  to: string | undefined;
}

/** A task that a handler makes as a part of its own. */
export interface ChildRequest {
  /** With its number among the children of that name it tells them apart. */
  name: string;
  nth: number;
  type: string;
  payload: unknown;
  options: ChildOptions;
}

/** What an engine does for its slots. Every call names the job on whose behalf it is made. */
export interface HostSurface {
  progress(jobId: number, percent: number, message?: string): void;
  /** A sign of life. */
  heartbeat(jobId: number): void;
  log(jobId: number, lines: LineOfLog[]): Promise<Reply<void>>;
  step(jobId: number, step: StepReport): Promise<Reply<void>>;
  map(jobId: number, request: MapRequest): Promise<Reply<unknown[]>>;
  sendEvent(jobId: number, request: SendRequest): Promise<Reply<number>>;
  child(jobId: number, request: ChildRequest): Promise<Reply<{ id: string }>>;
  artifact(jobId: number, file: HandedFile): Promise<Reply<FileRef>>;
  open(jobId: number, file: FileRef): Promise<Reply<File>>;
}

/** The name by which a worker knows that it is a slot, and not an engine. */
export const SLOT_NAME = 'errand-slot';
