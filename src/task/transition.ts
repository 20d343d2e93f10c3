// The only place where a task's status changes.
//
//                 retried ─────────────────────────────┐
//                    ▼                                 │
//   (insert) ──▶ pending ──claimed──▶ running ──▶ completed · failed · cancelled
//                 ▲  │ due: from a     │  │ succeeded, failed (for good), cancelled
//                 │  │ time to ready   │  │
//                 │  └─cancelled       │  └ crashed for the third time, alone
//                 └────────────────────┘
//                   failed (to be retried), snoozed, interrupted
//
// Running is a pending row with a claim on it. Whoever settles names the claim's token; an old token changes nothing.

import { ErrandError } from './errors.ts';
import type { ClaimToken, EngineId } from './id.ts';
import type { TaskError } from './outcome.ts';
import type { Claim, Progress, RunTrigger, StoredStatus, TaskRow, TaskStatus } from './record.ts';
import { backoffMs, type RetryPolicy } from './retry.ts';

/** A task's row, and the claim on it if it is running. */
export interface TaskState {
  row: TaskRow;
  claim?: Claim | undefined;
}

/**
 * How a running attempt was broken off. `death`: its slot or its page died while the browser lived, which points to the
 * task. `gone`: the browser itself is no more, which points to nobody. `released`: its engine ended in an orderly way.
 */
export type InterruptCause = 'death' | 'gone' | 'released';

export type TaskEvent =
  | { kind: 'claimed'; token: ClaimToken; engineId: EngineId; alone: boolean; once?: boolean }
  | { kind: 'succeeded'; token: ClaimToken; result: unknown; resultApart: boolean }
  | { kind: 'failed'; token: ClaimToken; error: TaskError; policy: RetryPolicy; random: number }
  | { kind: 'snoozed'; token: ClaimToken; delayMs: number }
  | { kind: 'interrupted'; token: ClaimToken; cause: InterruptCause }
  | { kind: 'recorded'; token: ClaimToken }
  | { kind: 'cancelled'; reason: string }
  | { kind: 'due' }
  | { kind: 'retried'; triggeredBy: string; trigger: RunTrigger };

/** Deaths after which a task is a suspect and runs alone. */
export const DEATHS_TO_SUSPECT = 2;
/** A suspect that runs alone and with which the whole browser goes, so often and with nothing recorded, is the cause. */
const VANISHED_TO_CONVICT = 10;
/** What the lanes of suspects begin with; their type follows. */
export const SUSPECTS = '!alone:';

/** The status that everybody sees. */
export function statusOf(state: TaskState): TaskStatus {
  return state.claim === undefined ? state.row.status : 'running';
}

/** The lane that a ready task stands in. */
export function laneOf(row: TaskRow): string {
  return (row.deaths ?? 0) >= DEATHS_TO_SUSPECT ? `${SUSPECTS}${row.type}` : row.type;
}

/**
 * The state after an event, or `undefined` where the event comes too late (an old token, or a status that has moved on):
 * then nothing may be written. Never changes its arguments.
 */
export function transition(state: TaskState, event: TaskEvent, now: number): TaskState | undefined {
  const { row, claim } = state;
  switch (event.kind) {
    case 'claimed':
      if (claim !== undefined || row.status !== 'pending' || row.lane === undefined) return undefined;
      return { row, claim: newClaim(row, event, now) };
    case 'due':
      if (claim !== undefined || row.status !== 'pending' || row.dueAt === undefined || row.dueAt > now)
        return undefined;
      return { row: ready(change(row, now)) };
    case 'cancelled':
      if (row.status !== 'pending') return undefined;
      return { row: cancelled(change(row, now, claim), claim, event.reason, now) };
    case 'retried':
      if (row.status !== 'failed' && row.status !== 'cancelled') return undefined;
      return { row: ready(nextRun(change(row, now), event, now)) };
    case 'recorded':
      if (claim?.token !== event.token) return undefined;
      return proven(row) === row ? state : { row: proven(row), claim };
    case 'succeeded':
    case 'failed':
    case 'snoozed':
    case 'interrupted':
      if (claim?.token !== event.token || row.status !== 'pending') return undefined;
      return { row: settled(change(row, now, claim), claim, event, now) };
  }
}

type Settling = Extract<TaskEvent, { kind: 'succeeded' | 'failed' | 'snoozed' | 'interrupted' }>;

function settled(row: TaskRow, claim: Claim, event: Settling, now: number): TaskRow {
  switch (event.kind) {
    case 'succeeded':
      return ended(row, 'completed', now, {
        ...(event.result !== undefined && !event.resultApart && { result: event.result }),
        ...(event.resultApart && { resultApart: true as const }),
      });
    case 'failed':
      return failed(proven(row), event, now);
    case 'snoozed':
      return waiting(proven(row), 'time', now + event.delayMs);
    case 'interrupted':
      return interrupted(row, claim, event, now);
  }
}

