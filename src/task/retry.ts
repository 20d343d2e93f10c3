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
  // The power may be endless, but no more than the cap is ever needed of it.
  const growth = Math.min(policy.backoffMultiplier ** (retry - 1), Number.MAX_SAFE_INTEGER);
  return Math.round(Math.min(policy.initialBackoffMs * growth, policy.maxBackoffMs) * (1 - policy.jitter * random));
}

const LONGEST_MS = 31_536_000_000;
const RANGES = {
  maxRetries: [0, 1_000_000],
  initialBackoffMs: [0, LONGEST_MS],
  backoffMultiplier: [1, 1_000],
  maxBackoffMs: [0, LONGEST_MS],
  jitter: [0, 1],
} as const satisfies Record<keyof RetryPolicy, readonly [least: number, most: number]>;

/** The first field of a policy that is out of its range, or `undefined`. */
export function badRetryField(policy: Partial<RetryPolicy>): string | undefined {
  return Object.entries(policy).find(([field, value]) => {
    const [least, most] = Object.hasOwn(RANGES, field) ? RANGES[field as keyof RetryPolicy] : [1, 0];
    return (
      typeof value !== 'number' || !(value >= least && value <= most) || (field === 'maxRetries' && value % 1 !== 0)
    );
  })?.[0];
}
