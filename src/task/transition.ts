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
import { DEATHS_TO_SUSPECT } from './lane.ts';
import { change, ended, nextRun, pastRun, proven, ready, waiting } from './moves.ts';
import type { TaskError } from './outcome.ts';
import type { Claim, RunRow, RunTrigger, TaskRow, TaskStatus, WaitingFor } from './record.ts';
import { afterRun, atItsTime, inItsRun, nextLook, recurs } from './recurrence.ts';
import { backoffMs, type RetryPolicy } from './retry.ts';

/** A task's row, and the claim on it if it is running. */
export interface TaskState {
  row: TaskRow;
  claim?: Claim | undefined;
  /** After an event: the run that it left behind. */
  past?: RunRow;
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
  | { kind: 'occurred'; token: ClaimToken }
  | { kind: 'cancelled'; reason: string }
  | { kind: 'due' }
  | { kind: 'hurried' }
  | { kind: 'decided'; decision: 'run-again' }
  | { kind: 'decided'; decision: 'completed'; result?: unknown }
  | { kind: 'decided'; decision: 'failed'; reason: string }
  | NewRun;

/** A new run of a task that has ended. Its step set is that of the run before, or another. */
export interface NewRun {
  kind: 'retried';
  trigger: RunTrigger;
  triggeredBy: string;
  stepSet?: number;
  /** Another payload, in the row or apart. */
  payload?: { value: unknown } | 'apart';
}

/** A suspect that runs alone and with which the whole browser goes, so often and with nothing recorded, is the cause. */
const VANISHED_TO_CONVICT = 10;

/** The status that everybody sees. */
export function statusOf(state: TaskState): TaskStatus {
  return state.claim === undefined ? state.row.status : 'running';
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
      return { row: due(change(row, now), now) };
    case 'hurried':
      if (claim !== undefined || row.status !== 'pending' || !HURRIED.has(row.waiting ?? '')) return undefined;
      return { row: ready(change(row, now)) };
    case 'decided':
      if (claim !== undefined || row.waiting !== 'decision') return undefined;
      return going(decided(change(row, now), event, now), now);
    case 'cancelled':
      if (row.status !== 'pending') return undefined;
      return { row: cancelled(change(row, now, claim), claim, event.reason, now) };
    case 'retried':
      if (row.status === 'pending' || (event.trigger === 'retry' && row.status === 'completed')) return undefined;
      return { row: ready(newRun(change(row, now), event, now)), past: pastRun(row) };
    case 'occurred':
      if (claim?.token !== event.token || row.status !== 'pending' || !recurs(row)) return undefined;
      return occurred(row, claim, now);
    case 'recorded':
      if (claim?.token !== event.token) return undefined;
      return proven(row) === row ? state : { row: proven(row), claim };
    case 'succeeded':
    case 'failed':
    case 'snoozed':
    case 'interrupted':
      if (claim?.token !== event.token || row.status !== 'pending') return undefined;
      return going(settled(change(row, now, claim), claim, event, now), now);
  }
}

/** What can be told to go ahead before its time. */
const HURRIED: ReadonlySet<string> = new Set(['time', 'retry', 'event', 'sign-in']);

/** A run that has ended may not be the last. */
function going(row: TaskRow, now: number): TaskState {
  return row.status === 'completed' || row.status === 'failed' ? afterRun(row, now) : { row };
}

/** Its time has come, or that of its schedule while it waits to be tried again. */
function due(row: TaskRow, now: number): TaskRow {
  if (row.run.startedAt === undefined && row.waiting === 'time') return atItsTime(row, now);
  const { row: looked, supersede } = inItsRun(row, now);
  if (supersede) return afterRun(superseded(looked, now), now).row;
  const { wakeAt = row.dueAt ?? now } = row;
  return wakeAt <= now ? ready(looked) : resting(looked, row.waiting ?? 'time', wakeAt, now);
}

/** The schedule of a task that runs has come to its next occurrence. */
function occurred(row: TaskRow, claim: Claim, now: number): TaskState {
  const { row: looked, supersede } = inItsRun(row, now);
  if (!supersede) return { row: looked, claim };
  return afterRun(superseded(change(looked, now, claim), now), now);
}

function superseded(row: TaskRow, now: number): TaskRow {
  const { code, message } = new ErrandError(
    'cancelled',
    'The next run was due, and its schedule says that this one gives way.',
  );
  return ended(row, 'cancelled', now, { error: { code, message, retryable: false } });
}

/** Waits within a run: until an instant, or until its schedule wants to be looked at before that. */
function resting(row: TaskRow, kind: WaitingFor, wakeAt: number, now: number): TaskRow {
  const look = nextLook(row, now);
  const after = waiting(row, kind, now, Math.min(wakeAt, look));
  return look < wakeAt ? { ...after, wakeAt } : after;
}

type Decided = Extract<TaskEvent, { kind: 'decided' }>;

function decided(row: TaskRow, event: Decided, now: number): TaskRow {
  switch (event.decision) {
    case 'run-again':
      return ready(row);
    case 'completed':
      return ended(row, 'completed', now, event.result === undefined ? {} : { result: event.result });
    case 'failed':
      return ended(row, 'failed', now, { error: { code: 'decided', message: event.reason, retryable: false } });
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
      return resting(proven(row), 'time', now + event.delayMs, now);
    case 'interrupted':
      return interrupted(row, claim, event, now);
  }
}

function failed(row: TaskRow, event: Extract<TaskEvent, { kind: 'failed' }>, now: number): TaskRow {
  const failures = row.failures + 1;
  const { error, policy } = event;
  if (!error.retryable || failures > policy.maxRetries) return ended({ ...row, failures }, 'failed', now, { error });
  const wait = error.retryAfterMs ?? backoffMs(policy, failures, event.random);
  return resting({ ...row, failures, error }, 'retry', now + wait, now);
}

function interrupted(
  row: TaskRow,
  claim: Claim,
  event: Extract<TaskEvent, { kind: 'interrupted' }>,
  now: number,
): TaskRow {
  const counted = withDeath(row, claim, event.cause);
  if (claim.once === true) return waiting(counted, 'decision', now);
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

function newRun(row: TaskRow, { trigger, triggeredBy, stepSet, payload }: NewRun, now: number): TaskRow {
  const next = nextRun(row, { trigger, triggeredBy, stepSet: stepSet ?? row.run.stepSet }, now);
  if (payload === undefined) return next;
  const { payload: _payload, payloadApart: _apart, payloadRun: _run, ...bare } = next;
  if (payload === 'apart') return { ...bare, payloadApart: true, payloadRun: next.run.index };
  return payload.value === undefined ? bare : { ...bare, payload: payload.value };
}

function cancelled(row: TaskRow, claim: Claim | undefined, reason: string, now: number): TaskRow {
  const error: TaskError = { code: 'cancelled', message: reason, retryable: false };
  const after = ended(row, 'cancelled', now, { error });
  return claim === undefined ? after : { ...after, cutShort: true };
}
