// What an answer means for the task. Only what was asked for is success: not a page that a network puts in its place.

import type { ExpectedStatus } from './types.ts';

/** What is looked at of an answer. */
export interface Seen {
  status: number;
  /** `Response.type`. */
  type: string;
  /** It came from another origin than the request went to. */
  isElsewhere: boolean;
  contentType: string | null;
  retryAfterMs: number | undefined;
}

export interface Wanted {
  expect: readonly ExpectedStatus[];
  /** Any, if it is empty. */
  expectTypes: readonly string[];
  mayLeaveOrigin: boolean;
}

export type Verdict =
  | { kind: 'success' }
  | { kind: 'sign-in' }
  | { kind: 'retry'; code: string; message: string; afterMs?: number }
  | { kind: 'give-up'; code: string; message: string };

/** Classifies an answer. A request that is tried again carries the same key. */
export function classify(seen: Seen, wanted: Wanted): Verdict {
  const { status, contentType } = seen;
  if (seen.type === 'opaqueredirect')
    return retry(seen, 'redirected', 'The response was a redirect, which this request does not follow.');
  if (seen.type === 'opaque' || seen.type === 'error' || status === 0)
    return retry(seen, 'unreadable', 'The browser does not allow the response to be read.');
  if (seen.isElsewhere && !wanted.mayLeaveOrigin)
    return retry(seen, 'redirected', 'Another server answered: the network may require a sign-in.');
  if (isExpected(status, wanted.expect)) {
    if (isOfType(contentType, wanted.expectTypes) || hasNoContent(status)) return { kind: 'success' };
    const what = `The response is ${contentType ?? 'of no type'}, not ${wanted.expectTypes.join(' or ')}`;
    return retry(seen, 'wrong-type', `${what}: the network may require a sign-in.`);
  }
  return ofStatus(seen);
}

function ofStatus(seen: Seen): Verdict {
  const { status, contentType } = seen;
  if (status === 401 || status === 403) return { kind: 'sign-in' };
  const code = `http-${status}`;
  if (RETRIED.has(status) || status >= 500) return retry(seen, code, `The server answered ${status}.`);
  if (status < 300 && isOfType(contentType, ['text/html']))
    return retry(
      seen,
      'wrong-type',
      `The response is a page with status ${status}: the network may require a sign-in.`,
    );
  return { kind: 'give-up', code, message: `The server answered ${status}: it does not accept this request as it is.` };
}

/** Too slow, in conflict with itself under way (the draft of Idempotency-Key, 2.7), too early, too many. */
const RETRIED: ReadonlySet<number> = new Set([408, 409, 425, 429]);

function retry({ retryAfterMs }: Seen, code: string, message: string): Verdict {
  const verdict = { kind: 'retry', code, message } as const;
  return retryAfterMs === undefined ? verdict : { ...verdict, afterMs: retryAfterMs };
}

function isExpected(status: number, expect: readonly ExpectedStatus[]): boolean {
  return expect.some((each) =>
    typeof each === 'number' ? each === status : each.startsWith(String(status).slice(0, 1)),
  );
}

function hasNoContent(status: number): boolean {
  return status === 204 || status === 205;
}

/** Whether a content type is one of those, whatever its parameters. */
export function isOfType(contentType: string | null, types: readonly string[]): boolean {
  if (types.length === 0) return true;
  const [essence = ''] = (contentType ?? '').toLowerCase().split(';', 1);
  const [type, subtype = ''] = essence.trim().split('/');
  return types.some((wanted) => {
    const [wantedType, wantedSubtype = ''] = wanted.toLowerCase().split('/');
    if (type !== wantedType) return false;
    return wantedSubtype === '*' || subtype === wantedSubtype || subtype.endsWith(`+${wantedSubtype}`);
  });
}
