// The record of a task: what is stored (TaskRow, Claim) and what is shown (Task), with the one converter between.

import type { PlainError } from './errors.ts';
import type { TaskDefinition } from './define.ts';
import { type ClaimToken, type EngineId, type RunId, runIdOf, type TaskId } from './id.ts';
import type { TaskError } from './outcome.ts';
import { retryPolicy, type RetryPolicy } from './retry.ts';
import type { Schedule, ScheduleState } from './schedule/index.ts';

/** What is stored as a status. `running` is not: it is a pending row with a claim on it. */
export type StoredStatus = 'pending' | 'completed' | 'failed' | 'cancelled';
export type TaskStatus = StoredStatus | 'running';

/** What made a run. */
export type RunTrigger = 'initial' | 'retry' | 'restart' | 'rerun' | 'schedule';

/** What a pending task waits for. */
export type WaitKind =
  | 'slot'
  | 'limit'
  | 'time'
  | 'retry'
  | 'constraint'
  | 'dependency'
  | 'pause'
  | 'event'
  | 'page'
  | 'sign-in'
  | 'decision'
  | 'handler';

/** What a task without a lane waits for, as it is stored. */
export type WaitingFor = Extract<
  WaitKind,
  'time' | 'retry' | 'decision' | 'event' | 'sign-in' | 'dependency' | 'limit'
>;

/** A stored run. The latest lives in its task's row; earlier ones are rows of their own. */
export interface RunRow {
  index: number;
  trigger: RunTrigger;
  triggeredBy: string;
  createdAt: number;
  /** The set of recorded steps that this run reads and adds to: a retry shares the set of the run it continues. */
  stepSet: number;
  startedAt?: number;
  finishedAt?: number;
  /** The occurrence of the schedule that it is the run of. */
  scheduledAt?: number;
  status?: StoredStatus;
  result?: unknown;
  /** The result is large and lies in the `values` table. */
  resultApart?: true;
  error?: TaskError;
}

/** A task as it is stored. Absent fields have their defaults; instants are milliseconds since 1970 in UTC. */
export interface TaskRow {
  /** Set at insert, never changed. */
  id: TaskId;
  type: string;
  typeVersion: number;
  workspace: string;
  creator: string;
  createdAt: number;
  parentId?: TaskId;

  /** Set at insert; changed by update, while pending. */
  name: string;
  description?: string;
  tags?: string[];
  /** The negative of the priority, so that an ascending index puts high priorities first. */
  rank: number;
  payload?: unknown;
  /** The payload is large and lies in the `values` table. */
  payloadApart?: true;
  /** The run that the payload was given for, where that was not the first. */
  payloadRun?: number;
  schedule?: Schedule;
  /** How far the schedule has come. */
  scheduleState?: ScheduleState;
  retry?: Partial<RetryPolicy>;
  timeoutMs?: number;

  /** Changed by `transition` alone. */
  status: StoredStatus;
  /** Present while the task is ready to be claimed: the ready key is `[lane, rank, createdAt]`, then the id. */
  lane?: string;
  /** Present while the task waits for a time; `Infinity` where it waits for something else. Pending is: a lane or this. */
  dueAt?: number;
  /** Its own wait lasts until then, where its schedule is to be looked at before that. */
  wakeAt?: number;
  /** Why a pending task without a lane waits, and since when. */
  waiting?: WaitingFor;
  waitingSince?: number;
  run: RunRow;
  /** The run before this one, where the task's schedule made this one. */
  lastRun?: RunRow;
  /** Failed attempts of this run. */
  failures: number;
  /** Times that its worker, its page or the browser ended under this task with nothing recorded since. */
  deaths?: number;
  /** Times that the browser ended while this task, a suspect by then, ran alone with nothing recorded since. */
  vanished?: number;
  progress?: Progress;
  /** It was cancelled in the middle of an attempt. */
  cutShort?: true;
  result?: unknown;
  /** The result is large and lies in the `values` table. */
  resultApart?: true;
  /** The last error; of a pending task, that of its last attempt. */
  error?: TaskError;
  /** Counts the changes of this row. */
  version: number;
  updatedAt?: number;
  startedAt?: number;
  finishedAt?: number;
}

export interface Progress {
  /** 0 to 100. */
  percent: number;
  message?: string;
}

/** The right to run one attempt. While it is there, nobody but its holder may change the task's row. */
export interface Claim {
  taskId: TaskId;
  /** Of the task, so that running tasks can be counted without reading their rows. */
  type: string;
  creator: string;
  token: ClaimToken;
  engineId: EngineId;
  claimedAt: number;
  /** Nothing else ran beside it: what dies now is to blame. */
  alone?: true;
  /** It must not run twice. Noted here because whoever interrupts it may not know its type. */
  once?: true;
  progress?: Progress;
}

