// The body of a request: no larger than may be, and JSON or nothing.

import { ErrandError, joined } from '../task/index.ts';
import { Problem } from './problem.ts';

/** Reads a body as JSON; an empty one is an empty object. */
export async function readJson(request: Request, mostBytes: number): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const bytes = await readBytes(request, mostBytes);
  if (bytes.length === 0) return {};
  checkType(request);
  const parsed = parse(bytes);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new ErrandError('invalid-request', 'The body must be a JSON object.', { field: 'body' });
}

/** Reads a body as a file of that type. A form is none: it is what other sites can send. */
export async function readFile(request: Request, mediaType: string, mostBytes: number): Promise<Blob> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!['', mediaType, 'application/octet-stream'].includes(type))
    throw new Problem(415, 'unsupported_media_type', `Send the body as ${mediaType}.`, {
      headers: { accept: mediaType },
    });
  // A browser keeps a large Blob on the disk, and not in memory.
  const file = await request.blob();
  if (file.size > mostBytes) throw tooLarge(mostBytes);
  return file;
}

/** Without a type, or as plain text, because that is what `fetch` says of a string. */
function checkType({ headers }: Request): void {
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === 'text/plain' || /^application\/([\w.-]+\+)?json$/.test(type)) return;
  throw new Problem(415, 'unsupported_media_type', 'Send the body as application/json.', {
    headers: { accept: 'application/json' },
  });
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, 'invalid_json', 'The body is not valid JSON in UTF-8.');
  }
}

/** No more is taken in than may be, whatever the headers promise. */
async function readBytes(request: Request, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  // Not every browser lets a request's body be read in parts: https://bugzilla.mozilla.org/show_bug.cgi?id=1387483
  if (!(request.body instanceof ReadableStream)) {
    const whole = new Uint8Array(await request.arrayBuffer());
    if (whole.length > mostBytes) throw tooLarge(mostBytes);
    return whole;
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > mostBytes) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(mostBytes);
    }
    parts.push(part.value);
  }
  return joined(parts);
}

function tooLarge(mostBytes: number): ErrandError {
  const message = `The body is larger than ${mostBytes} bytes. Send less at a time, or add large files in the app itself.`;
  return new ErrandError('payload-too-large', message, { mostBytes });
}
