// What its holder, or whoever finds it dead, makes of a running attempt.

import { ErrandError } from './errors.ts';
import type { InterruptCause, SettlingEvent } from './events.ts';
import { DEATHS_TO_SUSPECT } from './lane.ts';
import { ended, parked, proven, ready, tried, waiting } from './moves.ts';
import type { Claim, TaskRow, WaitingFor } from './record.ts';
import { nextLook } from './recurrence.ts';
import { backoffMs } from './retry.ts';

/** A suspect that runs alone and with which the whole browser goes, so often and with nothing recorded, is the cause. */
const VANISHED_TO_CONVICT = 10;

export function settled(row: TaskRow, claim: Claim, event: SettlingEvent, now: number): TaskRow {
  switch (event.kind) {
    case 'succeeded':
      return ended(row.run.attempts === undefined ? row : tried(row, claim, 'succeeded', now), 'completed', now, {
        ...(event.result !== undefined && !event.resultApart && { result: event.result }),
        ...(event.resultApart && { resultApart: true as const }),
      });
    case 'failed':
      return failed(proven(row), claim, event, now);
    case 'snoozed':
      return resting(tried(proven(row), claim, 'snoozed', now), 'time', now + event.delayMs, now);
    case 'parked':
      return lookedAt(parked(tried(proven(row), claim, 'parked', now), event.park, now), event.park.until, now);
    case 'interrupted':
      return interrupted(tried(row, claim, 'interrupted', now), claim, event.cause, now);
  }
}

/** Waits within a run: until an instant, or until its schedule wants to be looked at before that. */
export function resting(row: TaskRow, kind: WaitingFor, wakeAt: number, now: number): TaskRow {
  return lookedAt(waiting(row, kind, now, wakeAt), wakeAt, now);
}

function lookedAt(row: TaskRow, wakeAt: number, now: number): TaskRow {
  const look = nextLook(row, now);
  return look < wakeAt ? { ...row, dueAt: look, wakeAt } : row;
}

function failed(row: TaskRow, claim: Claim, event: Extract<SettlingEvent, { kind: 'failed' }>, now: number): TaskRow {
  const failures = row.failures + 1;
  const { error, policy } = event;
  const isLast = !error.retryable || failures > policy.maxRetries;
  const noted = isLast && row.run.attempts === undefined ? row : tried(row, claim, 'failed', now, error);
  if (isLast) return ended({ ...noted, failures }, 'failed', now, { error });
  const wait = error.retryAfterMs ?? backoffMs(policy, failures, event.random);
  return resting({ ...noted, failures, error }, 'retry', now + wait, now);
}

function interrupted(row: TaskRow, claim: Claim, cause: InterruptCause, now: number): TaskRow {
  const counted = withDeath(row, claim, cause);
  if (claim.once === true) return waiting(counted, 'decision', now);
  if (claim.alone !== true || !isConvicted(counted, cause)) return ready(counted, now);
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
