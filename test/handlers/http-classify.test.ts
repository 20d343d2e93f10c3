// What the outbox makes of answers, of Retry-After, and of payloads that could never be sent.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify, isOfType, type Seen, type Wanted } from '../../src/handlers/http-request/classify.ts';
import { retryAfterOf } from '../../src/handlers/http-request/retry-after.ts';
import { keyHeaderOf, quoted, redirectOf } from '../../src/handlers/http-request/send.ts';
import { defineOutbox, HTTP_REQUEST, httpRequest, type HttpRequestInput } from '../../src/handlers/index.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;

function verdict(seen: Partial<Seen> | number, wanted: Partial<Wanted> = {}): string {
  const plain = { status: 200, type: 'basic', isElsewhere: false, contentType: 'text/plain', retryAfterMs: undefined };
  const all = { ...plain, ...(typeof seen === 'number' ? { status: seen } : seen) };
  const found = classify(all, { expect: ['2xx'], expectTypes: [], mayLeaveOrigin: false, ...wanted });
  return 'code' in found ? `${found.kind} ${found.code}` : found.kind;
}

describe('F6 an answer', () => {
  test.each([
    [200, 'success'],
    [204, 'success'],
    [304, 'give-up http-304'],
    [400, 'give-up http-400'],
    [401, 'sign-in'],
    [403, 'sign-in'],
    [404, 'give-up http-404'],
    [408, 'retry http-408'],
    [409, 'retry http-409'],
    [422, 'give-up http-422'],
    [425, 'retry http-425'],
    [429, 'retry http-429'],
    [500, 'retry http-500'],
    [503, 'retry http-503'],
    [511, 'retry http-511'],
    [0, 'retry unreadable'],
  ])('of status %i: %s', (status, expected) => {
    expect(verdict(status)).toBe(expected);
  });

  test('is success where its status is expected, and only there', () => {
    expect(verdict(404, { expect: [200, 404] })).toBe('success');
    expect(verdict(401, { expect: ['4xx'] })).toBe('success');
    expect(verdict(200, { expect: [201] })).toBe('give-up http-200');
    expect(verdict({ status: 200, contentType: 'text/html' }, { expect: [201] })).toBe('retry wrong-type');
  });

  test('that a network put in place of the server’s is none', () => {
    const json = { expectTypes: ['application/json'] };
    expect(verdict({ contentType: 'text/html; charset=utf-8' }, json)).toBe('retry wrong-type');
    expect(verdict({ contentType: null }, json)).toBe('retry wrong-type');
    expect(verdict({ contentType: 'Application/JSON; charset=utf-8' }, json)).toBe('success');
    expect(verdict({ status: 204, contentType: null }, json)).toBe('success');
    expect(verdict({ isElsewhere: true })).toBe('retry redirected');
    expect(verdict({ isElsewhere: true, status: 401 })).toBe('retry redirected');
    expect(verdict({ isElsewhere: true }, { mayLeaveOrigin: true })).toBe('success');
    expect(verdict({ type: 'opaqueredirect', status: 0 })).toBe('retry redirected');
    expect(verdict({ type: 'opaque', status: 0 })).toBe('retry unreadable');
  });

  test('is tried again when the server says', () => {
    const seen: Seen = { status: 429, type: 'cors', isElsewhere: false, contentType: null, retryAfterMs: 5_000 };
    const wanted: Wanted = { expect: ['2xx'], expectTypes: [], mayLeaveOrigin: false };
    expect(classify(seen, wanted)).toMatchObject({ kind: 'retry', afterMs: 5_000 });
    expect(classify({ ...seen, status: 409 }, wanted)).toMatchObject({ kind: 'retry', afterMs: 5_000 });
  });

  test('never succeeds unexpected, whatever it is', () => {
    const seen = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      type: fc.constantFrom('basic', 'cors', 'opaque', 'opaqueredirect', 'error'),
      isElsewhere: fc.boolean(),
      contentType: fc.option(fc.constantFrom('text/html', 'application/json', '', 'nonsense')),
      retryAfterMs: fc.constant(undefined),
    });
    fc.assert(
      fc.property(seen, fc.integer({ min: 100, max: 599 }), (answer, status) => {
        const is = verdict(answer, { expect: [status], expectTypes: ['application/json'] });
        const isRight = answer.status === status && !answer.isElsewhere && ['basic', 'cors'].includes(answer.type);
        if (is === 'success') expect(isRight).toBe(true);
        else if (answer.contentType === 'application/json') expect(isRight).toBe(false);
      }),
    );
  });
});

test.each([
  ['application/problem+json', 'application/json', true],
  ['image/png', 'image/*', true],
  ['image/png', 'image/jpeg', false],
  ['text/json', 'application/json', false],
  ['', 'application/json', false],
])('F6 %s is taken for %s: %s', (contentType, wanted, expected) => {
  expect(isOfType(contentType, [wanted])).toBe(expected);
});

