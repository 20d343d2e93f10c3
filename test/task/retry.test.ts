// Backoff: how long before each retry, never past the cap, never the same for all.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, DEFAULT_RETRY, type RetryPolicy, retryPolicy } from '../../src/task/index.ts';

const plain = { ...DEFAULT_RETRY, jitter: 0 };
const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxRetries: fc.nat(1_000),
  initialBackoffMs: fc.nat(1e6),
  backoffMultiplier: fc.double({ min: 1, max: 100, noNaN: true }),
  maxBackoffMs: fc.nat(1e7),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the backoff', () => {
  test('B7 is 1, 2, 4 ... seconds by default, and 60 at most', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((retry) => backoffMs(plain, retry, 0.5));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('B7 is drawn within the last share of the wait', () => {
    const policy = { ...plain, jitter: 0.1 };
    expect(backoffMs(policy, 1, 0)).toBe(1_000);
    expect(backoffMs(policy, 1, 0.5)).toBe(950);
    expect(backoffMs(policy, 1, 0.999_999)).toBe(900);
  });

  test('B7 is a whole number of milliseconds within the share and the cap, whatever the policy', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 100 }), chance, (policy, retry, random) => {
        const wait = backoffMs(policy, retry, random);
        const whole = Math.min(policy.initialBackoffMs * policy.backoffMultiplier ** (retry - 1), policy.maxBackoffMs);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeLessThanOrEqual(policy.maxBackoffMs);
        expect(wait).toBeLessThanOrEqual(Math.round(whole));
        expect(wait).toBeGreaterThanOrEqual(Math.floor(whole * (1 - policy.jitter)));
      }),
    );
  });

  test('B7 never gets shorter from one retry to the next', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 100 }), (policy, retry) => {
        expect(backoffMs(policy, retry + 1, 0)).toBeGreaterThanOrEqual(backoffMs(policy, retry, 0));
      }),
    );
  });
});

describe('the policy in force', () => {
  test('is 3 retries with backoff where nobody says more', () => {
    expect(retryPolicy()).toEqual(DEFAULT_RETRY);
    expect(retryPolicy(undefined, undefined)).toEqual(DEFAULT_RETRY);
  });

  test('is what the task says, over its type, over the defaults', () => {
    const policy = retryPolicy({ maxRetries: 9 }, { maxRetries: 1, jitter: 0 });
    expect(policy).toEqual({ ...DEFAULT_RETRY, maxRetries: 9, jitter: 0 });
  });
});
