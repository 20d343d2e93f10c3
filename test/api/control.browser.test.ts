// F1 The routes that concern all tasks, well asked and badly, over a real runner.

import { afterEach, describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/index.ts';
import { closeRunners, newRunner } from '../support/runner.ts';
import { asking, refused } from './ask.ts';
import { ended, made, newAsk, TASKS } from './play.ts';

afterEach(closeRunners);

describe('F1 lists', () => {
  test('A3 A4 are paged, and say what is wrong with a page to the letter', async () => {
    const ask = await newAsk();
    const tasks = ['a', 'b', 'c', 'd', 'e'].map((id, i) => ({ id, type: 'nobody.knows', priority: i % 2 }));
    await ask('POST', `${TASKS}/bulk`, { tasks });
    const ids = async (query: string) => {
      const { body } = await ask('GET', `${TASKS}?${query}`);
      return (body.tasks as { id: string }[]).map(({ id }) => id).join('');
    };
    expect(await ids('')).toBe('bdace');
    expect(await ids('limit=2&offset=1')).toBe('da');
    expect(await ids('offset=10')).toBe('');
    expect(await ids('sortBy=createdAt&sortOrder=desc&limit=1')).toMatch(/^[a-e]$/);
    expect(await ids('status=completed')).toBe('');
    expect(await ids('status=completed,pending')).toBe('bdace');
    expect(await ids('status=completed&status=pending')).toBe('bdace');
    const first = await ask('GET', `${TASKS}?limit=3`);
    expect(first.body).toMatchObject({ limit: 3, offset: 0, total: 5 });
    expect(await ids(`limit=3&cursor=${encodeURIComponent(String(first.body.nextCursor))}`)).toBe('ce');
    for (const limit of ['0', '1001', '-1', 'x', '', '1.5']) {
      const bad = await ask('GET', `${TASKS}?limit=${limit}`);
      refused(bad, 422, 'invalid_pagination', { field: 'limit' });
      expect(bad.body.message).toBe('limit must be between 1 and 1000');
    }
    for (const offset of ['-1', 'x', '1.5']) {
      const bad = await ask('GET', `${TASKS}?offset=${offset}`);
      refused(bad, 422, 'invalid_pagination', { field: 'offset' });
      expect(bad.body.message).toBe('offset must be a non-negative integer');
    }
    refused(await ask('GET', `${TASKS}?status=lost`), 422, 'invalid_request', { field: 'status' });
    refused(await ask('GET', `${TASKS}?colour=red`), 422, 'invalid_request', { field: 'colour' });
    refused(await ask('GET', `${TASKS}?from=yesterday`), 422, 'invalid_request', { field: 'from' });
    refused(await ask('GET', `${TASKS}?type=a&type=b`), 422, 'invalid_request', { field: 'type' });
  });

  test('A8 A10 stats, types and recent tasks', async () => {
    const ask = await newAsk();
    await made(ask, '__proto__', { id: 'odd' });
    const stats = await ask('GET', '/api/v1/stats');
    expect(JSON.stringify(stats.body)).toContain('"__proto__":{"pending":1,');
    expect((await ask('GET', '/api/v1/me/tasks')).body).toMatchObject([{ id: 'odd' }]);
    expect((await ask('GET', '/api/v1/types')).body.types).toContainEqual({
      type: 'test.once',
      version: 1,
      effects: 'once',
      runsIn: ['worker'],
    });
  });
});

describe('F1 control', () => {
  test('D6 tasks are paused, the rules listed and lifted', async () => {
    const ask = await newAsk();
    const paused = await ask('POST', '/api/v1/pauses', { type: 'test.noop', triggeredBy: 'ana' });
    expect([paused.status, paused.body.rule]).toMatchObject([
      201,
      { type: 'test.noop', taskId: null, stepPattern: null, expiresAt: null, createdBy: 'ana', deletedAt: null },
    ]);
    const id = await made(ask, 'test.noop');
    expect((await ask('GET', `${TASKS}/${id}`)).body).toMatchObject({ task: { waitingFor: ['pause'] } });
    const { ruleId } = paused.body.rule as { ruleId: string };
    expect((await ask('DELETE', `/api/v1/pauses/${ruleId}`)).body).toEqual({ rulesDeleted: 1 });
    expect((await ask('DELETE', `/api/v1/pauses/${ruleId}`)).body).toEqual({ rulesDeleted: 0 });
    refused(await ask('DELETE', '/api/v1/pauses/none'), 404, 'not_found');
    expect((await ask('GET', '/api/v1/pauses')).body).toEqual({ rules: [] });
    expect((await ask('GET', '/api/v1/pauses?deleted=true')).body).toMatchObject({ rules: [{ ruleId }] });
    await ask('POST', '/api/v1/pauses', {});
    await ask('POST', '/api/v1/pauses', { stepPattern: 'a*', expiresAt: '2999-01-01T00:00:00Z' });
    expect((await ask('POST', '/api/v1/resume', {})).body).toEqual({ rulesDeleted: 1 });
    expect((await ask('POST', '/api/v1/resume', { stepPattern: 'a*' })).body).toEqual({ rulesDeleted: 1 });
    refused(await ask('POST', '/api/v1/pauses', { expiresAt: '2000-01-01T00:00:00Z' }), 422, 'invalid_request', {
      field: 'expiresAt',
    });
    refused(await ask('POST', '/api/v1/pauses', { typ: 'x' }), 422, 'invalid_request', { field: 'typ' });
    expect(await ended(ask, id)).toMatchObject({ status: 'completed' });
  });

  test('C7 an event is sent, and says how many it reached', async () => {
    const ask = await newAsk();
    const schedule = { on: { event: 'go/there' }, count: 1 };
    const id = await made(ask, 'test.noop', { schedule });
    expect((await ask('POST', '/api/v1/events/nothing')).body).toEqual({ delivered: 0 });
    const sent = await ask('POST', '/api/v1/events/go%2Fthere', { payload: { $type: 'bigint', value: '1' } });
    expect([sent.status, sent.body]).toEqual([202, { delivered: 1 }]);
    expect(await ended(ask, id)).toMatchObject({ status: 'completed' });
    refused(await ask('POST', '/api/v1/events/go', { to: 'x' }), 422, 'invalid_request', { field: 'to' });
  });

  test('B1 settings are read and changed', async () => {
    const ask = await newAsk();
    const rest = { retentionDays: null, retentionCount: null, signals: {}, notifications: false };
    const settings = { maxConcurrent: expect.any(Number) as number, ...rest };
    expect((await ask('GET', '/api/v1/settings')).body).toEqual({ settings });
    const change = { maxConcurrent: 3, retentionDays: 7, signals: { unmetered: false } };
    expect((await ask('PATCH', '/api/v1/settings', change)).body).toEqual({ settings: { ...settings, ...change } });
    refused(await ask('PATCH', '/api/v1/settings', { maxConcurrent: 0 }), 422, 'invalid_request', {
      field: 'maxConcurrent',
    });
    refused(await ask('PATCH', '/api/v1/settings', { colour: 1 }), 422, 'invalid_request', { field: 'colour' });
  });

  test('A12 many are changed at once, counted first', async () => {
    const ask = await newAsk();
    const tasks = ['a', 'b', 'c'].map((id) => ({ id, type: 'nobody.knows', tags: id === 'c' ? ['keep'] : ['go'] }));
    await ask('POST', `${TASKS}/bulk`, { tasks });
    const bulk = async (action: string, body: object, query = '') =>
      (await ask('POST', `/api/v1/bulk/${action}${query}`, body)).body;
    expect(await bulk('cancel', { tag: 'go', dryRun: true })).toEqual({ matched: 2, changed: 0 });
    expect(await bulk('priority', { priority: 'low' }, '?tag=go')).toEqual({ matched: 2, changed: 2 });
    expect(await bulk('cancel', { tag: 'go' })).toEqual({ matched: 2, changed: 2 });
    expect(await bulk('retry', { status: ['cancelled', 'failed'] })).toEqual({ matched: 2, changed: 2 });
    expect(await bulk('delete', { tag: 'go', status: 'pending' })).toEqual({ matched: 2, changed: 2 });
    refused(await ask('POST', '/api/v1/bulk/delete', { tga: 'keep' }), 422, 'invalid_request', { field: 'tga' });
    refused(await ask('POST', '/api/v1/bulk/priority', { tag: 'keep' }), 422, 'invalid_request', { field: 'priority' });
    expect((await ask('GET', TASKS)).body).toMatchObject({ total: 1, tasks: [{ id: 'c', priority: 0 }] });
  });
});

describe('F1 F3 who asks', () => {
  test('sees nothing of others, and is told what is missing', async () => {
    const runner = await newRunner();
    const [admin, ben] = [asking(runner), asking(runner.as({ user: 'ben', role: 'viewer' }))];
    const id = await made(admin, 'nobody.knows');
    for (const path of ['', '/detail', '/log', '/explain', '/wait?timeoutSecs=0', '/artifacts'])
      refused(await ben('GET', `${TASKS}/${id}${path}`), 404, 'not_found');
    expect((await ben('GET', TASKS)).body).toMatchObject({ total: 0 });
    refused(await ben('POST', TASKS, { type: 'x' }), 403, 'forbidden', { permission: 'task:create' });
    refused(await ben('POST', '/api/v1/pauses', {}), 403, 'forbidden', { permission: 'admin' });
    refused(await ben('PATCH', '/api/v1/settings', {}), 403, 'forbidden', { permission: 'settings:update' });
    refused(await ben('POST', '/api/v1/bulk/delete', {}), 403, 'forbidden', { permission: 'task:delete' });
    const operator = asking(runner.as({ user: 'cleo', role: 'operator' }));
    refused(await operator('POST', TASKS, { type: 'x', id }), 404, 'not_found');
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/cancel'],
      ['POST', '/retry'],
      ['PATCH', ''],
    ] as const)
      refused(await operator(method, `${TASKS}/${id}${path}`, method === 'DELETE' ? undefined : {}), 404, 'not_found');
    expect((await admin('GET', `${TASKS}/${id}`)).body).toMatchObject({ task: { status: 'pending', version: 1 } });
  });
});

