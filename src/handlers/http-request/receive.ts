// What is kept of an answer: within limits, and never more in memory than those.

import { doNotRetry, type FileRef, type TaskContext } from '../../task/index.ts';
import { unreachable } from './send.ts';
import type { HttpAnswer, HttpRequestInput } from './types.ts';

const STORED_BYTES = 65_536;
const ARTIFACT_BYTES = 2 ** 30;
const HEADER_CHARACTERS = 16_384;

/** Takes in the content of an answer that is the one. */
export async function received(
  response: Response,
  input: HttpRequestInput,
  ctx: TaskContext,
): Promise<Omit<HttpAnswer, 'idempotencyKey'>> {
  const { status, url } = response;
  const answer = { status, url, headers: headersOf(response), text: null, isCut: false, file: null };
  try {
    switch (input.response ?? 'store') {
      case 'store':
        return { ...answer, ...(await textOf(response, input.maxResponseBytes ?? STORED_BYTES)) };
      case 'artifact':
        return { ...answer, file: await artifactOf(response, input, ctx) };
      case 'discard':
        await discard(response);
        return answer;
    }
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    throw thrown instanceof TypeError ? unreachable(thrown) : thrown;
  }
}

/** The beginning of an answer's content as text, for a log. */
export async function beginningOf(response: Response): Promise<string> {
  try {
    return (await textOf(response, 2_000)).text;
  } catch {
    return '';
  }
}

/** Lets go of a content that nobody wants. */
export async function discard({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => undefined);
}

function headersOf({ headers }: Response): Record<string, string> {
  let room = HEADER_CHARACTERS;
  return Object.fromEntries([...headers].filter(([name, value]) => (room -= name.length + value.length) >= 0));
}

async function textOf({ body }: Response, most: number): Promise<{ text: string; isCut: boolean }> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  if (body === null) return { text, isCut: false };
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of chunksOf(body)) {
    const kept = chunk.subarray(0, most - bytes);
    text += decoder.decode(kept, { stream: true });
    bytes += kept.length;
    if (kept.length < chunk.length) return { text, isCut: true };
  }
  return { text: text + decoder.decode(), isCut: false };
}

/** Streams cannot be iterated in Safari (https://bugs.webkit.org/show_bug.cgi?id=194379). */
async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function artifactOf(
  response: Response,
  { url, maxResponseBytes: most = ARTIFACT_BYTES }: HttpRequestInput,
  ctx: TaskContext,
): Promise<FileRef> {
  let bytes = 0;
  const limited = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.length;
      ctx.heartbeat();
      if (bytes <= most) controller.enqueue(chunk);
      else controller.error(doNotRetry(`The response is larger than ${most} bytes.`, { code: 'response-too-large' }));
    },
  });
  const body: ReadableStream<Uint8Array<ArrayBuffer>> = response.body ?? new Blob([]).stream();
  return ctx.artifact(nameOf(url), body.pipeThrough(limited));
}

function nameOf(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  return last === '' ? 'response' : last.slice(0, 200);
}
