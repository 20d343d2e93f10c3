// F1 What the router itself answers, before any task comes into it; and the document. A runner that must not be asked.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/index.ts';
import { toJsonSchema } from '../../src/task/json-schema.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import type { Runner } from '../../src/index.ts';
import { ErrandError } from '../../src/task/index.ts';
import { asking, refused } from './ask.ts';

/** Answers as told, and throws where it was told nothing. */
function double(answers: Partial<Record<keyof Runner, unknown>> = {}): Runner {
  return new Proxy({} as Runner, {
    get: (_, name) => {
      if (name === 'then') return undefined;
      return (answers as Record<string, unknown>)[String(name)] ?? (() => Promise.reject(new Error('secret')));
    },
  });
}

const ask = asking(double());
const api = createApi(double());
const get = (path: string, init?: RequestInit) => api.fetch(new Request(`https://errand.test${path}`, init));
const allowed = async (method: string, path: string) => (await ask(method, path)).headers.get('allow');

/** One that knows of a single task, of a type called after whoever asks. */
function inTheNameOf(user: string, stats?: () => unknown): Runner {
  const own = () => Promise.resolve({ total: 0, byType: { [user]: { pending: 1 } } });
  return double({ stats: stats ?? own, principal: { user, role: 'admin' } });
}

describe('F3 a runner that is asked for each time', () => {
  const typesOf = async (response: Response) => Object.keys(((await response.json()) as { byType: object }).byType);

  test('answers in the name of whoever is set by then, though the last one is read from meanwhile', async () => {
    const asked = [inTheNameOf('ana'), inTheNameOf('ben'), inTheNameOf('ben')];
    const fresh = createApi(() => Promise.resolve(asked.shift() ?? double()));
    const types = async () => typesOf(await fresh.fetch(new Request('https://errand.test/api/v1/stats')));
    expect([await types(), await types(), await types()]).toEqual([['ana'], ['ben'], ['ben']]);
  });

  test('answers where the last one is closed', async () => {
    const closed = () => Promise.reject(new ErrandError('closed'));
    const asked = [inTheNameOf('ana', closed), inTheNameOf('ana')];
    const fresh = createApi(() => Promise.resolve(asked.shift() ?? double()));
    const status = async () => (await fresh.fetch(new Request('https://errand.test/api/v1/stats'))).status;
    expect([await status(), await status()]).toEqual([503, 200]);
  });
});

