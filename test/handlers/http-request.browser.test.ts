// F6: requests to a real server that is slow, drops, refuses and is stood in for: each is answered once, under one key.

import { afterEach, describe, expect, inject, test } from 'vitest';
import { createRunner, type EnqueueOptions, type Runner } from '../../src/index.ts';
import { httpRequest, type HttpAnswer, type HttpRequestInput } from '../../src/handlers/index.ts';
import type { Arrived } from '../support/moody-server.ts';

const SERVER = inject('moodyServer');
const SOON = { initialBackoffMs: 5, maxBackoffMs: 5 };
let runner: Runner;

const open = async () => {
  runner = await createRunner({
    worker: () => new Worker(new URL('./support/outbox.worker.ts', import.meta.url), { type: 'module' }),
    database: `test-${crypto.randomUUID()}`,
    maxConcurrent: 2,
  });
};

afterEach(async () => {
  tell(null);
  await runner.close();
});

function tell(token: string | null): void {
  const channel = new BroadcastChannel('test:outbox');
  channel.postMessage(token);
  channel.close();
}

function post(moods: string, rest: Partial<HttpRequestInput> = {}, options: EnqueueOptions = {}) {
  const box = crypto.randomUUID();
  const input = { url: `${SERVER}/${box}/${moods}`, body: { json: { order: 5 } }, ...rest };
  const seen = async () =>
    (await (await fetch(`${SERVER}/${box}`)).json()) as { arrived: Arrived[]; taken: Record<string, number> };
  return { handle: runner.enqueue(httpRequest, input, { retry: SOON, ...options }), seen };
}

/** Resolves when the task waits for that. */
async function waits(id: string, kind: string): Promise<void> {
  for await (const task of runner.changes(id)) {
    if (task.status === 'pending' && task.waitingFor.some((each) => each === kind)) return;
  }
  throw new Error('It has ended.');
}

