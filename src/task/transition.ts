// The only place where a task's status changes.
//
//                 retried ─────────────────────────────┐
//                    ▼                                 │
//   (insert) ──▶ pending ──claimed──▶ running ──▶ completed · failed · cancelled
//                 ▲  │                │  │ succeeded, failed (for good), cancelled, expired
//                 │  │                │  │
//                 │  └─cancelled,     │  └ crashed for the third time, alone
//                 │    expired        │
//                 └───────────────────┘
//                   failed (to be retried), snoozed, parked, interrupted
//
// Doubted: a pending task that must not run twice, and may have run, waits for a decision.
//
// Running is a pending row with a claim on it. Whoever settles names the claim's token; an old token changes nothing.
// A pending task is ready, in its lane, or waits for one thing:
//
//   dependency ──unblocked──▶ time, event ──due, triggered──▶ pause ──due, lifted──▶ limit ──admitted──▶ ready
//
// Each of these is passed by whom it does not concern. Retry, sleep and decision lead back into the same way.

import { ErrandError } from './errors.ts';
import type { NewRun, TaskChange, TaskEvent, TaskState } from './events.ts';
import { linked } from './links.ts';
import { blocked, change, ended, nextRun, pastRun, proven, ready, tried, undoubted, waiting } from './moves.ts';
import type { TaskError } from './outcome.ts';
import type { Claim, EditRow, RunRow, TaskPause, TaskRow, TaskStatus } from './record.ts';
import { afterRun, atItsTime, hasLapsed, inItsRun, placed, recurs, whenLapsed, whenTriggered } from './recurrence.ts';
import { newScheduleState } from './schedule/index.ts';
import { resting, settled } from './settling.ts';

/** So long a deletion, or the cancelling of what had not run, can be undone. */
export const UNDO_MS = 10_000;
/** So many changes by hand are kept, the newest. */
const MOST_EDITS = 20;
/** So many triggers are kept for a run that is on, the newest: no schedule queues more. */
const MOST_TRIGGERS = 100;

/** The status that everybody sees. */
export function statusOf(state: TaskState): TaskStatus {
  return state.claim === undefined ? state.row.status : 'running';
}

/**
 * The state after an event, or `undefined` where the event comes too late (an old token, or a status that has moved on):
 * then nothing may be written. Never changes its arguments.
 */
export function transition(state: TaskState, event: TaskEvent, now: number): TaskState | undefined {
  const after = moved(state, event, now);
  return after === undefined || after.row === state.row ? after : { ...after, row: linked(after.row) };
}

function moved(state: TaskState, event: TaskEvent, now: number): TaskState | undefined {
  const { row, claim } = state;
  switch (event.kind) {
    case 'recorded':
      if (claim?.token !== event.token) return undefined;
      return proven(row) === row ? state : { row: proven(row), claim: unsuspected(claim) };
    case 'succeeded':
    case 'failed':
    case 'snoozed':
    case 'parked':
    case 'interrupted':
      if (claim?.token !== event.token || row.status !== 'pending') return undefined;
      return going(settled(withTriggers(change(row, now, claim), claim), claim, event, now), now);
    case 'occurred':
      if (claim?.token !== event.token || row.status !== 'pending' || !recurs(row)) return undefined;
      return givenWay(withoutTriggers(claim), inItsRun(withTriggers(row, claim), now), now);
    case 'triggered':
      if (row.status !== 'pending' || row.schedule?.kind !== 'on') return undefined;
      return happened(row, claim, now);
    case 'cancelled':
      if (row.status !== 'pending') return undefined;
      return { row: cutOff(row, claim, 'cancelled', errorOf(event.code ?? 'cancelled', event.reason), now) };
    case 'expired':
      if (row.status !== 'pending' || (row.expiresAt ?? Infinity) > now) return undefined;
      return { row: cutOff(row, claim, 'failed', DEADLINE_PASSED, now) };
    case 'paused':
      if (row.status !== 'pending') return undefined;
      return paused(row, claim, event.pause, now);
    case 'lifted':
      return lifted(row, claim, event.ruleIds, now);
    case 'retried':
      if (row.status === 'pending' || (event.trigger === 'retry' && row.status === 'completed')) return undefined;
      return { row: ready(inNewTime(newRun(change(row, now), event, now), now), now), past: pastOf(row, event) };
    case 'restored':
      if (row.status !== 'cancelled' || row.run.startedAt !== undefined || (row.finishedAt ?? 0) < now - UNDO_MS)
        return undefined;
      return { row: restored(change(row, now), event.blockedBy, now) };
    default:
      return claim !== undefined || row.status !== 'pending' ? undefined : rested(row, event, now);
  }
}

