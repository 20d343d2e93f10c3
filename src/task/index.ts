// What a task is. Pure: no DOM, no database, no clock of its own.

export { type Clock, systemClock } from './clock.ts';
export * from './context.ts';
export * from './define.ts';
export { checkDepth, isTooDeep } from './depth.ts';
export {
  checkInstant,
  checkRequest,
  checkUpdate,
  type DependsOn,
  draft,
  type EnqueueOptions,
  type EnqueueRequest,
  type Priority,
  rankOf,
  type TaskUpdate,
} from './draft.ts';
export { duration, type Duration, inSeconds } from './duration.ts';
export { ErrandError, type ErrandErrorCode, isErrandErrorCode, plainError, type PlainError } from './errors.ts';
export { type Enqueueable, type FileRef, isFileRef } from './file-ref.ts';
export {
  checkIdText,
  checkTaskId,
  childIdOf,
  type ClaimToken,
  type EngineId,
  idMaker,
  runIdOf,
  type TaskId,
} from './id.ts';
export {
  checkCredential,
  doNotRetry,
  errorOf,
  type Outcome,
  type WaitReport,
  outcomeOf,
  retryAfter,
  signIn,
  type SignIn,
  snooze,
  taskError,
  type TaskError,
} from './outcome.ts';
export * from './record.ts';
export * from './view.ts';
export { backoffMs, DEFAULT_RETRY, retryPolicy, type RetryPolicy } from './retry.ts';
export {
  checkSchedule,
  type Instant,
  instantOf,
  type MissedPolicy,
  nextOccurrence,
  type OverlapPolicy,
  type Schedule,
  type ScheduleInput,
  type Trigger,
} from './schedule/index.ts';
export { nextLook, placed } from './recurrence.ts';
export { blocked, ready, waiting } from './moves.ts';
export { DEATHS_TO_SUSPECT, type Lane, parseLane, SUSPECTS } from './lane.ts';
export type { InterruptCause, NewRun, SettlingEvent, TaskChange, TaskEvent, TaskState } from './events.ts';
export { statusOf, transition, UNDO_MS } from './transition.ts';
export { afterLink, eventLink, holdsLink, linked, pauseLink, signInLink, triggerLink, uniqueLink } from './links.ts';
export { INLINE_BYTES, MOST_BYTES, weigh } from './weigh.ts';
export { joined } from './bytes.ts';
export { crc32 } from './crc32.ts';
export { FILE_SCHEMA, type JsonSchema, payloadSchemaOf, toJsonSchema } from './json-schema.ts';
export { planRerun, type Rerun, type RerunPlan } from './rerun.ts';
export { fromPlain, type Json, toPlain } from './plain.ts';
export { type ZipEntry, zipStream } from './zip.ts';
export {
  type Constraints,
  constraintsShape,
  constraintsKey,
  normalConstraints,
  parseConstraintsKey,
  type SignalName,
  SIGNALS,
  type Signals,
  type Unmet,
  unmetOf,
} from './constraints.ts';
export {
  checkQuery,
  checkSpan,
  type ListQuery,
  type SortField,
  type Span,
  type SpanOfItems,
  type TaskFilter,
} from './pagination.ts';
export { cursorAt, type ListPlace, parseCursor, type Sort, sortOf } from './cursor.ts';
export { isInForce, matchesSame, matchesStep, type PauseMatch, pausesStepsOf, pausesType } from './pauses.ts';
