// How an attempt ends. A handler returns an outcome or a result; what it throws is a failure.

import { duration, type Duration } from './duration.ts';
import { ErrandError, type ErrorDetails, isErrandErrorCode, plainError, type PlainError } from './errors.ts';
import type { Park } from './record.ts';

/** What a failed attempt leaves behind. */
export interface TaskError extends PlainError {
  /** Whether the failure may be retried at all, whatever the policy says. */
  retryable: boolean;
  /** The wait before the retry that the error asked for, instead of the policy's. */
  retryAfterMs?: number;
}

/** How an attempt ended, as plain data on its way from a slot to the engine. */
export type Outcome =
  | { kind: 'succeeded'; result: unknown }
  | { kind: 'failed'; error: TaskError }
  | { kind: 'snoozed'; delayMs: number }
  | { kind: 'parked'; park: Park; waits: WaitReport[] };

/** A sleep or a wait for an event that an attempt came to, and that is not over. */
export interface WaitReport {
  name: string;
  /** Its place among the steps that the handler came to, from 1. */
  seq: number;
  kind: 'sleep' | 'event';
  startedAt: number;
  /** `Infinity`: without a limit. */
  until: number;
}

declare const snoozed: unique symbol;
const snoozes = new WeakSet();

/** What `snooze` returns: hand it back from `run`. */
export interface Snooze {
  readonly delayMs: number;
  readonly [snoozed]: true;
}

/**
 * Returned by a handler to be entered again after a delay, without that costing an attempt.
 * @example return snooze('5m');
 */
export function snooze(delay: Duration): Snooze {
  const outcome = { delayMs: duration(delay) };
  snoozes.add(outcome);
  return outcome as Snooze;
}

declare const signingIn: unique symbol;
const signIns = new WeakSet();

/** What `signIn` returns: hand it back from `run`. */
export interface SignIn {
  readonly credential: string;
  readonly [signingIn]: true;
}

/**
 * Returned by a handler that nobody let in: the task waits, without a slot and at no cost in attempts, until
 * `runner.signedIn(credential)` or `runner.runNow(id)`; then its handler is entered again. The credential is a name of 1 to
 * 200 characters by which a person knows where to sign in, and never the secret.
 * @example if (response.status === 401) return signIn('mail server');
 */
export function signIn(credential: string): SignIn {
  const outcome = { credential: checkCredential(credential) };
  signIns.add(outcome);
  return outcome as SignIn;
}

const LONGEST_CREDENTIAL = 200;

/** Takes the name of a credential. Throws `invalid-request` for anything else. */
export function checkCredential(credential: string): string {
  const isText = typeof (credential as unknown) === 'string';
  if (isText && credential.length > 0 && credential.length <= LONGEST_CREDENTIAL) return credential;
  const message = `credential must be a name of 1 to ${LONGEST_CREDENTIAL} characters.`;
  throw new ErrandError('invalid-request', message, { field: 'credential' });
}

/** A failure that must not be retried, whatever the policy says. */
export function doNotRetry(message: string, options?: ErrorOptions & { code?: string }): Error {
  return tagged(message, { retryable: false }, options);
}

/** A failure to be retried after the given wait instead of the policy's backoff. It still counts against `maxRetries`. */
export function retryAfter(delay: Duration, message: string, options?: ErrorOptions & { code?: string }): Error {
  return tagged(message, { retryable: true, retryAfterMs: duration(delay) }, options);
}

interface Verdict {
  retryable: boolean;
  retryAfterMs?: number;
  code?: string;
  details?: ErrorDetails;
}

const verdicts = new WeakMap<object, Verdict>();

function tagged(message: string, verdict: Verdict, options?: ErrorOptions & { code?: string }): Error {
  const error = new Error(message, options);
  verdicts.set(error, options?.code === undefined ? verdict : { ...verdict, code: options.code });
  return error;
}

/** Makes an error of a failure that came from another thread, so that it can be thrown on with its code and verdict. */
export function errorOf({ message, ...verdict }: TaskError): Error {
  const { code, details } = verdict;
  const isOurs = isErrandErrorCode(code) && code !== 'handler-failed';
  const error = isOurs ? new ErrandError(code, message, details) : Object.assign(new Error(message), { code });
  verdicts.set(error, verdict);
  return error;
}

/** Makes an outcome of what a handler returned. */
export function outcomeOf(returned: unknown): Outcome {
  if (typeof returned !== 'object' || returned === null) return { kind: 'succeeded', result: returned };
  if (snoozes.has(returned)) return { kind: 'snoozed', delayMs: (returned as Snooze).delayMs };
  if (signIns.has(returned)) {
    const { credential } = returned as SignIn;
    return { kind: 'parked', park: { kind: 'sign-in', credential, until: Infinity }, waits: [] };
  }
  return { kind: 'succeeded', result: returned };
}

/** Makes the error of a failed attempt of whatever was thrown. */
export function taskError(thrown: unknown): TaskError {
  const verdict = typeof thrown === 'object' && thrown !== null ? verdicts.get(thrown) : undefined;
  const plain = plainError(thrown, 'handler-failed');
  if (verdict !== undefined) return { ...plain, ...verdict, code: verdict.code ?? plain.code };
  if (plain.code === 'payload-not-cloneable') return { ...UNCLONEABLE, retryable: false };
  return { ...plain, retryable: !FOR_GOOD.has(plain.code) };
}

const UNCLONEABLE = new ErrandError('result-not-cloneable').toPlain();
/** These fail the same way however often they are tried. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'duplicate-step',
  'invalid-request',
  'not-registered',
  'result-not-cloneable',
]);
