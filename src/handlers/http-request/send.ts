// From a payload to what goes over the wire.

import { ErrandError, errorOf, type FileRef, plainError, type TaskContext } from '../../task/index.ts';
import { methodOf } from './payload.ts';
import type { HttpBody, HttpRequestInput } from './types.ts';

/** Where a request may be led. */
export function redirectOf({ redirect, ...input }: HttpRequestInput): 'same-origin' | 'follow' | 'error' {
  return redirect ?? (isSafe(methodOf(input)) ? 'same-origin' : 'error');
}

/** The header that carries the key; `undefined`: none does. */
export function keyHeaderOf({ idempotencyHeader, ...input }: HttpRequestInput): string | undefined {
  if (idempotencyHeader === false) return undefined;
  return idempotencyHeader ?? (isSafe(methodOf(input)) ? undefined : 'Idempotency-Key');
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A string of structured fields (RFC 8941, 3.3.3), as the draft of Idempotency-Key wants it. */
export function quoted(key: string): string {
  const plain = key.replace(/[^\x20-\x7e]+/gu, (text) => encodeURIComponent(text.toWellFormed()));
  return `"${plain.replace(/["\\]/g, '\\$&')}"`;
}

/** Sends a request. Rejects with `unreachable` if no answer comes, which says nothing of why. */
export async function send(
  input: HttpRequestInput,
  extra: Readonly<Record<string, string>>,
  ctx: TaskContext,
): Promise<Response> {
  const request = await requestOf(input, extra, ctx);
  try {
    return await fetch(request);
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    throw unreachable(thrown);
  }
}

/** No answer, or not all of it. Browsers tell nobody whether the network, the server or its CORS headers are to blame. */
export function unreachable(thrown: unknown): Error {
  const message = `No response (${plainError(thrown).message}): the network or the server is down, or the server does not accept requests from this site.`;
  return errorOf({ code: 'unreachable', message, retryable: true });
}

async function requestOf(
  input: HttpRequestInput,
  extra: Readonly<Record<string, string>>,
  ctx: TaskContext,
): Promise<Request> {
  const { url, body, cookies = 'same-origin' } = input;
  const content = body === undefined ? undefined : await contentOf(body, ctx);
  try {
    const headers = new Headers(input.headers);
    if (body !== undefined && 'json' in body && !headers.has('content-type'))
      headers.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(extra)) headers.set(name, value);
    return new Request(url, {
      method: methodOf(input),
      headers,
      ...(content !== undefined && { body: content }),
      credentials: cookies,
      cache: 'no-store',
      redirect: redirectOf(input) === 'error' ? 'manual' : 'follow',
      signal: ctx.signal,
    });
  } catch (thrown) {
    throw errorOf({ code: 'bad-request', message: plainError(thrown).message, retryable: false });
  }
}

async function contentOf(body: HttpBody, ctx: TaskContext): Promise<string | File | FormData> {
  if ('json' in body) return JSON.stringify(body.json);
  if ('text' in body) return body.text;
  if ('file' in body) return opened(body.file, ctx);
  const form = new FormData();
  for (const [name, value] of Object.entries(body.form.fields ?? {})) form.append(name, value);
  for (const [name, files] of Object.entries(body.form.files ?? {}))
    for (const file of [files].flat()) form.append(name, await opened(file, ctx), file.name);
  return form;
}

async function opened(file: FileRef, ctx: TaskContext): Promise<File> {
  try {
    return await ctx.open(file);
  } catch (thrown) {
    if (thrown instanceof ErrandError && thrown.code === 'file-missing')
      throw errorOf({ ...thrown.toPlain(), retryable: false });
    throw thrown;
  }
}