type RestingEvent = Extract<
  TaskEvent,
  {
    kind:
      | 'claimed'
      | 'doubted'
      | 'due'
      | 'lapsed'
      | 'hurried'
      | 'summoned'
      | 'admitted'
      | 'unblocked'
      | 'notified'
      | 'updated'
      | 'decided';
  }
>;

/** What befalls a pending task that nobody runs. */
function rested(row: TaskRow, event: RestingEvent, now: number): TaskState | undefined {
  switch (event.kind) {
    case 'claimed':
      return row.lane === undefined ? undefined : { row, claim: newClaim(row, event, now) };
    case 'doubted':
      if (row.mayHaveRun === undefined) return undefined;
      return { row: waiting(undoubted(change(row, now)), 'decision', now) };
    case 'due':
      return row.dueAt === undefined || row.dueAt > now ? undefined : { row: due(change(row, now), now) };
    case 'lapsed':
      return row.lane === undefined || !hasLapsed(row, now) ? undefined : { row: whenLapsed(change(row, now), now) };
    case 'hurried':
      return HURRIED.has(row.waiting ?? '') ? { row: ready(change(row, now), now) } : undefined;
    case 'summoned':
      return row.lane === undefined ? undefined : { row: ready({ ...change(row, now), urgent: true }, now) };
    case 'admitted':
      return row.wants === undefined ? undefined : { row: ready({ ...row, holds: row.wants }, now) };
    case 'unblocked':
      return unblocked(row, event, now);
    case 'notified':
      return row.parked === undefined ? undefined : { row: ready(change(row, now), now) };
    case 'updated':
      return { row: updated(change(row, now), event.change, event.edit, now) };
    case 'decided':
      return row.waiting === 'decision' ? going(decided(undoubted(change(row, now)), event, now), now) : undefined;
  }
}

/** What can be told to go ahead before its time. */
const HURRIED: ReadonlySet<string> = new Set(['time', 'retry', 'event', 'sign-in']);

const DEADLINE_PASSED: TaskError = { ...new ErrandError('deadline-exceeded').toPlain(), retryable: false };

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
  if (wakeAt <= now) return ready(looked, now);
  const after = resting(looked, row.waiting ?? 'time', wakeAt, now);
  return row.parked === undefined ? after : { ...after, parked: row.parked };
}

/** What the schedule of a task waits for has happened. While it runs, what waits for its end is kept with its claim. */
function happened(row: TaskRow, claim: Claim | undefined, now: number): TaskState | undefined {
  // Nothing that happens while it waits for others starts a run of it.
  if (row.scheduleState === undefined || row.blockedBy !== undefined) return undefined;
  const isBusy = claim !== undefined || row.waiting !== 'event' || row.parked !== undefined;
  const seen = whenTriggered(row, now, isBusy);
  if (!isBusy) return { row: change(seen.row, now) };
  if (claim === undefined || seen.supersede) return givenWay(claim, seen, now);
  if (row.schedule?.overlap !== 'queue') return undefined;
  return { row, claim: { ...claim, triggers: [...(claim.triggers ?? []), now].slice(-MOST_TRIGGERS) } };
}

