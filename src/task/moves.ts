// What a change does to a row, each by itself: pure, and none of them decides anything.

import { laneOf } from './lane.ts';
import type { TaskError } from './outcome.ts';
import type {
  AttemptRow,
  Claim,
  Park,
  Progress,
  RunRow,
  RunTrigger,
  StoredStatus,
  TaskPause,
  TaskRow,
  WaitingFor,
} from './record.ts';

/** So many tries of a run are kept, the newest. */
const MOST_ATTEMPTS = 30;

/** The row with its version, its times, and what the claim knew. */
export function change(row: TaskRow, now: number, claim?: Claim): TaskRow {
  const changed: TaskRow = { ...row, version: row.version + 1, updatedAt: now };
  if (claim === undefined) return changed;
  changed.startedAt ??= claim.claimedAt;
  if (row.run.startedAt === undefined) changed.run = { ...row.run, startedAt: claim.claimedAt };
  if (claim.progress !== undefined) changed.progress = claim.progress;
  if (claim.pauses !== undefined) changed.pauses = [...(row.pauses ?? []), ...claim.pauses];
  return changed;
}

/** It could run: it stands in its lane, or waits for the pause rules that name it, or for its concurrency key. */
export function ready(row: TaskRow, now: number): TaskRow {
  const until = pausedUntil(row, now);
  if (until !== undefined) return waiting(row, 'pause', now, until);
  const { concurrencyKey: key } = row;
  if (key !== undefined && row.holds !== key) return { ...waiting(row, 'limit', now), wants: key };
  return { ...atRest(row), lane: laneOf(row), ...(key !== undefined && { holds: key }) };
}

/** Waits until an instant, or for something that nobody can tell the time of. */
export function waiting(row: TaskRow, kind: WaitingFor, now: number, dueAt = Infinity): TaskRow {
  const since = row.waiting === kind ? (row.waitingSince ?? now) : now;
  return { ...atRest(row), waiting: kind, waitingSince: since, dueAt };
}

/** Waits for other tasks to end. */
export function blocked(row: TaskRow, by: readonly TaskRow['id'][], now: number): TaskRow {
  return { ...waiting(row, 'dependency', now), blockedBy: [...by] };
}

/** Neither ready nor waiting. */
function atRest(row: TaskRow): TaskRow {
  const {
    lane: _lane,
    dueAt: _dueAt,
    wakeAt: _wakeAt,
    waiting: _waiting,
    waitingSince: _since,
    blockedBy: _blockedBy,
    wants: _wants,
    holds: _holds,
    parked: _parked,
    ...kept
  } = row;
  return kept;
}

/** The run is over, and the task with it. */
export function ended(
  row: TaskRow,
  status: Exclude<StoredStatus, 'pending'>,
  now: number,
  rest: { result?: unknown; resultApart?: true; error?: TaskError },
): TaskRow {
  const {
    deaths: _deaths,
    vanished: _vanished,
    urgent: _urgent,
    expiresAt: _expiresAt,
    mayHaveRun: _mayHaveRun,
    error: _error,
    progress,
    ...kept
  } = atRest(row);
  const progressKept: { progress?: Progress } = progress !== undefined && status !== 'completed' ? { progress } : {};
  return { ...kept, ...progressKept, ...rest, status, finishedAt: now };
}

/** A run to come, with nothing of the one before. */
export function nextRun(
  row: TaskRow,
  run: { trigger: RunTrigger; triggeredBy: string; stepSet: number },
  now: number,
): TaskRow {
  const {
    result: _result,
    resultApart: _apart,
    finishedAt: _finishedAt,
    error: _error,
    cutShort: _cutShort,
    progress: _progress,
    urgent: _urgent,
    ...kept
  } = proven(row);
  const next: TaskRow = {
    ...kept,
    status: 'pending',
    failures: 0,
    run: { index: row.run.index + 1, createdAt: now, ...run },
  };
  return row.deadlineAt === undefined ? next : { ...next, expiresAt: row.deadlineAt };
}

/** The run that a row has come to the end of, as it is kept beside the row. */
export function pastRun({ run, status, finishedAt, result, resultApart, error }: TaskRow): RunRow {
  return {
    ...run,
    status,
    ...(finishedAt !== undefined && { finishedAt }),
    ...(result !== undefined && { result }),
    ...(resultApart === true && { resultApart }),
    ...(error !== undefined && { error }),
  };
}

/** Something came of it: its deaths so far count no more, and it is known to have run. */
export function proven(row: TaskRow): TaskRow {
  if (row.deaths === undefined && row.vanished === undefined) return undoubted(row);
  const { deaths: _deaths, vanished: _vanished, ...kept } = row;
  return undoubted(kept);
}

/** Somebody has seen to it that it may have run in a hole of the log. */
export function undoubted(row: TaskRow): TaskRow {
  if (row.mayHaveRun === undefined) return row;
  const { mayHaveRun: _mayHaveRun, ...kept } = row;
  return kept;
}

/** Notes how a try of the run ended. The first try is not noted where it ends the run: the run says all of it. */
export function tried(
  row: TaskRow,
  claim: Claim,
  outcome: AttemptRow['outcome'],
  now: number,
  error?: TaskError,
): TaskRow {
  const { attempts = [] } = row.run;
  const attempt: AttemptRow = { attempt: row.failures + 1, outcome, startedAt: claim.claimedAt, endedAt: now };
  if (error !== undefined) attempt.error = error;
  return { ...row, run: { ...row.run, attempts: [...attempts, attempt].slice(-MOST_ATTEMPTS) } };
}

/** Its handler stopped to wait. */
export function parked(row: TaskRow, park: Park, now: number): TaskRow {
  const kind = park.kind === 'sleep' ? 'time' : park.kind;
  return { ...waiting(row, kind, now, park.until), parked: park };
}

/** Until when the pause rules that name a task hold it back. */
function pausedUntil({ pauses = [] }: { pauses?: TaskPause[] }, now: number): number | undefined {
  const last = pauses.reduce((until, { expiresAt }) => Math.max(until, expiresAt), 0);
  return last > now ? last : undefined;
}
