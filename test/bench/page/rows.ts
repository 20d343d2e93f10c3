// Real rows, made by the very code that the engine makes them with: what raw IndexedDB is given to write.

import {
  checkRequest,
  draft,
  type EngineId,
  idMaker,
  systemClock,
  type TaskRow,
  transition,
  type ClaimToken,
} from '../../../src/task/index.ts';

const FAR_MS = 365 * 86_400_000;
const newId = idMaker(systemClock);
const engineId = newId() as string as EngineId;
let lastToken = 0;

/** When no task of a benchmark will ever run. */
export function farAway(): number {
  return systemClock.now() + FAR_MS;
}

export function readyRow(n: number): TaskRow {
  const request = checkRequest({ type: 'bench.noop', typeVersion: 1, payload: { n } });
  return draft(request, { now: systemClock.now(), newId, payloadApart: false });
}

export function delayedRow(n: number, rest: { priority?: number; at?: number } = {}): TaskRow {
  const { priority = 0, at = farAway() } = rest;
  const request = checkRequest({ type: 'bench.noop', typeVersion: 1, payload: { n }, priority, schedule: { at } });
  return draft(request, { now: systemClock.now(), newId, payloadApart: false });
}

/** The row once its task has run. */
export function completed(row: TaskRow): TaskRow {
  return after(row, { kind: 'succeeded', result: undefined, resultApart: false });
}

/** The row once its task has failed for good. */
export function failed(row: TaskRow): TaskRow {
  const error = { code: 'bench', message: 'It was made to fail.', retryable: false };
  const policy = { maxRetries: 0, initialBackoffMs: 1_000, backoffMultiplier: 2, maxBackoffMs: 60_000, jitter: 0 };
  return after(row, { kind: 'failed', error, policy, random: 0 });
}

export function cancelled(row: TaskRow): TaskRow {
  const state = transition({ row }, { kind: 'cancelled', reason: 'It was made to end.' }, systemClock.now());
  if (state === undefined) throw new Error('This row cannot be cancelled.');
  return state.row;
}

type Ending = Parameters<typeof transition>[1] extends infer Event
  ? Event extends { kind: 'succeeded' | 'failed'; token: ClaimToken }
    ? Omit<Event, 'token'>
    : never
  : never;

function after(row: TaskRow, ending: Ending): TaskRow {
  const now = systemClock.now();
  const token = ++lastToken as ClaimToken;
  const claimed = transition({ row }, { kind: 'claimed', token, engineId, alone: false }, now);
  const ended = claimed && transition(claimed, { ...ending, token }, now + 1);
  if (ended === undefined) throw new Error('This row cannot end.');
  return ended.row;
}
