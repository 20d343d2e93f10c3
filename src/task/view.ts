// What everybody sees of a task: the one converter from what is stored to what is shown.

import type { Constraints } from './constraints.ts';
import type { TaskDefinition } from './define.ts';
import type { PlainError } from './errors.ts';
import { type ClaimToken, type EngineId, type RunId, runIdOf, type TaskId } from './id.ts';
import type { TaskError } from './outcome.ts';
import type { Claim, Dependencies, FollowUp, RunRow, TaskRow, Unique, WaitKind } from './record.ts';
import { retryPolicy, type RetryPolicy } from './retry.ts';
import type { Schedule } from './schedule/index.ts';

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
  constraints: Constraints | null;
  /** If the task is unfinished then, it fails. */
  deadline: number | null;
  concurrencyKey: string | null;
  unique: Unique | null;
  dependsOn: Dependencies | null;
  onComplete: FollowUp | null;
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

/** Shows a stored task. Without its definition, nobody here can run it: it waits for its `handler`. */
export function toTask(
  row: TaskRow,
  claim: Claim | undefined,
  definition: TaskDefinition | undefined,
  waits: WaitKind[] = [waitingFor(row, definition)],
): Task {
  const base = toBase(row, claim, definition);
  if (claim !== undefined) {
    return { ...base, status: 'running', claim: { token: claim.token, engineId: claim.engineId } };
  }
  const durationMs = Math.max(0, (row.finishedAt ?? 0) - (row.run.startedAt ?? row.finishedAt ?? 0));
  switch (row.status) {
    case 'pending':
      return { ...base, status: 'pending', waitingFor: waits, error: row.error ?? null };
    case 'completed':
      return { ...base, status: 'completed', result: row.result, durationMs };
    case 'failed':
      return { ...base, status: 'failed', error: row.error ?? UNKNOWN_ERROR, durationMs };
    case 'cancelled':
      return { ...base, status: 'cancelled', error: row.error ?? null };
  }
}

const UNKNOWN_ERROR: TaskError & PlainError = { code: 'internal', message: 'No error was recorded.', retryable: false };

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
    constraints: row.constraints ?? null,
    deadline: row.deadlineAt ?? null,
    concurrencyKey: row.concurrencyKey ?? null,
    unique: row.unique ?? null,
    dependsOn: row.dependsOn ?? null,
    onComplete: row.onComplete ?? null,
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
    scheduledAt: scheduledAtOf(row),
    startedAt,
    finishedAt: row.finishedAt ?? null,
    lastRunAt: claim?.claimedAt ?? row.run.startedAt ?? row.lastRun?.startedAt ?? null,
    nextRunAt: row.status === 'pending' && Number.isFinite(row.dueAt) ? (row.dueAt ?? null) : null,
    idempotencyKey: runIdOf(row.id, row.run.stepSet),
  };
}

function shownSchedule(schedule: Schedule | undefined): ShownSchedule | null {
  if (schedule === undefined) return null;
  const { kind: _kind, ...shown } = schedule;
  return shown;
}

/** When the current run is, or was, to begin: its occurrence, or the one instant of the schedule. */
export function scheduledAtOf({ run, schedule }: TaskRow): number | null {
  return run.scheduledAt ?? (schedule?.kind === 'at' ? schedule.at : null);
}