function failed(row: TaskRow, event: Extract<TaskEvent, { kind: 'failed' }>, now: number): TaskRow {
  const failures = row.failures + 1;
  const { error, policy } = event;
  if (!error.retryable || failures > policy.maxRetries) return ended({ ...row, failures }, 'failed', now, { error });
  const wait = error.retryAfterMs ?? backoffMs(policy, failures, event.random);
  return waiting({ ...row, failures, error }, 'retry', now + wait);
}

function interrupted(
  row: TaskRow,
  claim: Claim,
  event: Extract<TaskEvent, { kind: 'interrupted' }>,
  now: number,
): TaskRow {
  const counted = withDeath(row, claim, event.cause);
  if (claim.once === true) return waiting(counted, 'decision');
  if (claim.alone !== true || !isConvicted(counted, event.cause)) return ready(counted);
  const { code, message } = new ErrandError('worker-crashed');
  return ended(counted, 'failed', now, { error: { code, message, retryable: false } });
}

function withDeath(row: TaskRow, claim: Claim, cause: InterruptCause): TaskRow {
  if (cause === 'released') return row;
  if (cause === 'gone' && claim.alone === true) return { ...row, vanished: (row.vanished ?? 0) + 1 };
  return { ...row, deaths: (row.deaths ?? 0) + 1 };
}

function isConvicted({ deaths = 0, vanished = 0 }: TaskRow, cause: InterruptCause): boolean {
  return cause === 'death' ? deaths > DEATHS_TO_SUSPECT : vanished >= VANISHED_TO_CONVICT;
}

function newClaim(row: TaskRow, event: Extract<TaskEvent, { kind: 'claimed' }>, now: number): Claim {
  const { id: taskId, type, creator } = row;
  const claim: Claim = { taskId, type, creator, token: event.token, engineId: event.engineId, claimedAt: now };
  if (event.alone) claim.alone = true;
  if (event.once === true) claim.once = true;
  if (row.progress !== undefined) claim.progress = row.progress;
  return claim;
}

/** The row with its version, its times, and what the claim knew. */
function change(row: TaskRow, now: number, claim?: Claim): TaskRow {
  const changed: TaskRow = { ...row, version: row.version + 1, updatedAt: now };
  if (claim === undefined) return changed;
  changed.startedAt ??= claim.claimedAt;
  if (row.run.startedAt === undefined) changed.run = { ...row.run, startedAt: claim.claimedAt };
  if (claim.progress !== undefined) changed.progress = claim.progress;
  return changed;
}

function ended(
  row: TaskRow,
  status: Exclude<StoredStatus, 'pending'>,
  now: number,
  rest: { result?: unknown; resultApart?: true; error?: TaskError },
): TaskRow {
  const {
    lane: _lane,
    dueAt: _dueAt,
    waiting: _waiting,
    deaths: _deaths,
    vanished: _vanished,
    error: _error,
    progress,
    ...kept
  } = row;
  const progressKept: { progress?: Progress } = progress !== undefined && status !== 'completed' ? { progress } : {};
  return { ...kept, ...progressKept, ...rest, status, finishedAt: now };
}

function ready(row: TaskRow): TaskRow {
  const { dueAt: _dueAt, waiting: _waiting, ...kept } = row;
  return { ...kept, lane: laneOf(row) };
}

function waiting(row: TaskRow, kind: 'time' | 'retry' | 'decision', dueAt = Infinity): TaskRow {
  const { lane: _lane, dueAt: _dueAt, ...kept } = row;
  return { ...kept, waiting: kind, dueAt };
}

function nextRun(row: TaskRow, event: Extract<TaskEvent, { kind: 'retried' }>, now: number): TaskRow {
  const {
    result: _result,
    resultApart: _apart,
    finishedAt: _finishedAt,
    error: _error,
    cutShort: _cutShort,
    ...kept
  } = proven(row);
  const { index, stepSet } = row.run;
  const run = { index: index + 1, trigger: event.trigger, triggeredBy: event.triggeredBy, createdAt: now, stepSet };
  return { ...kept, status: 'pending', failures: 0, run };
}

/** Something came of it: its deaths so far count no more. */
function proven(row: TaskRow): TaskRow {
  if (row.deaths === undefined && row.vanished === undefined) return row;
  const { deaths: _deaths, vanished: _vanished, ...kept } = row;
  return kept;
}

function cancelled(row: TaskRow, claim: Claim | undefined, reason: string, now: number): TaskRow {
  const error: TaskError = { code: 'cancelled', message: reason, retryable: false };
  const after = ended(row, 'cancelled', now, { error });
  return claim === undefined ? after : { ...after, cutShort: true };
}