describe('F1 the router', () => {
  test.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v1/tasks/a/b',
    '/api/v1/tasks//cancel',
    '/',
    '/API/V1/tasks',
  ])('has nothing at %s', async (path) => refused(await ask('GET', path), 404, 'not_found'));

  test('tells which methods an address takes', async () => {
    refused(await ask('PUT', '/api/v1/tasks'), 405, 'method_not_allowed');
    expect(await allowed('PUT', '/api/v1/tasks')).toBe('GET, POST, HEAD, OPTIONS');
    expect(await allowed('DELETE', '/api/v1/tasks/x/cancel')).toBe('POST, OPTIONS');
    expect(await allowed('POST', '/api/v1/tasks/x')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS');
    expect(await allowed('PUT', '/api/v1/tasks/process')).toBe('POST, GET, PATCH, DELETE, HEAD, OPTIONS');
    const options = await get('/api/v1/tasks/x', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, PATCH, DELETE, HEAD, OPTIONS']);
    expect((await get('/api/nothing', { method: 'OPTIONS' })).status).toBe(404);
  });

  test('answers HEAD as GET, without a body', async () => {
    const head = await get('/api/v1/openapi.json', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'application/json', '']);
  });

  test.each(['{', 'undefined', '[1', '{"a":1}}', "{'a': 1}", '\u0000'])('refuses %j as JSON', async (body) => {
    refused(await ask('POST', '/api/v1/tasks', body), 400, 'invalid_json');
  });

  test('refuses what is no UTF-8, no object, or has no type', async () => {
    const bytes = await get('/api/v1/tasks', { method: 'POST', body: new Uint8Array([0x22, 0xff, 0x22]) });
    expect([bytes.status, await bytes.json()]).toMatchObject([400, { error: 'invalid_json' }]);
    for (const body of ['null', '[]', '"x"', '1'])
      refused(await ask('POST', '/api/v1/tasks', body), 422, 'invalid_request', { field: 'body' });
    for (const body of ['{}', '', '{"__proto__": {"type": "x"}}'])
      refused(await ask('POST', '/api/v1/tasks', body), 422, 'invalid_request');
    refused(
      await ask('POST', '/api/v1/tasks', `${'{"payload":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
      422,
      'invalid_request',
    );
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', 'image/png', 'x'])(
    'refuses a body of %s',
    async (type) => {
      const headers = { 'content-type': type };
      refused(await ask('POST', '/api/v1/tasks', '{}', { headers }), 415, 'unsupported_media_type');
    },
  );

  test('takes no more than so many bytes, whatever the headers say', async () => {
    const small = asking(double(), { maxBodyBytes: 100 });
    refused(await small('POST', '/api/v1/tasks', { type: 'x'.repeat(100) }), 413, 'payload_too_large', {
      mostBytes: 100,
    });
    const headers = { 'content-length': '101' };
    refused(await small('POST', '/api/v1/tasks', '{}', { headers }), 413, 'payload_too_large');
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array((pulled += 50)).fill(32)),
    });
    const streamed = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
    const response = await createApi(double(), { maxBodyBytes: 100 }).fetch(
      new Request('https://errand.test/api/v1/tasks', streamed),
    );
    expect([response.status, pulled < 1_000]).toEqual([413, true]);
  });

  test('refuses a page that another site sends', async () => {
    const request = new Request('https://errand.test/api/v1/tasks/process', { method: 'POST' });
    Object.defineProperty(request, 'mode', { value: 'navigate' });
    const response = await api.fetch(request);
    expect([response.status, await response.json()]).toMatchObject([403, { error: 'forbidden' }]);
  });

  test('says nothing of what nobody foresaw', async () => {
    const answer = await ask('GET', '/api/v1/stats');
    refused(answer, 500, 'internal');
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|\.ts|at /);
  });

  test.each([
    ['quota-exceeded', 507],
    ['database-unavailable', 503],
    ['engine-lost', 503],
    ['forbidden', 403],
    ['payload-too-large', 413],
    ['claim-lost', 500],
  ] as const)('answers %s with %i', async (code, status) => {
    const asked = asking(double({ stats: () => Promise.reject(new ErrandError(code)) }));
    refused(await asked('GET', '/api/v1/stats'), status, status === 500 ? 'internal' : code.replaceAll('-', '_'));
  });

  test('guards every answer, and opens none to other sites', async () => {
    for (const path of ['/api/v1/stats', '/api/v1/openapi.json', '/api/nothing', '/api/docs', '/api/docs.js']) {
      const { headers } = await get(path, { headers: { origin: 'https://evil.test' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  responses: Record<string, { description: string }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

describe('F1 the document', () => {
  test('has every route, each with a name, its parameters and its answers', async () => {
    const document = (await (await get('/api/v1/openapi.json')).json()) as Document;
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const listed = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(listed).toEqual(expect.arrayContaining(ROUTES.map(({ method, path }) => `${method} ${path}`)));
    expect(listed).toHaveLength(ROUTES.length + 4);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, parameters = [], responses } of operations) {
      const named = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(named);
      expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
      for (const { description } of Object.values(responses)) expect(description).not.toBe('');
    }
  });

  test('says what lists leave out', async () => {
    const document = await (await get('/api/v1/openapi.json')).text();
    expect(document).toContain('A payload or result of more than 2048 bytes is null here');
  });

  test('refers to nothing that is not there, and holds nothing that no schema may', async () => {
    const document = (await (await get('/api/v1/openapi.json')).json()) as Document;
    const text = JSON.stringify(document);
    const refs = new Set(Array.from(text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g), ([, name]) => name));
    expect([...refs].sort()).toEqual(Object.keys(document.components.schemas).sort());
    const types = new Set(Array.from(text.matchAll(/"type":"(\w+)"/g), ([, type]) => type));
    expect([...types].sort()).toEqual(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);
  });

  test.each([
    [v.string(), { type: 'string' }],
    [v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2)), { type: 'integer', minimum: 1, maximum: 2 }],
    [v.pipe(v.array(v.boolean()), v.minLength(1)), { type: 'array', items: { type: 'boolean' }, minItems: 1 }],
    [v.nullable(v.literal(true)), { anyOf: [{ const: true }, { type: 'null' }] }],
    [
      v.strictObject({ a: v.optional(v.picklist(['x'])), b: v.unknown() }),
      { type: 'object', properties: { a: { enum: ['x'] }, b: {} }, required: ['b'], additionalProperties: false },
    ],
  ] as [v.GenericSchema, object][])('is made of the schemas themselves', (schema, made) => {
    expect(toJsonSchema(schema, new Map())).toEqual(made);
  });

  test('is a page to read, and to try with no script but its own', async () => {
    const page = await get('/api/docs');
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|https?:\/\//);
    for (const { method, path } of ROUTES) expect(html).toContain(`data-method="${method}" data-path="${path}"`);
    expect((await get('/api/docs.js')).headers.get('content-type')).toContain('text/javascript');
  });
});
