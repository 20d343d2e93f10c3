// The one error that Errand throws, and the one table of its codes: each sentence says what to do next.

const MESSAGES = {
  'invalid-request': 'The request is not valid. See details.field for what to correct.',
  'invalid-pagination': 'This page of the list does not exist. Correct limit or offset.',
  'invalid-definition': 'The task definition is not valid. Correct it where defineTask is called.',
  'payload-not-cloneable':
    'The payload contains something that cannot be stored, such as a function or a DOM node. Pass plain data and files.',
  'payload-too-large': 'The payload is too large. Pass large content as a File or Blob.',
  'quota-exceeded': 'This site has no disk space left. Free some, then try again. Nothing was written.',
  'not-found': 'There is no such task. It may have been deleted.',
  forbidden: 'Your role does not allow this. See details.permission for what is missing.',
  'not-pending': 'Only a pending task can be changed. Cancel it, or create a new one.',
  'already-finished': 'The task has already finished. Retry or restart it to run it again.',
  'not-retryable': 'Only a finished task can be run again, and a completed one only by a restart or rerun.',
  'not-waiting': 'The task is not waiting for that. See what it is waiting for first.',
  'step-not-found': 'The task’s last run has no such step. See its detail for the steps it has.',
  'not-registered': 'No handler is registered for this task type. Pass it to serve().',
  'file-too-large': 'A zip cannot contain a file of 4 GB or more here. Download that file by itself, or delete it.',
  'invalid-import': 'This is not a complete, unchanged Errand export. Export it again. Nothing was imported.',
  'file-missing': 'The file is gone: it was deleted, or the browser cleared it. Add it again.',
  'claim-lost': 'This attempt no longer holds its claim: the task was cancelled or taken over. Stop working.',
  'duplicate-step': 'Two steps of one run have the same name. Give each step its own.',
  'database-unavailable': 'The database cannot be opened. Close other tabs of this site, then reload.',
  'database-newer': 'The database was created by a newer version. Reload the page to get that version.',
  'engine-lost': 'The worker behind this page stopped. No task is lost. Reload the page if this does not pass.',
  'insecure-context': 'This page may not use Web Locks. Serve it over https, or from localhost.',
  closed: 'The runner is closed. Create a new one.',
  cancelled: 'The task was cancelled.',
  parked:
    'This attempt has ended because its handler is waiting. Stop working: it is called again when the wait is over.',
  timeout: 'The attempt took longer than its timeout.',
  'heartbeat-timeout': 'The handler sent no heartbeat for longer than its type allows.',
  'deadline-exceeded': 'The task was not finished by its deadline. Retry it to run it anyway.',
  'dependency-failed':
    'A task that this one depends on failed, was cancelled or was deleted. Retry this one to run it anyway.',
  'worker-crashed':
    'The task ended its worker three times with nothing recorded in between, the last time while running alone.',
  'result-not-cloneable': 'The handler returned something that cannot be stored. Return plain data.',
  'result-too-large': 'The result is too large to store. Save it with ctx.artifact and return a short summary.',
  'handler-failed': 'The handler threw an error.',
  internal: 'Something inside Errand went wrong. Please report it.',
} as const;

/** Every code an `ErrandError` can carry. Part of the public contract. */
export type ErrandErrorCode = keyof typeof MESSAGES;

/** What an error says beside its code: the field at fault, and whatever else helps. Plain data. */
export interface ErrorDetails {
  field?: string;
  [key: string]: unknown;
}

/** An error as plain data: what crosses from worker to page, and what a failed task keeps. */
export interface PlainError {
  code: string;
  message: string;
  details?: ErrorDetails;
}

/** The error that every part of Errand throws. `code` is stable; `message` says what is wrong and what to do. */
export class ErrandError extends Error {
  override readonly name = 'ErrandError';
  readonly code: ErrandErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrandErrorCode, message?: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message ?? MESSAGES[code], options);
    this.code = code;
    this.details = details;
  }

  /** The same error as plain data, without its stack. */
  toPlain(): PlainError {
    return { code: this.code, message: this.message, details: this.details };
  }

  /** Makes an `ErrandError` of plain data that came from another thread. */
  static fromPlain(plain: PlainError): ErrandError {
    const code = isErrandErrorCode(plain.code) ? plain.code : 'internal';
    return new ErrandError(code, plain.message, plain.details);
  }
}

/** Whether a string is one of Errand's own codes. */
export function isErrandErrorCode(code: string): code is ErrandErrorCode {
  return Object.hasOwn(MESSAGES, code);
}

/** Makes plain data of whatever was thrown, without ever throwing itself. */
export function plainError(thrown: unknown, fallback: ErrandErrorCode = 'internal'): PlainError {
  try {
    return plainOf(thrown, fallback);
  } catch {
    // Even a look at it may throw: a revoked proxy, a getter with a mind of its own.
    return { code: fallback, message: MESSAGES[fallback] };
  }
}

function plainOf(thrown: unknown, fallback: ErrandErrorCode): PlainError {
  if (thrown instanceof ErrandError) return thrown.toPlain();
  const name = property(thrown, 'name');
  if (name === 'QuotaExceededError') return new ErrandError('quota-exceeded').toPlain();
  if (name === 'DataCloneError') return new ErrandError('payload-not-cloneable').toPlain();
  const said = typeof thrown === 'string' && thrown !== '' ? thrown : property(thrown, 'message');
  return { code: fallback, message: (said ?? MESSAGES[fallback]).slice(0, LONGEST_MESSAGE) };
}

const LONGEST_MESSAGE = 2_000;

function property(thrown: unknown, key: 'name' | 'message'): string | undefined {
  const value: unknown = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, key) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
