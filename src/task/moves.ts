// What a change does to a row, each by itself: pure, and none of them decides anything.

import type { TaskError } from './outcome.ts';
import { laneOf } from './lane.ts';
import type { Claim, Progress, RunRow, RunTrigger, StoredStatus, TaskRow, WaitingFor } from './record.ts';

/** The row with its version, its times, and what the claim knew. */
export function change(row: TaskRow, now: number, claim?: Claim): TaskRow {
  const changed: TaskRow = { ...row, version: row.version + 1, updatedAt: now };
  if (claim === undefined) return changed;
  changed.startedAt ??= claim.claimedAt;
  if (row.run.startedAt === undefined) changed.run = { ...row.run, startedAt: claim.claimedAt };
  if (claim.progress !== undefined) changed.progress = claim.progress;
  return changed;
}

export function ready(row: TaskRow): TaskRow {
  const { dueAt: _dueAt, wakeAt: _wakeAt, waiting: _waiting, waitingSince: _since, ...kept } = row;
  return { ...kept, lane: laneOf(row) };
}

/** Waits until an instant, or for something that nobody can tell the time of. */
export function waiting(row: TaskRow, kind: WaitingFor, now: number, dueAt = Infinity): TaskRow {
  const { lane: _lane, dueAt: _dueAt, wakeAt: _wakeAt, ...kept } = row;
  return { ...kept, waiting: kind, waitingSince: now, dueAt };
}

/** The run is over, and the task with it. */
export function ended(
  row: TaskRow,
  status: Exclude<StoredStatus, 'pending'>,
  now: number,
  rest: { result?: unknown; resultApart?: true; error?: TaskError },
): TaskRow {
  const {
    lane: _lane,
    dueAt: _dueAt,
    wakeAt: _wakeAt,
    waiting: _waiting,
    waitingSince: _since,
    deaths: _deaths,
    vanished: _vanished,
    error: _error,
    progress,
    ...kept
  } = row;
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
    ...kept
  } = proven(row);
  return { ...kept, status: 'pending', failures: 0, run: { index: row.run.index + 1, createdAt: now, ...run } };
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

/** Something came of it: its deaths so far count no more. */
export function proven(row: TaskRow): TaskRow {
  if (row.deaths === undefined && row.vanished === undefined) return row;
  const { deaths: _deaths, vanished: _vanished, ...kept } = row;
  return kept;
}
