// How a task's schedule moves it: when its next run starts, and whether there will be one.

import { ended, nextRun, pastRun, ready, waiting } from './moves.ts';
import type { RunRow, TaskRow } from './record.ts';
import {
  type DueNow,
  dueNow,
  isTooLate,
  newScheduleState,
  nextOccurrence,
  type Schedule,
  triggered,
} from './schedule/index.ts';

/** A run that has not begun takes its place: ready at once, or waiting for its time. */
export function placed(row: TaskRow, now: number): TaskRow {
  const { schedule, scheduleState } = row;
  if (schedule === undefined || hasItsTurn(row)) return ready(row, now);
  const due = dueNow(schedule, scheduleState ?? newScheduleState(schedule, now), now);
  return follow(row, schedule, due, now);
}

/** Its occurrence was taken already, or it was made by hand. */
function hasItsTurn({ run, scheduleState }: TaskRow): boolean {
  const { trigger, scheduledAt } = run;
  return (
    scheduleState !== undefined && (scheduledAt !== undefined || (trigger !== 'initial' && trigger !== 'schedule'))
  );
}

/** Whether more runs may follow a task's run by themselves. */
export function recurs({ schedule }: TaskRow): boolean {
  return schedule !== undefined && schedule.kind !== 'at';
}

/** Looks at the schedule of a task that waits for its next run. */
export function atItsTime(row: TaskRow, now: number): TaskRow {
  const { schedule, scheduleState } = row;
  if (schedule === undefined || scheduleState === undefined) return ready(row, now);
  return follow(row, schedule, dueNow(schedule, scheduleState, now), now);
}

/**
 * Looks at the schedule of a task whose run is not over. What came due meanwhile waits for its turn or is dropped;
 * `supersede` says that the run is to give way to it.
 */
export function inItsRun(row: TaskRow, now: number): { row: TaskRow; supersede: boolean } {
  const { schedule, scheduleState } = row;
  if (schedule === undefined || scheduleState === undefined) return { row, supersede: false };
  return making(row, dueNow(schedule, scheduleState, now, true));
}

/** What the schedule of a task waits for has happened: the run that follows, or what it means to the run that is on. */
export function whenTriggered(row: TaskRow, now: number, isBusy: boolean): { row: TaskRow; supersede: boolean } {
  const { schedule, scheduleState } = row;
  if (schedule?.kind !== 'on' || scheduleState === undefined) return { row, supersede: false };
  const due = triggered(schedule, scheduleState, now, isBusy);
  return isBusy ? making(row, due) : { row: follow(row, schedule, due, now), supersede: false };
}

/** The time of its run has passed beyond the start deadline: that occurrence is dropped. */
export function whenLapsed(row: TaskRow, now: number): TaskRow {
  const { schedule, scheduleState } = row;
  if (schedule === undefined || scheduleState === undefined) return row;
  const state = { ...scheduleState, taken: Math.max(0, scheduleState.taken - 1) };
  const { scheduledAt: _scheduledAt, ...run } = row.run;
  return follow({ ...row, run }, schedule, dueNow(schedule, state, now), now);
}

/** Whether a ready task's run may no longer start. */
export function hasLapsed({ schedule, run }: TaskRow, now: number): boolean {
  if (schedule?.startDeadlineMs === undefined || run.scheduledAt === undefined || run.startedAt !== undefined)
    return false;
  return isTooLate(schedule, run.scheduledAt, now);
}

function making(row: TaskRow, due: DueNow): { row: TaskRow; supersede: boolean } {
  // Whoever gives way starts the occurrence only after that: until then it is first in the queue.
  if (due.start === undefined) return { row: { ...row, scheduleState: due.state }, supersede: false };
  const state = { ...due.state, taken: due.state.taken - 1, queued: [due.start, ...(due.state.queued ?? [])] };
  return { row: { ...row, scheduleState: state }, supersede: true };
}

/** When the schedule of a task whose run is not over is to be looked at: only some policies need that. */
export function nextLook({ schedule, scheduleState }: TaskRow, now: number): number {
  const { kind, overlap = 'skip' } = schedule ?? {};
  if (schedule === undefined || scheduleState === undefined || kind === 'at' || overlap === 'skip') return Infinity;
  return nextOccurrence(schedule, Math.max(now, scheduleState.handledAt), scheduleState) ?? Infinity;
}

/** What follows a run that has ended: the next one, with what is left of the last, or the end. */
export function afterRun(row: TaskRow, now: number): { row: TaskRow; past?: RunRow } {
  const { schedule } = row;
  if (schedule === undefined || !recurs(row)) return { row };
  const { scheduleState } = inItsRun(row, now).row;
  if (scheduleState === undefined) return { row };
  const due = dueNow(schedule, scheduleState, now);
  if (due.isOver) return { row: { ...row, scheduleState: due.state } };
  const past = pastRun(row);
  const next = nextRun(row, { trigger: 'schedule', triggeredBy: 'schedule', stepSet: row.run.stepSet + 1 }, now);
  return { row: follow({ ...next, lastRun: past }, schedule, due, now), past };
}

function follow(row: TaskRow, schedule: Schedule, due: DueNow, now: number): TaskRow {
  const after = { ...row, scheduleState: due.state };
  if (due.start !== undefined) return ready({ ...after, run: { ...row.run, scheduledAt: due.start } }, now);
  if (due.isOver) return ended(after, 'cancelled', now, { error: NEVER_RAN });
  return waiting(after, schedule.kind === 'on' ? 'event' : 'time', now, due.nextAt);
}

const NEVER_RAN = {
  code: 'missed',
  message: 'It came due while nothing that could run it was open, and its schedule skips missed runs.',
  retryable: false,
};
