// Asks an API, and holds every answer against the shape that the document promises for it.

import * as v from 'valibot';
import { expect } from 'vitest';
import { type Api, createApi } from '../../src/api/index.ts';
import { problem } from '../../src/api/shapes.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import type { Runner } from '../../src/index.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export type Ask = (method: string, path: string, body?: unknown, init?: RequestInit) => Promise<Answer>;

/** Asks in the name of the runner's principal. What is no text is sent as JSON. */
export function asking(runner: Runner, options?: Parameters<typeof createApi>[1]): Ask {
  return askOf(apiOf(runner, options));
}

let apiOf: (runner: Runner, options?: Parameters<typeof createApi>[1]) => Api = createApi;

/** From now on somebody else answers. */
export function answeredBy(other: (runner: Runner) => Api): void {
  apiOf = other;
}

function askOf(api: Api): Ask {
  return async (method, path, body, init = {}) => {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await api.fetch(new Request(`https://errand.test${path}`, { method, ...sent, ...init }));
    const text = await response.text();
    const said = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
    if (text !== '') hold(method, path, response.status, said);
    return { status: response.status, headers: response.headers, body: said };
  };
}

function hold(method: string, path: string, status: number, said: unknown): void {
  const { pathname } = new URL(path, 'https://errand.test');
  const route = ROUTES.find((each) => each.method === method && patternOf(each.path).test(pathname));
  const promised = status >= 400 ? problem : route?.answers[status];
  if (promised === undefined || typeof promised === 'string')
    throw new Error(`${method} ${path} was not to answer ${status}.`);
  const found = v.safeParse(promised, said);
  const issue = found.issues?.[0];
  if (issue !== undefined)
    throw new Error(
      `${method} ${path} ${status}: ${v.getDotPath(issue) ?? ''} ${issue.message} ${JSON.stringify(said)}`,
    );
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/, '[^/]+')}$`);
}

/** What is expected of a refusal. */
export function refused(answer: Answer, status: number, error: string, details?: object): void {
  expect([answer.status, answer.body.error, answer.body.details]).toEqual([
    status,
    error,
    details === undefined ? expect.anything() : expect.objectContaining(details),
  ]);
}