test('F1 A14 everything goes out, and in again, paused', async () => {
  const [from, into] = [await newRunner(), await newRunner()];
  await made(asking(from), 'nobody.knows', { id: 'mine' });
  const zip = await createApi(from).fetch(new Request('https://errand.test/api/v1/export'));
  expect([zip.status, zip.headers.get('content-type')]).toEqual([200, 'application/zip']);
  expect(zip.headers.get('content-disposition')).toContain('attachment; filename="errand.zip"');
  const body = await zip.blob();
  const ask = asking(into);
  const taken = await ask('POST', '/api/v1/import', undefined, { body });
  expect([taken.status, taken.body]).toMatchObject([200, { imported: 1, skipped: 0, renamed: 0, files: 0 }]);
  expect((await ask('GET', `${TASKS}/mine`)).body).toMatchObject({ task: { status: 'pending' } });
  const again = await ask('POST', '/api/v1/import', undefined, { body });
  expect(again.body).toMatchObject({ imported: 0, skipped: 1 });
  refused(
    await ask('POST', '/api/v1/import', 'no zip', { headers: { 'content-type': 'application/zip' } }),
    422,
    'invalid_import',
  );
  refused(await ask('POST', '/api/v1/import', '{}'), 415, 'unsupported_media_type');
  refused(await ask('POST', '/api/v1/import?conflicts=x', undefined, { body }), 422, 'invalid_request', {
    field: 'conflicts',
  });
  const ben = asking(into.as({ user: 'ben', role: 'operator' }));
  refused(await ben('GET', '/api/v1/export'), 403, 'forbidden', { permission: 'admin' });
  refused(await ben('POST', '/api/v1/import', undefined, { body }), 403, 'forbidden', { permission: 'admin' });
});

test('F1 the page to try it has its style and its script', async () => {
  const api = createApi(await newRunner());
  const get = async (path: string) => (await api.fetch(new Request(`https://errand.test${path}`))).text();
  expect(await get('/api/docs.css')).toContain('color-scheme');
  expect(await get('/api/docs.js')).toContain("addEventListener('submit'");
});
