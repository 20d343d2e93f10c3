// The task type `http.request`: a request that is kept until it is answered. Sent at least once, under one key; recorded once.

import {
  defineTask,
  errorOf,
  signIn,
  type SignIn,
  systemClock,
  type TaskContext,
  type TaskDefinition,
} from '../../task/index.ts';
import { classify, type Verdict } from './classify.ts';
import { methodOf, requestShape } from './payload.ts';
import { beginningOf, discard, received } from './receive.ts';
import { retryAfterOf } from './retry-after.ts';
import { keyHeaderOf, quoted, redirectOf, send } from './send.ts';
import {
  type CredentialSource,
  HTTP_REQUEST,
  type HttpAnswer,
  type HttpRequestInput,
  type OutboxOptions,
} from './types.ts';

/** It does not give up by itself: `retry.maxRetries` or `deadline` of the task say when to. */
const RETRY = { maxRetries: 1_000_000, initialBackoffMs: 1_000, maxBackoffMs: 300_000, jitter: 0.2 };

/**
 * A task type of requests, with the credentials that they may name. Its tasks need a network, unless they say otherwise,
 * and are tried for as long as it takes; nobody let in, they wait for `runner.signedIn(name)`.
 * @example
 * serve([defineOutbox({ credentials: { shop: async () => ({ authorization: `Bearer ${await token()}` }) } })]);
 */
export function defineOutbox({ type = HTTP_REQUEST, credentials = {} }: OutboxOptions = {}): TaskDefinition<
  HttpRequestInput,
  HttpAnswer
> {
  const sources = new Map(Object.entries(credentials));
  return defineTask({
    type,
    description: 'Sends an HTTP request, and retries until the server answers.',
    payload: requestShape([...sources.keys()]),
    effects: 'idempotent',
    retry: RETRY,
    timeoutMs: '10m',
    constraints: { network: 'online' },
    runsIn: ['worker', 'service-worker'],
    run: (input: HttpRequestInput, ctx: TaskContext) => deliver(input, sources.get(input.credentials ?? ''), ctx),
  });
}

/**
 * Sends an HTTP request, and keeps it until it is answered.
 * @example
 * await runner.enqueue(httpRequest, { url: 'https://example.com/orders', body: { json: order }, expectType: 'application/json' });
 */
export const httpRequest = /* @__PURE__ */ defineOutbox();

async function deliver(
  input: HttpRequestInput,
  source: CredentialSource | undefined,
  ctx: TaskContext,
): Promise<HttpAnswer | SignIn> {
  if (input.credentials !== undefined && source === undefined) throw noSource(input.credentials);
  const header = keyHeaderOf(input);
  const key = header === undefined ? null : ctx.idempotencyKey;
  const keyed = header === undefined || key === null ? {} : { [header]: quoted(key) };
  const response = await sent(input, source, keyed, ctx);
  const verdict = response === undefined ? SIGN_IN : verdictOf(response, input);
  if (response !== undefined && verdict.kind === 'success')
    return { ...(await received(response, input, ctx)), idempotencyKey: key };
  if (response !== undefined) await note(response, verdict, ctx);
  switch (verdict.kind) {
    case 'retry':
      throw errorOf({ ...said(verdict), retryable: true, ...(verdict.afterMs !== undefined && { retryAfterMs: verdict.afterMs }) }); // prettier-ignore
    case 'give-up':
      throw errorOf({ ...said(verdict), retryable: false });
    default:
      return signIn(input.credentials ?? new URL(input.url).origin.slice(0, 200));
  }
}

const SIGN_IN: Verdict = { kind: 'sign-in' };

/** The answer; `undefined` where nobody is signed in. A credential that was renewed under way is worth another try. */
async function sent(
  input: HttpRequestInput,
  source: CredentialSource | undefined,
  keyed: Readonly<Record<string, string>>,
  ctx: TaskContext,
): Promise<Response | undefined> {
  if (source === undefined) return send(input, keyed, ctx);
  const ask = () => source({ url: input.url, method: methodOf(input), signal: ctx.signal });
  const first = await ask();
  if (first === undefined) return undefined;
  const response = await send(input, { ...first, ...keyed }, ctx);
  if (verdictOf(response, input).kind !== 'sign-in') return response;
  const second = await ask();
  if (second === undefined || JSON.stringify(second) === JSON.stringify(first)) return response;
  await discard(response);
  return send(input, { ...second, ...keyed }, ctx);
}

function verdictOf(response: Response, input: HttpRequestInput): Verdict {
  const { status, type, headers, redirected, url } = response;
  const { expect = ['2xx'], expectType = [] } = input;
  return classify(
    {
      status,
      type,
      isElsewhere: redirected && new URL(url).origin !== new URL(input.url).origin,
      contentType: headers.get('content-type'),
      retryAfterMs: retryAfterOf(headers.get('retry-after'), systemClock.now()),
    },
    { expect, expectTypes: [expectType].flat(), mayLeaveOrigin: redirectOf(input) === 'follow' },
  );
}

async function note(response: Response, verdict: Verdict, ctx: TaskContext): Promise<void> {
  const message =
    'message' in verdict ? verdict.message : `The server answered ${response.status}: it requires a sign-in.`;
  ctx.log(message, { status: response.status, url: response.url, text: await beginningOf(response) }, 'warn');
}

function said({ code, message }: { code: string; message: string }): { code: string; message: string } {
  return { code, message };
}

function noSource(name: string): Error {
  const message = `No credential “${name}” is registered here. Pass it to defineOutbox() in the worker.`;
  return errorOf({ code: 'bad-request', message, retryable: false });
}