describe('F6 Retry-After', () => {
  test('may be a date in each form of HTTP', () => {
    for (const date of ['Mon, 01 Jun 2026 12:00:30 GMT', 'Monday, 01-Jun-26 12:00:30 GMT', 'Mon Jun  1 12:00:30 2026'])
      expect(retryAfterOf(date, NOW)).toBe(30_000);
    expect(retryAfterOf('Sunday, 06-Nov-94 08:49:37 GMT', NOW)).toBeUndefined();
  });

  test.each([
    null,
    '',
    ' ',
    '0',
    '-5',
    '1.5',
    '5s',
    'soon',
    '2026-06-01',
    'Mon, 01 Jan 2001 00:00:00 GMT',
    'Mon, 01 Foo 2027 00:00:00 GMT',
  ])('that asks for nothing is none: %j', (header) => {
    expect(retryAfterOf(header, NOW)).toBeUndefined();
  });

  test('in seconds or as a date is what was meant, up to a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), (seconds) => {
        const expected = Math.min(seconds * 1_000, DAY);
        expect(retryAfterOf(` ${seconds} `, NOW)).toBe(expected);
        expect(retryAfterOf(new Date(NOW + seconds * 1_000).toUTCString(), NOW)).toBe(expected);
      }),
    );
  });

  test('whatever it says, is nothing or a wait of up to a day', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.bigInt({ min: 0n }).map(String)), fc.integer(), (header, now) => {
        const ms = retryAfterOf(header, now);
        if (ms !== undefined) expect(ms > 0 && ms <= DAY).toBe(true);
      }),
    );
  });
});

describe('F6 a key', () => {
  test('is a quoted string of printable characters', () => {
    expect(quoted('0190-ab#0')).toBe('"0190-ab#0"');
    expect(quoted('a "b" \\ ü')).toBe('"a \\"b\\" \\\\ %C3%BC"');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(quoted(key)).toMatch(/^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/);
      }),
    );
  });

  test('goes with what changes something, under a name of one’s choice or not at all', () => {
    const url = 'https://a.test/';
    expect(keyHeaderOf({ url, body: { json: 1 } })).toBe('Idempotency-Key');
    expect(keyHeaderOf({ url, method: 'DELETE' })).toBe('Idempotency-Key');
    expect(keyHeaderOf({ url })).toBeUndefined();
    expect(keyHeaderOf({ url, idempotencyHeader: 'X-Key' })).toBe('X-Key');
    expect(keyHeaderOf({ url, method: 'POST', idempotencyHeader: false })).toBeUndefined();
    expect([redirectOf({ url }), redirectOf({ url, method: 'POST' })]).toEqual(['same-origin', 'error']);
  });
});

describe('F6 a payload', () => {
  test('is that of a type with a name of its own, or the usual one', () => {
    expect([httpRequest.type, defineOutbox({ type: 'shop.order' }).type]).toEqual([HTTP_REQUEST, 'shop.order']);
  });

  const outbox = defineOutbox({ credentials: { shop: () => undefined } });
  const check = async (payload: unknown, definition = outbox) => {
    const result = await definition.payload?.['~standard'].validate(payload);
    const issue = result?.issues?.[0];
    return issue === undefined
      ? 'fine'
      : (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part)).join('.');
  };
  const url = 'https://a.test/orders';
  const file = { $type: 'file', id: 'f', name: 'f', type: '', size: 1, lastModified: 0 };

  test.each<[Partial<Record<keyof HttpRequestInput, unknown>>]>([
    [{}],
    [{ method: 'patch', body: { json: null } }],
    [{ body: { text: '' }, headers: { 'X-One': '1', 'content-type': 'text/csv' }, expect: [201, '3xx'] }],
    [{ body: { file }, expectType: ['image/*', 'application/json'], response: 'artifact', maxResponseBytes: 2 ** 32 }],
    [{ body: { form: { fields: { a: 'b' }, files: { one: file, many: [file, file] } } }, credentials: 'shop' }],
  ])('may be %j', async (rest) => {
    expect(await check({ url, ...rest })).toBe('fine');
  });

  test.each([
    ['url', { url: '/orders' }],
    ['url', { url: 'ftp://a.test' }],
    ['url', { url: 'https://me:secret@a.test' }],
    ['method', { method: 'TRACE' }],
    ['method', { method: 'GET IT' }],
    ['headers', { headers: { 'two words': '1' } }],
    ['headers', { headers: { a: 'b\r\nc: d' } }],
    ['headers', { headers: { cookie: 'a=b' } }],
    ['headers', { headers: { 'Sec-Fetch-Mode': 'cors' } }],
    ['body', { method: 'get', body: { text: '' } }],
    ['body', { body: { json: 1, text: '1' } }],
    ['body.json', { body: { json: () => 1 } }],
    ['body.json', { body: { json: undefined } }],
    ['body', { body: { file: { id: 'f' } } }],
    ['expect.0', { expect: [99] }],
    ['expectType', { expectType: 'json' }],
    ['credentials', { credentials: 'mail' }],
    ['idempotencyHeader', { idempotencyHeader: 'Host' }],
    ['maxResponseBytes', { maxResponseBytes: 2 ** 32 }],
    ['timeoutMs', { timeoutMs: 5 }],
  ])('is refused at %s: %j', async (field, rest) => {
    expect(await check({ url, ...rest })).toBe(field);
  });

  test('names a credential only where there are some', async () => {
    expect(await check({ url, credentials: 'shop' }, httpRequest)).toBe('credentials');
  });
});
