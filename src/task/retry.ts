// When a failed attempt is tried again: exponential backoff with a cap and jitter.

/** How failed attempts are tried again. All times in milliseconds. */
export interface RetryPolicy {
  /** How often an attempt may be repeated after the first. Default 3; 0 means never. */
  maxRetries: number;
  /** The wait before the first retry. Default 1,000. */
  initialBackoffMs: number;
  /** What each further wait is multiplied by. Default 2. */
  backoffMultiplier: number;
  /** The longest wait. Default 60,000. */
  maxBackoffMs: number;
  /** The share of the wait that is drawn by chance, 0 to 1, so that tasks that failed together do not return together. Default 0.1. */
  jitter: number;
}

export const DEFAULT_RETRY = {
  maxRetries: 3,
  initialBackoffMs: 1_000,
  backoffMultiplier: 2,
  maxBackoffMs: 60_000,
  jitter: 0.1,
} as const satisfies RetryPolicy;

/** The policy in force: what the task says, over what its type says, over the defaults. */
export function retryPolicy(...layers: (Partial<RetryPolicy> | undefined)[]): RetryPolicy {
  return Object.assign({}, DEFAULT_RETRY, ...layers.toReversed()) as RetryPolicy;
}

/**
 * How long to wait before retry number `retry` (the first is 1), in whole milliseconds.
 * `random` in `[0, 1)` draws within the last `jitter` of the wait, so that the cap is never passed.
 */
export function backoffMs(policy: RetryPolicy, retry: number, random: number): number {
  const wait = policy.initialBackoffMs * policy.backoffMultiplier ** (retry - 1);
  return Math.round(Math.min(wait, policy.maxBackoffMs) * (1 - policy.jitter * random));
}
