// The worst that a caller, a handler or a long life can do to a task.

import { describe, expect, test } from 'vitest';
import {
  backoffMs,
  DEFAULT_RETRY,
  defineTask,
  duration,
  type Duration,
  ErrandError,
  errorOf,
  plainError,
  taskError,
  toTask,
  transition,
} from '../../src/task/index.ts';
import { NOON } from '../support/fake-clock.ts';
import { claimOn, newRow, tokenOf } from '../support/rows.ts';

const token = tokenOf(1);
const error = { code: 'oops', message: 'no', retryable: true };

/** The refusal of a request. */
function refusal(change: Record<string, unknown>): ErrandError {
  try {
    newRow(change);
  } catch (thrown) {
    if (thrown instanceof ErrandError) return thrown;
    throw thrown;
  }
  throw new Error('It was accepted.');
}

describe('a handler', () => {
  test('B7 that fails a thousand times with no backoff at all is still retried at once', () => {
    const policy = { ...DEFAULT_RETRY, maxRetries: 1_000_000, initialBackoffMs: 0 };
    expect(backoffMs(policy, 2_000, 0.5)).toBe(0);
    const row = { ...newRow(), failures: 1_999 };
    const event = { kind: 'failed', token, error, policy, random: 0.5 } as const;
    expect(transition({ row, claim: claimOn(row) }, event, NOON)?.row.dueAt).toBe(NOON);
  });

  test.each(['not-found', 'timeout', 'cancelled', 'invalid-request'])(
    'B7 that says "do not retry" with the code %s is taken at its word, across threads too',
    (code) => {
      const verdict = { code, message: 'no', details: {}, retryable: false };
      expect(taskError(errorOf(verdict))).toEqual(verdict);
      const later = { code, message: 'busy', details: {}, retryable: true, retryAfterMs: 5 };
      expect(taskError(errorOf(later))).toEqual(later);
    },
  );

  test('that throws what cannot even be looked at still fails in an orderly way', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(plainError(proxy, 'handler-failed')).toMatchObject({ code: 'handler-failed' });
    expect(taskError(proxy)).toMatchObject({ code: 'handler-failed', retryable: true });
  });

  test('that throws an empty string still fails with a sentence', () => {
    expect(taskError('').message).not.toBe('');
  });
});

describe('a definition is refused', () => {
  test.each<[string, Record<string, unknown>]>([
    ['timeoutMs', { timeoutMs: -1 }],
    ['timeoutMs', { timeoutMs: '5 minutes' }],
    ['graceMs', { graceMs: Number.NaN }],
    ['retry.maxRetries', { retry: { maxRetries: -1 } }],
    ['retry.jitter', { retry: { jitter: 2 } }],
    ['effects', { effects: 'twice' }],
    ['items.double', { items: { double: 2 } }],
  ])('at %s, with %j', (field, change) => {
    const define = () => defineTask({ type: 'test.noop', run: () => 1, ...change });
    expect(define).toThrow(expect.objectContaining({ code: 'invalid-definition', details: { field } }));
  });
});

describe('a refusal', () => {
  const huge = 'x'.repeat(1_000_000);

  test.each([
    ['type', { type: huge }],
    ['priority', { priority: huge }],
    ['timeoutMs', { timeoutMs: huge }],
    ['an unknown field', { [huge]: 1 }],
  ])('is short even where the text at %s is huge', (_, change) => {
    const { message, details } = refusal(change);
    expect(message.length).toBeLessThan(2_500);
    expect(details.field?.length).toBeLessThan(2_500);
  });

  test('names timeoutMs where that is endless', () => {
    expect(refusal({ timeoutMs: Infinity }).details.field).toBe('timeoutMs');
  });
});

describe('time', () => {
  test('D1 that is long past, even before 1970, means at once', () => {
    for (const at of [-1, new Date('1969-07-20')]) expect(newRow({ schedule: { at } }).lane).toBe('test.noop');
    expect(() => newRow({ schedule: { at: -Infinity } })).toThrow(ErrandError);
  });

  test('is never endless, however many digits a duration has', () => {
    expect(() => duration(`${'9'.repeat(400)}d` as Duration)).toThrow(ErrandError);
  });
});

describe('a task', () => {
  test('B13 that records anything wipes out the ends of the browser before it, too', () => {
    const row = { ...newRow(), vanished: 1 };
    const next = transition({ row, claim: claimOn(row) }, { kind: 'recorded', token }, NOON);
    expect(next?.row).not.toHaveProperty('vanished');
  });

  test('that is retried by hand no longer shows the error of the run before', () => {
    const cancelled = transition({ row: newRow() }, { kind: 'cancelled', reason: 'enough' }, NOON);
    if (cancelled === undefined) throw new Error('It came too late.');
    const again = transition(cancelled, { kind: 'retried', triggeredBy: 'kim', trigger: 'retry' }, NOON);
    expect(again?.row).not.toHaveProperty('error');
  });

  test('that is cancelled while it waits for its retry has not begun another attempt', () => {
    const row = newRow();
    const policy = DEFAULT_RETRY;
    const failed = transition({ row, claim: claimOn(row) }, { kind: 'failed', token, error, policy, random: 0 }, NOON);
    if (failed === undefined) throw new Error('It came too late.');
    const cancelled = transition(failed, { kind: 'cancelled', reason: 'enough' }, NOON);
    if (cancelled === undefined) throw new Error('It came too late.');
    expect(toTask(cancelled.row, undefined, undefined).attempt).toBe(1);
  });
});
