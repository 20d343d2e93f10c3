// What an engine and a slot say to each other: two Comlink surfaces that live as long as the slot.
// Errors travel as plain data, because Comlink drops their fields.

import type { FileRef, LogLevel, Outcome, PlainError, TaskError } from '../task/index.ts';

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
}

export interface RecordedStep {
  name: string;
  result: unknown;
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

/** What an engine does for its slots. Every call names the job on whose behalf it is made. */
export interface HostSurface {
  progress(jobId: number, percent: number, message?: string): void;
  log(jobId: number, lines: LineOfLog[]): Promise<Reply<void>>;
  step(jobId: number, step: StepReport): Promise<Reply<void>>;
  map(jobId: number, request: MapRequest): Promise<Reply<unknown[]>>;
  artifact(jobId: number, file: HandedFile): Promise<Reply<FileRef>>;
  open(jobId: number, file: FileRef): Promise<Reply<File>>;
}

/** The name by which a worker knows that it is a slot, and not an engine. */
export const SLOT_NAME = 'errand-slot';