describe('F6 a request', () => {
  test('is answered in the end, whatever comes before that, under one key; taken in and recorded once', async () => {
    await open();
    const moods = 'drop,lost,500,429,408,409,portal,page,503,half,slow';
    const { handle, seen } = post(moods, { expectType: 'application/json' });
    const answer = await (await handle).result();
    expect(answer).toMatchObject({ status: 200, text: '{"taken":true}', isCut: false, file: null });
    const { arrived, taken } = await seen();
    expect(arrived.map(({ mood }) => mood).join()).toBe(moods);
    expect([...new Set(arrived.map(({ key }) => key))]).toEqual([`"${answer.idempotencyKey}"`]);
    expect(new Set(arrived.map(({ body }) => body))).toEqual(new Set(['{"order":5}']));
    expect(Object.values(taken)).toEqual([1]);
    const { runs } = await runner.detail((await handle).id);
    expect(runs.map(({ status }) => status)).toEqual(['completed']);
  });

  test('among many, each arrives, and none is taken in twice', async () => {
    await open();
    const moods = ['ok', 'lost', 'drop,500', 'slow', '503,lost', 'half'];
    const posted = Array.from({ length: 24 }, (_, i) => post(moods[i % moods.length] ?? ''));
    const answers = await Promise.all(posted.map(async ({ handle }) => (await handle).result()));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const boxes = await Promise.all(posted.map(({ seen }) => seen()));
    for (const { arrived, taken } of boxes) {
      expect(new Set(arrived.map(({ key }) => key)).size).toBe(1);
      expect(Object.values(taken)).toEqual(arrived.at(-1)?.mood === 'half' ? [] : [1]);
    }
    expect(new Set(answers.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(24);
  });

  test.each(['400', '422', '404'])(
    'that the server will not take (%s) fails at once; a retry keeps its key, a restart does not',
    async (mood) => {
      await open();
      const { handle, seen } = post(`${mood},ok`);
      const { id } = await handle;
      await expect(runner.result(id)).rejects.toMatchObject({ code: `http-${mood}` });
      expect((await runner.log(id)).entries.at(-1)).toMatchObject({ level: 'warn', data: { text: `mood ${mood}` } });
      await runner.retry(id);
      await runner.result(id);
      const { arrived } = await seen();
      expect([arrived.length, new Set(arrived.map(({ key }) => key)).size]).toEqual([2, 1]);
      await runner.restart(id);
      await runner.result(id);
      expect(new Set((await seen()).arrived.map(({ key }) => key)).size).toBe(2);
    },
  );

  test('waits as long as Retry-After says, and not as its policy does', async () => {
    await open();
    const { handle } = post('429', {}, { retry: { initialBackoffMs: 600_000 } });
    const { id } = await handle;
    await waits(id, 'retry');
    const [wait] = (await runner.explain(id)).waitingFor;
    expect((wait?.until ?? 0) - (wait?.since ?? 0)).toBe(1_000);
    expect(await runner.result(id)).toMatchObject({ status: 200 });
  });

  test('that is never answered ends with its attempt’s time, and is sent again', async () => {
    await open();
    const { handle, seen } = post('never', {}, { timeoutMs: 300 });
    await (await handle).result();
    expect((await seen()).arrived.map(({ mood }) => mood)).toEqual(['never', 'ok']);
  });

  test('is sent by GET without a body or a key; a page elsewhere is no answer to it', async () => {
    await open();
    const { handle, seen } = post('portal', { body: undefined, response: 'discard' });
    expect(await (await handle).result()).toMatchObject({ status: 200, text: null, idempotencyKey: null });
    expect((await seen()).arrived).toMatchObject([
      { method: 'GET', key: null },
      { method: 'GET', key: null },
    ]);
  });
});

describe('F6 what is sent and kept', () => {
  test('files go as they are, or in a form', async () => {
    await open();
    const file = new File(['héllo'], 'a.txt', { type: 'text/plain' });
    const one = post('ok', { body: { file: file as never } });
    const two = post('ok', { body: { form: { fields: { a: '1' }, files: { f: [file as never] } } } });
    await Promise.all([one, two].map(async ({ handle }) => (await handle).result()));
    expect((await one.seen()).arrived[0]?.body).toBe('héllo');
    expect((await two.seen()).arrived[0]?.body).toMatch(/name="a"\r\n\r\n1\r\n[^]*name="f"; filename="a.txt"[^]*héllo/);
  });

  test('a long text is cut; an artifact is whole, or too large', async () => {
    await open();
    const stored: HttpAnswer = await (await post('large').handle).result();
    expect([stored.text?.length, stored.isCut]).toEqual([65_536, true]);
    const kept = await (await post('large', { response: 'artifact' }).handle).result();
    expect(await runner.openFile(kept.file ?? '')).toMatchObject({ size: 300_000 });
    const { id } = await post('large', { response: 'artifact', maxResponseBytes: 299_999 }).handle;
    await expect(runner.result(id)).rejects.toMatchObject({ code: 'response-too-large' });
  });
});

describe('F6 a sign-in', () => {
  test('is waited for at no cost, until somebody has signed in under that name', async () => {
    await open();
    const { handle, seen } = post('ok', { credentials: 'shop' });
    const { id } = await handle;
    await waits(id, 'sign-in');
    expect((await runner.explain(id)).waitingFor).toMatchObject([{ kind: 'sign-in', message: 'The server refused it. Sign in to “shop” to go on.' }]); // prettier-ignore
    expect((await seen()).arrived).toEqual([]);
    expect(await runner.signedIn('elsewhere')).toBe(0);
    tell('secret');
    expect(await runner.signedIn('shop')).toBe(1);
    await runner.result(id);
    const task = await runner.get(id);
    expect([task?.retryCount, JSON.stringify(task).includes('secret')]).toEqual([0, false]);
    expect((await seen()).arrived).toMatchObject([{ authorization: 'Bearer secret' }]);
  });

  test('is waited for where the server asks for one, by its origin where no name was given; run now is another try', async () => {
    await open();
    const { handle, seen } = post('401,403,ok');
    const { id } = await handle;
    await waits(id, 'sign-in');
    expect((await runner.explain(id)).waitingFor[0]?.wakes).toContain(SERVER);
    await runner.runNow(id);
    await expect.poll(async () => (await seen()).arrived.length).toBe(2);
    await waits(id, 'sign-in');
    expect(await runner.signedIn()).toBe(1);
    await runner.result(id);
    expect(new Set((await seen()).arrived.map(({ key }) => key)).size).toBe(1);
  });

  test('that was renewed under way is used at once', async () => {
    await open();
    const { handle, seen } = post('401,ok', { credentials: 'renewed' });
    await (await handle).result();
    const { arrived } = await seen();
    expect(arrived.map(({ authorization }) => authorization)).toEqual(['Bearer 0', 'Bearer 1']);
  });
});
