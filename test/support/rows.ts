// Rows and claims as the engine makes them, for tests that begin in the middle of a task's life.

import {
  checkRequest,
  type Claim,
  type ClaimToken,
  draft,
  type EngineId,
  type EnqueueRequest,
  idMaker,
  type TaskRow,
} from '../../src/task/index.ts';
import { fakeClock, NOON } from './fake-clock.ts';

const newId = idMaker(fakeClock());

/** A new task's row, as an enqueue makes it. */
export function newRow(request: Partial<EnqueueRequest> = {}, now = NOON, payloadApart = false): TaskRow {
  return draft(checkRequest({ type: 'test.noop', ...request }), { now, newId, payloadApart });
}

export function claimOn(row: TaskRow, token = 1, rest: Partial<Claim> = {}): Claim {
  const { id: taskId, type, creator } = row;
  return { taskId, type, creator, token: tokenOf(token), engineId: engine('one'), claimedAt: NOON, ...rest };
}

export const tokenOf = (token: number) => token as ClaimToken;
export const engine = (name: string) => name as EngineId;

/** The same value, in which nothing can be changed any more. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
