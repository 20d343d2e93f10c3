// One error with a code, a sentence and details; and plain data of whatever was thrown.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ErrandError, type ErrandErrorCode, isErrandErrorCode, plainError } from '../../src/task/index.ts';

/** The public contract: adding one is a feature, losing one breaks callers. */
const CODES: ErrandErrorCode[] = [
  'invalid-request',
  'invalid-pagination',
  'invalid-definition',
  'payload-not-cloneable',
  'payload-too-large',
  'quota-exceeded',
  'not-found',
  'not-pending',
  'already-finished',
  'not-retryable',
  'not-registered',
  'file-missing',
  'claim-lost',
  'duplicate-step',
  'database-unavailable',
  'database-newer',
  'engine-lost',
  'closed',
  'cancelled',
  'parked',
  'timeout',
  'worker-crashed',
  'result-not-cloneable',
  'result-too-large',
  'handler-failed',
  'internal',
];

describe('every code', () => {
  test.each(CODES)('%s has a whole sentence', (code) => {
    expect(isErrandErrorCode(code)).toBe(true);
    expect(new ErrandError(code).message).toMatch(/^[A-Z].{15,}\.$/);
  });

  test('is one of our own, and nothing inherited is', () => {
    for (const code of ['toString', '__proto__', 'constructor', '', 'oops'])
      expect(isErrandErrorCode(code)).toBe(false);
  });
});

describe('an ErrandError', () => {
  test('carries code, sentence, details and cause', () => {
    const cause = new Error('why');
    const error = new ErrandError('not-found', 'Gone.', { field: 'id' }, { cause });
    expect(error).toMatchObject({ name: 'ErrandError', code: 'not-found', message: 'Gone.', details: { field: 'id' } });
    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toBe(cause);
  });

  test('crosses threads as plain data and back', () => {
    const error = new ErrandError('quota-exceeded', 'Full.', { neededBytes: 5 });
    const back = ErrandError.fromPlain(structuredClone(plainError(error)));
    expect(back).toMatchObject({ code: 'quota-exceeded', message: 'Full.', details: { neededBytes: 5 } });
  });

  test('of a code that is not ours becomes "internal"', () => {
    expect(ErrandError.fromPlain({ code: 'toString', message: 'x' }).code).toBe('internal');
  });
});

describe('plainError', () => {
  test('knows a full disk and what cannot be cloned', () => {
    expect(plainError(new DOMException('x', 'QuotaExceededError')).code).toBe('quota-exceeded');
    expect(plainError(new DOMException('x', 'DataCloneError')).code).toBe('payload-not-cloneable');
  });

  test('keeps what an error or a string says, in reason', () => {
    expect(plainError(new TypeError('no'))).toEqual({ code: 'internal', message: 'no' });
    expect(plainError('no', 'handler-failed')).toEqual({ code: 'handler-failed', message: 'no' });
    expect(plainError(new Error('x'.repeat(1e6))).message).toHaveLength(2_000);
  });

  test('says something of what says nothing', () => {
    for (const thrown of [undefined, null, 0, Symbol('s'), {}, new Error(''), () => 1]) {
      expect(plainError(thrown).message).toBe(new ErrandError('internal').message);
    }
  });

  test('never throws and always gives what can be cloned, whatever was thrown', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withMap: true }),
        (thrown) => {
          const plain = plainError(thrown, 'handler-failed');
          expect(structuredClone(plain)).toEqual(plain);
          expect(typeof plain.message).toBe('string');
        },
      ),
    );
  });

  test('does not trip over getters that throw, or messages that are no text', () => {
    const hostile = [
      {
        get message() {
          throw new Error('got you');
        },
      },
      {
        get name() {
          throw new Error('got you');
        },
      },
      { message: { toString: 5 } },
      { message: 5, name: [] },
      new Proxy(
        {},
        {
          get() {
            throw new Error('got you');
          },
        },
      ),
    ];
    for (const thrown of hostile) expect(plainError(thrown).code).toBe('internal');
  });
});
