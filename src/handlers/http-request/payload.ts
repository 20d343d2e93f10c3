// What a request must be, checked before it is kept: what `fetch` would refuse for good is refused here.

import * as v from 'valibot';
import { fileShape } from '../file-shape.ts';
import type { HttpRequestInput } from './types.ts';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]{1,200}$/;
/** No line breaks, nothing past Latin-1, no space at either end. */
const VALUE = /^(?![ \t])[\t\x20-\x7e\x80-\xff]{0,8192}(?<![ \t])$/;
/** https://fetch.spec.whatwg.org/#forbidden-request-header: a browser drops these without a word. */
const FORBIDDEN =
  /^(?:accept-(?:charset|encoding)|access-control-request-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;
const NO_BODY = ['GET', 'HEAD'];
const BODY_RULE = 'must be one of { json }, { text }, { file } and { form: { fields, files } }';

/** The method that a request goes out with. */
export function methodOf({ method, body }: Pick<HttpRequestInput, 'method' | 'body'>): string {
  return method ?? (body === undefined ? 'GET' : 'POST');
}

/** The payload's shape, with the credentials that there are. In a function, so that a bundler drops it where only names are imported. */
export function requestShape(credentials: readonly string[]) {
  const status = v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599));
  const mediaType = v.pipe(v.string(), v.regex(/^[\w.+-]{1,100}\/(?:\*|[\w.+-]{1,100})$/, 'must be a media type'));
  const headers = v.pipe(
    v.record(v.string(), v.string()),
    v.check(areHeaders, 'must contain only names and values that HTTP allows, and none that only the browser may set'),
  );
  return v.pipe(
    v.strictObject({
      url: v.pipe(v.string(), v.maxLength(20_000), v.check(isAddress, 'must be an absolute http or https address')),
      method: v.optional(
        v.pipe(v.string(), v.regex(TOKEN), v.toUpperCase(), v.check(isMethod, 'cannot be sent from a page')),
      ),
      headers: v.optional(headers),
      body: v.optional(bodyShape()),
      expect: v.optional(
        v.pipe(v.array(v.union([status, v.picklist(['1xx', '2xx', '3xx', '4xx', '5xx'])])), v.minLength(1)),
      ),
      expectType: v.optional(v.union([mediaType, v.pipe(v.array(mediaType), v.minLength(1))])),
      credentials: v.optional(v.picklist(credentials, 'must be the name of a credential of this outbox')),
      cookies: v.optional(v.picklist(['same-origin', 'include', 'omit'])),
      idempotencyHeader: v.optional(
        v.union([v.literal(false), v.pipe(v.string(), v.check(isHeaderName, 'must be the name of a header'))]),
      ),
      redirect: v.optional(v.picklist(['same-origin', 'follow', 'error'])),
      response: v.optional(v.picklist(['store', 'artifact', 'discard'])),
      maxResponseBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
    v.forward(
      v.partialCheck(
        [['method'], ['body']],
        (input) => input.body === undefined || !NO_BODY.includes(methodOf(input as HttpRequestInput)),
        'cannot go with GET or HEAD',
      ),
      ['body'],
    ),
    v.forward(
      v.partialCheck(
        [['response'], ['maxResponseBytes']],
        ({ response, maxResponseBytes = 0 }) => response === 'artifact' || maxResponseBytes <= 1_048_576,
        'is 1,048,576 at most, unless the response is an artifact',
      ),
      ['maxResponseBytes'],
    ),
  );
}

function bodyShape() {
  const file = fileShape();
  const form = v.strictObject({
    fields: v.optional(v.record(v.string(), v.string())),
    files: v.optional(v.record(v.string(), v.union([file, v.array(file)]))),
  });
  return v.union(
    [
      v.strictObject({ json: v.pipe(v.unknown(), v.check(isJson, 'must be valid JSON')) }),
      v.strictObject({ text: v.string() }),
      v.strictObject({ file }),
      v.strictObject({ form }),
    ],
    BODY_RULE,
  );
}

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function isMethod(method: string): boolean {
  return !['CONNECT', 'TRACE', 'TRACK'].includes(method);
}

function areHeaders(headers: Record<string, string>): boolean {
  return Object.entries(headers).every(([name, value]) => isHeaderName(name) && VALUE.test(value));
}

function isHeaderName(name: string): boolean {
  return TOKEN.test(name) && !FORBIDDEN.test(name);
}

function isJson(value: unknown): boolean {
  try {
    return typeof JSON.stringify(value) === 'string';
  } catch {
    return false;
  }
}