/** The schedule of a task whose run is on has come to its next occurrence: the run may have to give way to it. */
function givenWay(
  claim: Claim | undefined,
  { row: looked, supersede }: { row: TaskRow; supersede: boolean },
  now: number,
): TaskState {
  if (!supersede) return { row: looked, claim };
  return afterRun(superseded(change(looked, now, claim), now), now);
}

/** With what its claim was told while it ran. */
function withTriggers(row: TaskRow, { triggers = [] }: Claim): TaskRow {
  return triggers.reduce((told, at) => whenTriggered(told, at, true).row, row);
}

function withoutTriggers({ triggers: _triggers, ...claim }: Claim): Claim {
  return claim;
}

function superseded(row: TaskRow, now: number): TaskRow {
  const error = errorOf('cancelled', 'The next run came due, and the schedule cancels the one still running.');
  return ended(row, 'cancelled', now, { error });
}

function unblocked(
  row: TaskRow,
  { by, failed, next }: Extract<TaskEvent, { kind: 'unblocked' }>,
  now: number,
): TaskState | undefined {
  const { blockedBy = [] } = row;
  if (!blockedBy.includes(by)) return undefined;
  if (failed && row.dependsOn?.onFailure !== 'continue' && row.dependsOn?.tasks.includes(by) === true) {
    return { row: ended(change(row, now), 'cancelled', now, { error: errorOf('dependency-failed') }) };
  }
  const left = [...new Set([...blockedBy, ...(next === undefined ? [] : [next])])].filter((id) => id !== by);
  if (left.length > 0) return { row: { ...row, blockedBy: left } };
  return { row: placed(change(row, now), now) };
}

function paused(row: TaskRow, claim: Claim | undefined, pause: TaskPause, now: number): TaskState {
  if (claim !== undefined) return { row, claim: { ...claim, pauses: [...(claim.pauses ?? []), pause] } };
  const after = { ...change(row, now), pauses: [...(row.pauses ?? []), pause] };
  const isHeld = row.lane !== undefined || row.wants !== undefined || isPaused(row);
  return { row: isHeld ? ready(after, now) : after };
}

function lifted(
  row: TaskRow,
  claim: Claim | undefined,
  ruleIds: readonly string[],
  now: number,
): TaskState | undefined {
  if (claim !== undefined) {
    const after = withoutPauses(claim, ruleIds);
    return after === claim ? undefined : { row, claim: after };
  }
  const after = withoutPauses(row, ruleIds);
  if (row.status !== 'pending') return after === row ? undefined : { row: after };
  const isFreed = row.parked?.kind === 'pause' ? ruleIds.includes(row.parked.ruleId) : isPaused(row) && after !== row;
  if (isFreed) return { row: ready(change(after, now), now) };
  return after === row ? undefined : { row: change(after, now) };
}

/** Waits for nothing but the rules that name it. */
function isPaused({ waiting, parked }: TaskRow): boolean {
  return waiting === 'pause' && parked === undefined;
}

function withoutPauses<T extends { pauses?: TaskPause[] }>(held: T, ruleIds: readonly string[]): T {
  const { pauses = [], ...bare } = held;
  const left = pauses.filter(({ ruleId }) => !ruleIds.includes(ruleId));
  if (left.length === pauses.length) return held;
  return (left.length === 0 ? bare : { ...bare, pauses: left }) as T;
}

function updated(row: TaskRow, given: TaskChange, edit: EditRow, now: number): TaskRow {
  const { payload: _payload, payloadApart: _apart, ...withoutPayload } = row;
  const base = Object.hasOwn(given, 'payload') || Object.hasOwn(given, 'payloadApart') ? withoutPayload : row;
  const edits = [...(row.edits ?? []), edit].slice(-MOST_EDITS);
  const after = stripped({
    ...base,
    ...given,
    edits,
    expiresAt: given.deadlineAt ?? (Object.hasOwn(given, 'deadlineAt') ? undefined : row.expiresAt),
  });
  if (Object.hasOwn(given, 'schedule') && row.blockedBy === undefined) return rescheduled(after, now);
  return row.lane !== undefined || row.wants !== undefined ? ready(after, now) : after;
}