/** What everybody sees of a task, whatever its status. */
export interface TaskBase {
  id: TaskId;
  type: string;
  typeVersion: number;
  /** Grows with each change. */
  version: number;
  name: string;
  description: string | null;
  tags: string[];
  priority: number;
  workspace: string;
  creator: string;
  parentId: TaskId | null;
  /** `undefined` in lists when it is large: `get` has it whole. */
  payload: unknown;
  /** As it can be given to a new task again. */
  schedule: ShownSchedule | null;
  /** The run before the current one, where the schedule made that. */
  lastRun: RunRow | null;
  retry: RetryPolicy;
  timeoutMs: number | null;
  progress: { percent: number; message: string | null };
  /** The failed attempts of the current run. */
  retryCount: number;
  /** The attempt that is running, or the last that was settled; 0 before the first. */
  attempt: number;
  runId: RunId;
  runCount: number;
  createdAt: number;
  /** Null until the first change. */
  updatedAt: number | null;
  scheduledAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  lastRunAt: number | null;
  nextRunAt: number | null;
  idempotencyKey: string;
}

export interface PendingTask extends TaskBase {
  status: 'pending';
  waitingFor: WaitKind[];
  /** Of the last attempt, if that failed and will be retried. */
  error: TaskError | null;
}
export interface RunningTask extends TaskBase {
  status: 'running';
  claim: { token: ClaimToken; engineId: EngineId };
}
export interface CompletedTask extends TaskBase {
  status: 'completed';
  /** `undefined` in lists when it is large: `get` has it whole. */
  result: unknown;
  durationMs: number;
}
export interface FailedTask extends TaskBase {
  status: 'failed';
  error: TaskError;
  durationMs: number;
}
export interface CancelledTask extends TaskBase {
  status: 'cancelled';
  /** Who cancelled it, and why. */
  error: TaskError | null;
}

type Shown<S> = S extends { kind: string } ? Omit<S, 'kind'> : never;
export type ShownSchedule = Shown<Schedule>;

/** A task as everybody sees it: a union on `status`. */
export type Task = PendingTask | RunningTask | CompletedTask | FailedTask | CancelledTask;

/** Whether a task has ended for good. */
export function isFinal(status: TaskStatus): status is 'completed' | 'failed' | 'cancelled' {
  return status !== 'pending' && status !== 'running';
}

/** Shows a stored task. Without its definition, nobody here can run it: it waits for its `handler`. */
export function toTask(row: TaskRow, claim: Claim | undefined, definition: TaskDefinition | undefined): Task {
  const base = toBase(row, claim, definition);
  if (claim !== undefined) {
    return { ...base, status: 'running', claim: { token: claim.token, engineId: claim.engineId } };
  }
  const durationMs = Math.max(0, (row.finishedAt ?? 0) - (row.run.startedAt ?? row.finishedAt ?? 0));
  switch (row.status) {
    case 'pending':
      return { ...base, status: 'pending', waitingFor: [waitingFor(row, definition)], error: row.error ?? null };
    case 'completed':
      return { ...base, status: 'completed', result: row.result, durationMs };
    case 'failed':
      return { ...base, status: 'failed', error: row.error ?? UNKNOWN_ERROR, durationMs };
    case 'cancelled':
      return { ...base, status: 'cancelled', error: row.error ?? null };
  }
}

const UNKNOWN_ERROR: TaskError & PlainError = { code: 'internal', message: 'No error was kept.', retryable: false };

function waitingFor(row: TaskRow, definition: TaskDefinition | undefined): WaitKind {
  if (row.waiting !== undefined) return row.waiting;
  return (definition?.version ?? 0) < row.typeVersion ? 'handler' : 'slot';
}

function toBase(row: TaskRow, claim: Claim | undefined, definition: TaskDefinition | undefined): TaskBase {
  const progress = claim?.progress ?? row.progress;
  const startedAt = row.startedAt ?? claim?.claimedAt ?? null;
  const hasOneMore = claim !== undefined || row.status === 'completed' || row.cutShort === true;
  return {
    id: row.id,
    type: row.type,
    typeVersion: row.typeVersion,
    version: row.version,
    name: row.name,
    description: row.description ?? null,
    tags: row.tags ?? [],
    priority: row.rank === 0 ? 0 : -row.rank,
    workspace: row.workspace,
    creator: row.creator,
    parentId: row.parentId ?? null,
    payload: row.payload,
    schedule: shownSchedule(row.schedule),
    lastRun: row.lastRun ?? null,
    retry: retryPolicy(row.retry, definition?.retry),
    timeoutMs: row.timeoutMs ?? definition?.timeoutMs ?? null,
    progress: {
      percent: progress?.percent ?? (row.status === 'completed' ? 100 : 0),
      message: progress?.message ?? null,
    },
    retryCount: row.failures,
    attempt: row.failures + (hasOneMore ? 1 : 0),
    runId: runIdOf(row.id, row.run.index),
    runCount: row.run.index + 1,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt ?? null,
    scheduledAt: row.run.scheduledAt ?? atOf(row.schedule),
    startedAt,
    finishedAt: row.finishedAt ?? null,
    lastRunAt: claim?.claimedAt ?? row.run.startedAt ?? row.lastRun?.startedAt ?? null,
    nextRunAt: row.status === 'pending' && Number.isFinite(row.dueAt) ? (row.dueAt ?? null) : null,
    idempotencyKey: runIdOf(row.id, row.run.index),
  };
}

function shownSchedule(schedule: Schedule | undefined): ShownSchedule | null {
  if (schedule === undefined) return null;
  const { kind: _kind, ...shown } = schedule;
  return shown;
}

function atOf(schedule: Schedule | undefined): number | null {
  return schedule?.kind === 'at' ? schedule.at : null;
}
