// What goes wrong, as an answer: `{ error, message, details }`. The one table from codes to statuses.

import { ErrandError, type ErrandErrorCode, toPlain } from '../task/index.ts';
import { json } from './answer.ts';

/** Something that is wrong with a request itself, before any task comes into it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    { details = {}, headers = {} }: Partial<Pick<Problem, 'details' | 'headers'>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

const STATUSES: Partial<Record<ErrandErrorCode, number>> = {
  forbidden: 403,
  'not-found': 404,
  'step-not-found': 404,
  'file-missing': 404,
  'not-pending': 409,
  'already-finished': 409,
  'not-retryable': 409,
  'not-waiting': 409,
  'payload-too-large': 413,
  'file-too-large': 413,
  'invalid-import': 422,
  'invalid-request': 422,
  'invalid-pagination': 422,
  'payload-not-cloneable': 422,
  'database-unavailable': 503,
  'database-newer': 503,
  'engine-lost': 503,
  'insecure-context': 503,
  closed: 503,
  'quota-exceeded': 507,
};

/** Tells of whatever was thrown. Of what nobody foresaw it says nothing but that: no message of another's, no stack. */
export function problemOf(thrown: unknown): Response {
  if (thrown instanceof Problem) {
    const { status, code, message, details, headers } = thrown;
    return json(status, { error: code, message, details }, headers);
  }
  const status = thrown instanceof ErrandError ? STATUSES[thrown.code] : undefined;
  if (!(thrown instanceof ErrandError) || status === undefined)
    return json(500, { error: 'internal', message: new ErrandError('internal').message, details: {} });
  const { code, message } = thrown;
  return json(status, { error: code.replaceAll('-', '_'), message, details: detailsOf(thrown) });
}

/** Fields are named as they are here. */
function detailsOf({ details }: ErrandError): unknown {
  const { field } = details;
  const renamed = field?.replace(/(^|\.)workspace$/, '$1workspaceId');
  return toPlain({ ...details, ...(renamed !== undefined && { field: renamed }) });
}
