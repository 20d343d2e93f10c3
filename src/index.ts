// The public door of the library: what a page needs. The worker's door is `worker.ts`.

export { createRunner, type RunnerOptions } from './runner/client.ts';
export type * from './runner/runner.ts';
export { defineTask, doNotRetry, ErrandError, isFileRef, retryAfter, snooze } from './task/index.ts';
export type {
  ArtifactContent,
  Duration,
  Effects,
  Enqueueable,
  EnqueueOptions,
  EnqueueRequest,
  ErrandErrorCode,
  FileRef,
  InputOf,
  ItemContext,
  ListQuery,
  OutputOf,
  Priority,
  RetryPolicy,
  MissedPolicy,
  OverlapPolicy,
  Schedule,
  ScheduleInput,
  Span,
  SpanOfItems,
  Task,
  TaskContext,
  TaskDefinition,
  TaskError,
  TaskFilter,
  TaskStatus,
  Trigger,
  WaitKind,
} from './task/index.ts';
