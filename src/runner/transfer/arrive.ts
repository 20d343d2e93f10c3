// What a task that comes from elsewhere is here: what has ended stays as it is; all else is held back by the import's rule,
// and a claim on it is over.

import {
  linked,
  ready,
  isFinal,
  type TaskId,
  type TaskPause,
  type TaskRow,
  transition,
  type Claim,
  type ClaimToken,
  type EngineId,
  type RunRow,
} from '../../task/index.ts';
import type { RunningClaim } from './read-rows.ts';

/** Waits that go on here. What waited for a slot, a key or a rule stands in line again. */
const GOES_ON: ReadonlySet<string> = new Set(['time', 'retry', 'event', 'sign-in', 'decision']);

export function arrived(
  row: TaskRow,
  claim: RunningClaim | undefined,
  held: readonly TaskPause[],
  now: number,
): TaskRow {
  const {
    lane: _lane,
    links: _links,
    wants: _wants,
    holds: _holds,
    urgent: _urgent,
    expiresAt: _expiresAt,
    pauses: _pauses,
    ...bare
  } = row;
  if (isFinal(row.status)) return linked(restless(bare));
  const { finishedAt: _finishedAt, ...kept } = bare;
  const paused: TaskRow = { ...kept, pauses: [...held], version: row.version + 1, updatedAt: now };
  if (row.deadlineAt !== undefined) paused.expiresAt = row.deadlineAt;
  if (claim !== undefined) return interrupted(restless(paused), claim, now);
  return linked(waitsOn(paused) ? { ...paused, dueAt: paused.dueAt ?? Infinity } : ready(paused, now));
}

function waitsOn({ waiting, blockedBy = [], parked }: TaskRow): boolean {
  if (waiting === undefined) return false;
  if (waiting === 'dependency') return blockedBy.length > 0;
  return GOES_ON.has(waiting) && parked?.kind !== 'pause';
}

function restless(row: TaskRow): TaskRow {
  const {
    dueAt: _dueAt,
    wakeAt: _wakeAt,
    waiting: _waiting,
    waitingSince: _since,
    blockedBy: _by,
    parked: _parked,
    ...kept
  } = row;
  return kept;
}

function interrupted(row: TaskRow, said: RunningClaim, now: number): TaskRow {
  const token = 0 as ClaimToken;
  const { id: taskId, type, creator } = row;
  const claim: Claim = { taskId, type, creator, token, engineId: '' as EngineId, ...said };
  return transition({ row, claim }, { kind: 'interrupted', token, cause: 'released' }, now)?.row ?? row;
}

/** The row with other ids in place of those that are taken here. */
export function renamed(row: TaskRow, idOf: (id: TaskId) => TaskId): TaskRow {
  const { dependsOn, blockedBy, parentId, lastRun } = row;
  return {
    ...row,
    id: idOf(row.id),
    run: renamedRun(row.run, idOf),
    ...(lastRun !== undefined && { lastRun: renamedRun(lastRun, idOf) }),
    ...(parentId !== undefined && { parentId: idOf(parentId) }),
    ...(blockedBy !== undefined && { blockedBy: blockedBy.map(idOf) }),
    ...(dependsOn !== undefined && { dependsOn: { ...dependsOn, tasks: dependsOn.tasks.map(idOf) } }),
  };
}

export function renamedRun<R extends RunRow>(run: R, idOf: (id: TaskId) => TaskId): R {
  return run.followUp === undefined ? run : { ...run, followUp: idOf(run.followUp) };
}