/** Its schedule is another: a run that has begun goes on, and those after it follow the new one. */
function rescheduled({ scheduleState: _state, ...row }: TaskRow, now: number): TaskRow {
  if (row.run.startedAt === undefined) {
    const { scheduledAt: _scheduledAt, ...run } = row.run;
    return placed({ ...row, run }, now);
  }
  const { schedule } = row;
  const after = schedule === undefined ? row : { ...row, scheduleState: newScheduleState(schedule, now) };
  return row.lane !== undefined || row.wants !== undefined ? ready(after, now) : after;
}

/** The row without what is `undefined`. */
function stripped(row: { [K in keyof TaskRow]?: TaskRow[K] | undefined }): TaskRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as unknown as TaskRow;
}

/** A cancelled task that never ran is as it was. */
function restored(row: TaskRow, blockedBy: readonly TaskRow['id'][], now: number): TaskRow {
  const { finishedAt: _finishedAt, error: _error, ...kept } = row;
  const { followUp: _followUp, ...run } = row.run;
  const after: TaskRow = { ...kept, status: 'pending', run };
  if (row.deadlineAt !== undefined) after.expiresAt = row.deadlineAt;
  return blockedBy.length > 0 ? blocked(after, blockedBy, now) : placed(after, now);
}

type Decided = Extract<TaskEvent, { kind: 'decided' }>;

function decided(row: TaskRow, event: Decided, now: number): TaskRow {
  switch (event.decision) {
    case 'run-again':
      return ready(row, now);
    case 'completed':
      return ended(row, 'completed', now, event.result === undefined ? {} : { result: event.result });
    case 'failed':
      return ended(row, 'failed', now, { error: errorOf('decided', event.reason) });
  }
}

function newClaim(row: TaskRow, event: Extract<TaskEvent, { kind: 'claimed' }>, now: number): Claim {
  const { id: taskId, type, creator } = row;
  const claim: Claim = { taskId, type, creator, token: event.token, engineId: event.engineId, claimedAt: now };
  if (event.alone) claim.alone = true;
  if (event.once === true) claim.once = true;
  if (row.progress !== undefined) claim.progress = row.progress;
  return claim;
}

/** Others may run beside it from now on. */
function unsuspected({ alone: _alone, ...claim }: Claim): Claim {
  return claim;
}

function newRun(row: TaskRow, { trigger, triggeredBy, stepSet, payload }: NewRun, now: number): TaskRow {
  const next = nextRun(row, { trigger, triggeredBy, stepSet: stepSet ?? row.run.stepSet }, now);
  if (payload === undefined) return next;
  const { payload: _payload, payloadApart: _apart, payloadRun: _run, ...bare } = next;
  if (payload === 'apart') return { ...bare, payloadApart: true, payloadRun: next.run.index };
  return payload.value === undefined ? bare : { ...bare, payload: payload.value };
}

/** Whoever has it run again after its deadline does not mean that it fails at once. */
function inNewTime(row: TaskRow, now: number): TaskRow {
  if ((row.expiresAt ?? Infinity) > now) return row;
  const { expiresAt: _expiresAt, ...kept } = row;
  return kept;
}

/** The run before keeps the payload that it ran with, where the next one has another. */
function pastOf(row: TaskRow, { payload }: NewRun): RunRow {
  const past = pastRun(row);
  return payload === undefined || row.payload === undefined ? past : { ...past, payload: row.payload };
}

function cutOff(
  row: TaskRow,
  claim: Claim | undefined,
  status: 'cancelled' | 'failed',
  error: TaskError,
  now: number,
): TaskRow {
  const changed = change(row, now, claim);
  if (claim === undefined) return ended(changed, status, now, { error });
  const noted = row.run.attempts === undefined ? changed : tried(changed, claim, status, now, error);
  return { ...ended(noted, status, now, { error }), cutShort: true };
}

function errorOf(code: string, message?: string): TaskError {
  return { code, message: message ?? new ErrandError(code as 'dependency-failed').message, retryable: false };
}
