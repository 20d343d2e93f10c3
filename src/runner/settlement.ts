// From how an attempt ended to what is written of it.

import type { LineOfLog } from '../pool/index.ts';
import { type LogRow, type Operation, settle, type Settlement, waitForEvent } from '../store/index.ts';
import {
  type Clock,
  ErrandError,
  INLINE_BYTES,
  MOST_BYTES,
  type Outcome,
  retryPolicy,
  type TaskError,
  type TaskState,
  weigh,
} from '../task/index.ts';
import type { Attempt } from './attempt.ts';

/** How an attempt ended: with an outcome, or by the death of its slot. */
export type Ending = Outcome | { kind: 'died' | 'released' };

/** What to write of an attempt that ended. A result that is too large to keep is a failure. */
export function settlementOf(attempt: Attempt, ending: Ending, log: readonly LineOfLog[], clock: Clock): Settlement {
  const { row, startedAt } = attempt;
  const { token } = attempt.claim;
  const progress = attempt.unsentProgress;
  const rest = {
    row,
    ...(startedAt !== undefined && { startedAt }),
    ...(log.length > 0 && { log: logRow(attempt, log) }),
    ...(progress !== undefined && { progress }),
  };
  switch (ending.kind) {
    case 'succeeded': {
      const bytes = ending.result === undefined ? 0 : weigh(ending.result, MOST_BYTES + 1);
      if (bytes > MOST_BYTES) return { ...rest, event: failure(attempt, TOO_LARGE, clock) };
      const resultApart = bytes > INLINE_BYTES;
      const event = { kind: 'succeeded' as const, token, result: ending.result, resultApart };
      if (!resultApart) return { ...rest, event };
      return { ...rest, event, result: { taskId: row.id, kind: 'result', index: row.run.index, value: ending.result } };
    }
    case 'failed':
      return { ...rest, event: failure(attempt, ending.error, clock) };
    case 'snoozed':
      return { ...rest, event: { kind: 'snoozed', token, delayMs: ending.delayMs } };
    case 'parked': {
      const steps = ending.waits.map(({ until, ...step }) => ({ ...attempt.newStep(step), until }));
      return { ...rest, event: { kind: 'parked', token, park: ending.park }, steps };
    }
    case 'died':
    case 'released': {
      const cause = ending.kind === 'died' ? ('death' as const) : ('released' as const);
      return { ...rest, event: { kind: 'interrupted', token, cause } };
    }
  }
}

/** What writes a settlement. Whoever stops to wait for an event may find that it was sent before. */
export function settling(settlement: Settlement): Operation<TaskState | undefined> {
  const { event } = settlement;
  return event.kind === 'parked' && event.park.kind === 'event' ? waitForEvent(settlement) : settle(settlement);
}

/** Some lines of an attempt's log, as they are stored. */
export function logRow(attempt: Attempt, lines: readonly LineOfLog[]): LogRow {
  const { row, claim } = attempt;
  return {
    taskId: row.id,
    runIndex: row.run.index,
    attempt: row.failures + 1,
    claimToken: claim.token,
    seq: attempt.logSeq++,
    lines: [...lines],
  };
}

function failure(attempt: Attempt, error: TaskError, clock: Clock) {
  const { row, definition, claim } = attempt;
  const policy = retryPolicy(row.retry, definition.retry);
  return { kind: 'failed' as const, token: claim.token, error, policy, random: clock.random() };
}

const TOO_LARGE: TaskError = { ...new ErrandError('result-too-large').toPlain(), retryable: false };

/** The log that the database was made again of was damaged: the task came back, and its payload did not. */
export const PAYLOAD_LOST: TaskError = {
  ...new ErrandError(
    'internal',
    'The payload of this task was lost with the database. Create the task again.',
  ).toPlain(),
  retryable: false,
};

/**
 * How an attempt is said to have ended whose result cannot be stored at all, or does not fit on the disk now. What must
 * not run twice has run: it waits for a decision.
 */
export function withoutResult({ definition }: Attempt, error: unknown): Ending | undefined {
  if (!(error instanceof ErrandError)) return undefined;
  if (error.code === 'quota-exceeded') {
    if (definition.effects === 'once') return { kind: 'released' };
    return { kind: 'failed', error: { ...error.toPlain(), retryable: true } };
  }
  if (error.code !== 'payload-not-cloneable') return undefined;
  return { kind: 'failed', error: { ...new ErrandError('result-not-cloneable').toPlain(), retryable: false } };
}
