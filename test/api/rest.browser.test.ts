// F1 The routes of one task, well asked and badly, over a real runner.

import { afterEach, describe, expect, test } from 'vitest';
import { closeRunners, heard, newRunner, say } from '../support/runner.ts';
import { asking, refused } from './ask.ts';
import { ended, idOf, made, newAsk, TASKS } from './play.ts';

afterEach(closeRunners);

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('F1 a task', () => {
  test('A1 A5 is made, read, changed, listed and removed', async () => {
    const ask = await newAsk();
    const all = {
      id: 'mine',
      type: 'nobody.knows',
      payload: { a: [1, null, 'x'] },
      name: '<b>name</b>',
      description: 'words',
      tags: ['t'],
      priority: 'high',
      workspaceId: 'w',
      schedule: { at: '2999-01-01T00:00:00Z', startDeadlineMs: 5_000 },
      constraints: { network: 'online', whenUnknown: 'wait' },
      retry: { maxRetries: 2 },
      timeoutMs: 1_000,
      deadline: '2999-02-01T00:00:00+01:00',
      unique: { key: 'k', policy: 'keep' },
      concurrencyKey: 'c',
      onComplete: { type: 'after', payload: 1 },
    };
    const created = await ask('POST', TASKS, all);
    expect(created.status).toBe(201);
    const { id: _id, ...said } = all;
    expect(created.body.task).toMatchObject({
      ...said,
      id: 'mine',
      priority: 10,
      schedule: { at: '2999-01-01T00:00:00.000Z', startDeadlineMs: 5_000 },
      deadline: '2999-01-31T23:00:00.000Z',
      retry: { maxRetries: 2, initialBackoffMs: 1_000 },
      status: 'pending',
      creator: 'local',
      result: null,
      error: null,
      artifacts: [],
      updatedAt: null,
      scheduledAt: '2999-01-01T00:00:00.000Z',
      createdAt: expect.stringMatching(ISO) as string,
    });
    const again = await ask('POST', TASKS, all);
    expect([again.status, idOf(again.body)]).toEqual([200, 'mine']);
    expect((await ask('GET', `${TASKS}/mine`)).body).toEqual(again.body);
    const changed = await ask('PATCH', `${TASKS}/mine`, { name: 'n', schedule: null, workspaceId: 'v', payload: 2 });
    expect(changed.body.task).toMatchObject({ name: 'n', schedule: null, workspaceId: 'v', payload: 2 });
    refused(await ask('PATCH', `${TASKS}/mine`, { creator: 'me' }), 422, 'invalid_request', { field: 'creator' });
    refused(await ask('PATCH', `${TASKS}/mine`, { name: null }), 422, 'invalid_request', { field: 'name' });
    expect((await ask('GET', `${TASKS}?workspaceId=v&tag=t`)).body).toMatchObject({
      total: 1,
      tasks: [{ id: 'mine' }],
    });
    const gone = await ask('DELETE', `${TASKS}/mine`);
    expect([gone.status, gone.body]).toEqual([200, { deleted: true, id: 'mine' }]);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/cancel'],
      ['POST', '/retry'],
      ['POST', '/run-now'],
      ['POST', '/restart'],
      ['POST', '/rerun'],
      ['GET', '/detail'],
      ['GET', '/log'],
      ['GET', '/wait'],
      ['GET', '/explain'],
      ['GET', '/artifacts'],
    ] as const)
      refused(await ask(method, `${TASKS}/mine${path}`, method === 'GET' ? undefined : {}), 404, 'not_found');
  });

  test('A9 B9 ends, with a result that says so, or an error that does', async () => {
    const ask = await newAsk();
    const id = await made(ask, 'test.behave', { payload: { mode: 'echo', value: 'v' } });
    const task = await ended(ask, id);
    expect(task).toMatchObject({ status: 'completed', progress: { percent: 100 }, waitingFor: [] });
    expect(task.result).toEqual({
      success: true,
      data: 'v',
      error: null,
      executedAt: task.finishedAt,
      durationMs: expect.any(Number) as number,
    });
    refused(await ask('PATCH', `${TASKS}/${id}`, { name: 'n' }), 409, 'not_pending');
    refused(await ask('POST', `${TASKS}/${id}/cancel`, { reason: 'r' }), 409, 'already_finished');
    refused(await ask('POST', `${TASKS}/${id}/retry`), 409, 'not_retryable');
    refused(await ask('POST', `${TASKS}/${id}/run-now`), 409, 'not_waiting');
    refused(await ask('POST', `${TASKS}/${id}/decide`, { decision: 'completed' }), 409, 'not_waiting');
    const failing = await made(ask, 'test.behave', { payload: { mode: 'fatal' } });
    const failed = await ended(ask, failing);
    const error = { code: 'hopeless', message: 'never again', retryable: false };
    expect(failed).toMatchObject({ status: 'failed', error, result: { success: false, data: null, error } });
    const retried = await ask('POST', `${TASKS}/${failing}/retry`);
    expect(retried.body).toMatchObject({ task: { runCount: 2 }, runId: `${failing}#1` });
  });

  test('A9 waits no longer than it is told to', async () => {
    const ask = await newAsk();
    const id = await made(ask, 'nobody.knows');
    expect((await ask('GET', `${TASKS}/${id}/wait?timeoutSecs=0`)).body).toMatchObject({
      finished: false,
      task: { status: 'pending', waitingFor: ['handler'] },
    });
    for (const secs of ['31', '-1', 'x', '', '1e1'])
      refused(await ask('GET', `${TASKS}/${id}/wait?timeoutSecs=${secs}`), 422, 'invalid_request', {
        field: 'timeoutSecs',
      });
  });

  test('A12 many are made at once, all or none', async () => {
    const ask = await newAsk();
    const two = await ask('POST', `${TASKS}/bulk`, {
      tasks: [
        { type: 'x.a', id: 'a' },
        { type: 'x.b', dependsOn: ['a'] },
      ],
    });
    expect(two.status).toBe(201);
    expect(two.body.tasks).toMatchObject([{ id: 'a' }, { dependsOn: { tasks: ['a'], onFailure: 'cancel' } }]);
    const bad = await ask('POST', `${TASKS}/bulk`, { tasks: [{ type: 'x.c' }, { type: 'x.d', nonsense: 1 }] });
    refused(bad, 422, 'invalid_request', { field: 'tasks.1.nonsense' });
    refused(await ask('POST', `${TASKS}/bulk`, { tasks: [] }), 422, 'invalid_request', { field: 'tasks' });
    expect((await ask('GET', TASKS)).body).toMatchObject({ total: 2 });
  });

  test('A1 the next is processed at once', async () => {
    const ask = await newAsk();
    expect((await ask('POST', `${TASKS}/process`)).body).toEqual({ processed: 0 });
    for (const word of ['one', 'two']) {
      const waiting = heard(`waiting:${word}`);
      await made(ask, 'test.hold', { payload: { word } });
      await waiting;
    }
    const next = await made(ask, 'test.noop');
    expect((await ask('POST', `${TASKS}/process`)).body).toMatchObject({ processed: 1, task: { id: next } });
    expect(await ended(ask, next)).toMatchObject({ status: 'completed' });
    for (const word of ['one', 'two']) say(word);
  });

  test('whose values JSON cannot carry goes there and back', async () => {
    const ask = await newAsk();
    const value = {
      date: { $type: 'date', value: '2020-01-02T03:04:05.678Z' },
      map: { $type: 'map', entries: [['k', { $type: 'set', values: [1, 'two'] }]] },
      bigint: { $type: 'bigint', value: '-123456789012345678901234567890' },
      bytes: { $type: 'bytes', base64: 'AAEC/w==' },
    };
    const id = await made(ask, 'test.behave', { payload: { mode: 'echo', value } });
    const task = await ended(ask, id);
    expect([task.payload, (task.result as { data: unknown }).data]).toEqual([{ mode: 'echo', value }, value]);
    for (const bad of [
      { $type: 'date', value: 'soon' },
      { $type: 'nonsense' },
      JSON.parse('{"__proto__": 1}') as object,
    ])
      refused(await ask('POST', TASKS, { type: 'x', payload: { deep: [bad] } }), 422, 'invalid_request', {
        field: 'payload',
      });
    refused(await ask('POST', TASKS, '{"type": "x", "__proto__": {"polluted": 1}}'), 422, 'invalid_request');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('F1 files', () => {
  test('B8 come with a payload, and are downloaded as nothing but files', async () => {
    const runner = await newRunner();
    const ask = asking(runner);
    const text = { $type: 'file', name: 'ü "quoted"\r\n.html', type: 'text/html', base64: btoa('<script>') };
    const id = await made(ask, 'test.files', { payload: { text } });
    const task = await ended(ask, id);
    expect(task).toMatchObject({ status: 'completed', artifacts: [{ name: 'loud.txt', size: 8 }] });
    expect(task.payload).toMatchObject({ text: { $type: 'file', name: text.name, size: 8 } });
    const list = await ask('GET', `${TASKS}/${id}/artifacts`);
    expect(list.body.artifacts).toEqual(task.artifacts);
    const { createApi } = await import('../../src/api/index.ts');
    const { payload } = task as { payload: { text: { id: string } } };
    const file = await createApi(runner).fetch(new Request(`https://errand.test/api/v1/artifacts/${payload.text.id}`));
    expect([file.status, await file.text()]).toEqual([200, '<script>']);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': `attachment; filename="_ _quoted___.html"; filename*=UTF-8''%C3%BC%20%22quoted%22%0D%0A.html`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
    refused(await ask('GET', '/api/v1/artifacts/nothing'), 404, 'not_found');
    const other = asking(runner.as({ user: 'ben', role: 'operator' }));
    refused(await other('GET', `/api/v1/artifacts/${payload.text.id}`), 404, 'not_found');
  });
});

describe('F1 runs and steps', () => {
  test('C1 C3 C4 C5 C6 a step is retried, a task restarted and rerun, in the name of somebody', async () => {
    const ask = await newAsk();
    const id = await made(ask, 'test.runs', { payload: { failing: 1 } });
    expect(await ended(ask, id)).toMatchObject({ status: 'failed' });
    refused(await ask('POST', `${TASKS}/${id}/retry-step`, { stepName: 'a' }), 404, 'step_not_found');
    refused(await ask('POST', `${TASKS}/${id}/retry-step`, {}), 422, 'invalid_request', { field: 'stepName' });
    const first = await ask('GET', `${TASKS}/${id}/detail`);
    const step = { stepId: `${id}#0/b`, name: 'b', kind: 'step', status: 'failed', retryAttempt: 1, retryable: true };
    expect((first.body.steps as unknown[])[1]).toMatchObject({
      ...step,
      result: null,
      lastError: { message: 'not yet' },
      attempts: [{ attemptNumber: 1, status: 'failed', error: { message: 'not yet' } }],
    });
    const stepped = await ask('POST', `${TASKS}/${id}/retry-step`, { stepName: 'b', triggeredBy: 'ana' });
    expect(stepped.body).toMatchObject({ task: { id }, runId: `${id}#1` });
    expect((await ended(ask, id)).result).toMatchObject({ data: 'a0 b1 c1' });
    await ask('POST', `${TASKS}/${id}/restart`, { payload: { word: 'new' }, triggeredBy: 'ben' });
    expect((await ended(ask, id)).result).toMatchObject({ data: 'new a2 b2 c2' });
    const rerun = { rerunSteps: ['b'], preserveSteps: ['c'], triggeredBy: 'cleo' };
    expect((await ask('POST', `${TASKS}/${id}/rerun`, rerun)).body).toMatchObject({
      runId: `${id}#3`,
      runIndex: 3,
      effectiveRerun: ['b'],
      potentiallyStale: ['c'],
    });
    expect((await ended(ask, id)).result).toMatchObject({ data: 'new a2 b3 c2' });
    const { runs } = (await ask('GET', `${TASKS}/${id}/detail`)).body as unknown as { runs: Record<string, unknown>[] };
    expect(
      runs.map((run) => [run.runIndex, run.trigger, run.triggeredBy, run.status, run.payload, run.result]),
    ).toEqual([
      [0, 'initial', 'local', 'failed', { failing: 1 }, null],
      [1, 'retry', 'ana', 'completed', { failing: 1 }, 'a0 b1 c1'],
      [2, 'restart', 'ben', 'completed', { word: 'new' }, 'new a2 b2 c2'],
      [3, 'rerun', 'cleo', 'completed', { word: 'new' }, 'new a2 b3 c2'],
    ]);
    refused(await ask('POST', `${TASKS}/${id}/rerun`, { rerunSteps: 'b' }), 422, 'invalid_request', {
      field: 'rerunSteps',
    });
  });

  test('B3 C8 the log has lines and events, in order, and pages', async () => {
    const ask = await newAsk();
    const id = await made(ask, 'test.steps', { payload: {} });
    await ended(ask, id);
    const whole = (await ask('GET', `${TASKS}/${id}/log?limit=1000`)).body as unknown as {
      entries: { kind: string; at: string; message: string }[];
      total: number;
    };
    expect(whole.entries.length).toBe(whole.total);
    expect(whole.entries.filter(({ kind }) => kind === 'log').map(({ message }) => message)).toEqual([
      'made a',
      'made b',
      'made c',
    ]);
    expect(whole.entries[0]).toMatchObject({ kind: 'event', what: 'created', by: 'local' });
    const times = whole.entries.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    const pages: unknown[] = [];
    for (let offset = 0; offset < whole.total; offset += 2) {
      const { body } = await ask('GET', `${TASKS}/${id}/log?limit=2&offset=${offset}`);
      pages.push(...(body.entries as unknown[]));
    }
    expect(pages).toEqual(whole.entries);
    refused(await ask('GET', `${TASKS}/${id}/log?limit=0`), 422, 'invalid_pagination', { field: 'limit' });
  });

  test('B13 what must not run twice is decided', async () => {
    const ask = await newAsk();
    const waiting = heard('waiting:never');
    const id = await made(ask, 'test.once', { payload: { word: 'never' } });
    await waiting;
    refused(await ask('POST', `${TASKS}/${id}/decide`, { decision: 'perhaps' }), 422, 'invalid_request', {
      field: 'decision',
    });
    refused(await ask('POST', `${TASKS}/${id}/decide`, { decision: 'failed' }), 409, 'not_waiting');
    const cancelled = await ask('POST', `${TASKS}/${id}/cancel`, { reason: '<i>why</i>' });
    expect(cancelled.body.task).toMatchObject({ status: 'cancelled', error: { message: '<i>why</i>' }, result: null });
  });

  test('D2 D7 a task explains why it waits, and is run now', async () => {
    const ask = await newAsk();
    const id = await made(ask, 'test.noop', { schedule: { at: '2999-01-01T00:00:00Z' } });
    expect((await ask('GET', `${TASKS}/${id}/explain`)).body).toEqual({
      status: 'pending',
      waitingFor: [
        {
          kind: 'time',
          since: expect.stringMatching(ISO) as string,
          until: '2999-01-01T00:00:00.000Z',
          wakes: 'its time comes',
          message: 'It is scheduled for later.',
        },
      ],
    });
    expect((await ask('POST', `${TASKS}/${id}/run-now`)).body).toMatchObject({ task: { id } });
    expect(await ended(ask, id)).toMatchObject({ status: 'completed' });
  });
});
