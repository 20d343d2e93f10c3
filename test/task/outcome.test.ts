// How an attempt ends: what a handler returns, and what it throws.

import { describe, expect, test } from 'vitest';
import {
  doNotRetry,
  ErrandError,
  errorOf,
  outcomeOf,
  retryAfter,
  signIn,
  snooze,
  taskError,
  type TaskError,
} from '../../src/task/index.ts';

describe('what a handler returns', () => {
  test.each([undefined, null, 0, 'x', [1], { delayMs: 5 }])('B9 is its result: %j', (result) => {
    expect(outcomeOf(result)).toEqual({ kind: 'succeeded', result });
  });

  test('may be a snooze', () => {
    expect(outcomeOf(snooze('5m'))).toEqual({ kind: 'snoozed', delayMs: 300_000 });
    expect(outcomeOf(snooze(0))).toEqual({ kind: 'snoozed', delayMs: 0 });
    expect(() => snooze(-1)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});

test('F6 a handler that nobody let in may wait for a sign-in, under a name', () => {
  const park = { kind: 'sign-in', credential: 'mail', until: Infinity };
  expect(outcomeOf(signIn('mail'))).toEqual({ kind: 'parked', park, waits: [] });
  expect(outcomeOf({ credential: 'mail' })).toMatchObject({ kind: 'succeeded' });
  for (const bad of ['', 'x'.repeat(201), 5 as never])
    expect(() => signIn(bad)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});

describe('what a handler throws', () => {
  test('B7 is a failure that may be retried', () => {
    expect(taskError(new Error('no'))).toEqual({ code: 'handler-failed', message: 'no', retryable: true });
    expect(taskError('no')).toEqual({ code: 'handler-failed', message: 'no', retryable: true });
    expect(taskError(undefined)).toMatchObject({ code: 'handler-failed', retryable: true });
  });

  test('B7 can say "do not retry", with a code of its own', () => {
    expect(taskError(doNotRetry('no'))).toEqual({ code: 'handler-failed', message: 'no', retryable: false });
    expect(taskError(doNotRetry('no', { code: 'bad-image' }))).toMatchObject({ code: 'bad-image', retryable: false });
  });

  test('B7 can say "retry after"', () => {
    const after = { retryable: true, retryAfterMs: 30_000, message: 'busy' };
    expect(taskError(retryAfter('30s', 'busy'))).toMatchObject(after);
    expect(taskError(retryAfter('30s', 'busy', { code: 'http-503' }))).toMatchObject({ ...after, code: 'http-503' });
  });

  test('keeps its cause for whoever debugs', () => {
    const cause = new Error('why');
    expect(doNotRetry('no', { cause }).cause).toBe(cause);
  });

  test('is not retried where it would fail the same way again', () => {
    expect(taskError(new ErrandError('duplicate-step')).retryable).toBe(false);
    expect(taskError(new ErrandError('result-not-cloneable')).retryable).toBe(false);
    expect(taskError(new DOMException('x', 'DataCloneError'))).toMatchObject({
      code: 'result-not-cloneable',
      retryable: false,
    });
  });

  test('keeps the code and details of an ErrandError', () => {
    expect(taskError(new ErrandError('file-missing', 'Gone.', { file: 'f' }))).toEqual({
      code: 'file-missing',
      message: 'Gone.',
      details: { file: 'f' },
      retryable: true,
    });
  });
});

describe('a failure from another thread', () => {
  test.each<TaskError>([
    { code: 'handler-failed', message: 'no', retryable: true },
    { code: 'handler-failed', message: 'no', retryable: false },
    { code: 'bad-image', message: 'no', retryable: false },
    { code: 'http-503', message: 'busy', retryable: true, retryAfterMs: 5 },
    { code: 'file-missing', message: 'Gone.', details: { file: 'f' }, retryable: true },
  ])('is thrown on with its verdict: $code, retryable $retryable', (error) => {
    expect(taskError(errorOf(structuredClone(error)))).toEqual(error);
  });
});
