// What a route is: its address, what it takes, what it answers, and how. The router and the document are made of it.

import * as v from 'valibot';
import type { Runner } from '../runner/index.ts';
import { ErrandError } from '../task/index.ts';

/** A request, checked. */
export interface Call<Query, Body> {
  /** In the name of whoever asks. */
  runner: Runner;
  /** What stands in the path where its template has a name. */
  param: string;
  query: Query;
  body: Body;
}

export interface RouteInput<Query, Body> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With at most one name in braces. */
  path: `/api/${string}`;
  /** One sentence for a person. */
  summary: string;
  /** Default: no parameter is known. */
  query?: v.GenericSchema<unknown, Query>;
  /** Default: nothing may be said. */
  body?: v.GenericSchema<unknown, Body>;
  /** The body is a file, and no JSON: `body` is a Blob, up to so many bytes. */
  takesFile?: { mediaType: string; mostBytes: number };
  /** The shape of each answer by its status, or the media type of what is no JSON. */
  answers: Readonly<Record<number, v.GenericSchema | string>>;
  /** The codes with which it may refuse, beside those that any route has. */
  refusals?: readonly (403 | 404 | 409 | 413 | 422 | 507)[];
  handle(call: Call<Query, Body>): Promise<Response>;
}

/** A route whose handler is only called with what its schemas have passed. */
export interface Route extends Omit<RouteInput<unknown, unknown>, 'handle'> {
  run(runner: Runner, param: string, query: unknown, body: unknown): Promise<Response>;
}

const NOTHING = v.strictObject({});

export function route<Query = object, Body = object>(input: RouteInput<Query, Body>): Route {
  const { query: querySchema, body: bodySchema, method, path, summary, answers, refusals = [], takesFile } = input;
  return {
    ...{ method, path, summary, answers, refusals, ...(takesFile !== undefined && { takesFile }) },
    ...(querySchema !== undefined && { query: querySchema }),
    ...(bodySchema !== undefined && { body: bodySchema }),
    run: (runner, param, query, body) =>
      input.handle({
        runner,
        param,
        query: checked(querySchema ?? (NOTHING as unknown as v.GenericSchema<unknown, Query>), query),
        body: checked(bodySchema ?? (NOTHING as unknown as v.GenericSchema<unknown, Body>), body),
      }),
  };
}

/** Of what was wrong, so much is said again. */
const LONGEST_SAID = 500;

/** Throws `invalid-request` with the field at fault. */
function checked<Output>(schema: v.GenericSchema<unknown, Output>, input: unknown): Output {
  const found = v.safeParse(schema, input, { abortEarly: true });
  if (found.success) return found.output;
  const issue = found.issues[0];
  const field = (v.getDotPath(issue) ?? 'body').slice(0, LONGEST_SAID);
  throw new ErrandError('invalid-request', `${field}: ${issue.message.slice(0, LONGEST_SAID)}`, { field });
}
