// The round trip in a real browser: real workers, real IndexedDB, real locks.

import { afterEach, describe, expect, test } from 'vitest';
import { closeRunners, heard, newRunner, say } from '../support/runner.ts';

afterEach(closeRunners);

describe('a task', () => {
  test('A1 runs in a worker and keeps its result', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.behave', { mode: 'echo', value: { a: [1, new Date(0)] } });
    expect(await task.result()).toEqual({ a: [1, new Date(0)] });
    expect(await task.get()).toMatchObject({
      status: 'completed',
      attempt: 1,
      runCount: 1,
      priority: 0,
      creator: 'local',
    });
  });

  test('A7 of the same id is made once', async () => {
    const runner = await newRunner();
    const [first, second] = await Promise.all([
      runner.enqueue('test.behave', { mode: 'ok' }, { id: 'mine' }),
      runner.enqueue('test.behave', { mode: 'fail' }, { id: 'mine' }),
    ]);
    expect([first.created, second.created]).toEqual([true, false]);
    expect(await second.result()).toBe('done');
    expect((await runner.list()).total).toBe(1);
  });

  test('B7 is retried with backoff, then fails with its error', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.behave', { mode: 'fail' });
    await expect(task.result()).rejects.toThrow('attempt 2 failed');
    expect(await task.get()).toMatchObject({ status: 'failed', retryCount: 2, error: { code: 'handler-failed' } });
  });

  test('B7 an error can say "do not retry", with a code of its own', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.behave', { mode: 'fatal' });
    await expect(task.result()).rejects.toThrow('never again');
    expect(await task.get()).toMatchObject({
      status: 'failed',
      retryCount: 1,
      error: { code: 'hopeless', retryable: false },
    });
  });

  test('B7 an error can say when to retry', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.behave', { mode: 'later' });
    expect(await task.result()).toBe(2);
  });

  test('B4 cancelled while running is cancelled at once, and its slot goes on', async () => {
    const runner = await newRunner({ maxConcurrent: 1 });
    const running = heard('hanging');
    const task = await runner.enqueue('test.behave', { mode: 'hang' });
    await running;
    expect(await task.cancel('enough')).toMatchObject({ status: 'cancelled', error: { message: 'enough' } });
    expect(await (await runner.enqueue('test.behave', { mode: 'ok' })).result()).toBe('done');
  });

  test('B4 in an endless loop loses its worker after the grace period, and nobody else does', async () => {
    const runner = await newRunner({ maxConcurrent: 1 });
    const running = heard('spinning');
    const task = await runner.enqueue('test.behave', { mode: 'spin' });
    await running;
    await task.cancel();
    expect(await (await runner.enqueue('test.behave', { mode: 'ok' })).result()).toBe('done');
  });

  test('B5 that takes longer than its timeout fails with "timeout"', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.behave', { mode: 'spin' }, { timeoutMs: 50, retry: { maxRetries: 0 } });
    await expect(task.result()).rejects.toMatchObject({ code: 'timeout' });
  });

  test('B13 that kills its worker three times fails as worker-crashed, and its neighbours do not', async () => {
    const runner = await newRunner({ maxConcurrent: 2 });
    const bad = await runner.enqueue('test.behave', { mode: 'crash' });
    const good = await Promise.all(Array.from({ length: 20 }, () => runner.enqueue('test.behave', { mode: 'ok' })));
    await expect(bad.result()).rejects.toMatchObject({ code: 'worker-crashed' });
    for (const task of good) expect(await task.result()).toBe('done');
  });

  test('B9 whose result cannot be cloned fails with a clear error', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.behave', { mode: 'uncloneable' });
    await expect(task.result()).rejects.toMatchObject({ code: 'result-not-cloneable' });
  });

  test('that leaves a failing promise and timer behind disturbs nobody', async () => {
    const runner = await newRunner({ maxConcurrent: 1 });
    const waits = heard('waiting:go-stray');
    const stray = await runner.enqueue('test.behave', { mode: 'stray' });
    const held = await runner.enqueue('test.hold', { word: 'go-stray' });
    expect(await stray.result()).toBe('done');
    await waits;
    say('go-stray');
    expect(await held.result()).toBe(1);
  });

  test('B2 of an unknown type waits for its handler, and says so', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.unknown');
    expect(await task.get()).toMatchObject({ status: 'pending', waitingFor: ['handler'] });
  });
});

describe('steps', () => {
  test('C1 are recorded once: a retry goes on after the last', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.steps', { failAt: 'c', times: 2 });
    expect(await task.result()).toBe('a1 b1 c3');
    const { entries } = await runner.log(task.id);
    expect(entries.map((entry) => entry.message)).toEqual(['made a', 'made b', 'made c', 'made c', 'made c']);
    const { steps } = await runner.detail(task.id);
    expect(steps.map((step) => [step.name, step.status])).toEqual([
      ['a', 'completed'],
      ['b', 'completed'],
      ['c', 'completed'],
    ]);
  });

  test('a retry by hand keeps them', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.steps', { failAt: 'b', times: 1 }, { retry: { maxRetries: 0 } });
    await expect(task.result()).rejects.toThrow('b failed');
    await runner.retry(task.id);
    await expect(runner.result(task.id)).rejects.toThrow('b failed');
    expect((await runner.detail(task.id)).runs.map((run) => [run.index, run.trigger, run.status])).toEqual([
      [0, 'initial', 'failed'],
      [1, 'retry', 'failed'],
    ]);
  });
});

describe('a map', () => {
  test('B14 hands every item to the slots and gives results in order', async () => {
    const runner = await newRunner({ maxConcurrent: 2 });
    const task = await runner.enqueue('test.sums', { count: 10_000 });
    expect(await task.result()).toBe(10_000 * 9_999);
    expect((await runner.detail(task.id)).steps[0]?.items).toMatchObject({ total: 10_000, done: 10_000 });
  });

  test('B14 runs even where there is one slot only', async () => {
    const runner = await newRunner({ maxConcurrent: 1 });
    expect(await (await runner.enqueue('test.sums', { count: 100 })).result()).toBe(9_900);
  });

  test('B14 fails with the error of the item that failed', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.sums', { count: 100, failAt: 50 });
    await expect(task.result()).rejects.toThrow('item 50 failed');
    expect(await task.get()).toMatchObject({ error: { code: 'bad-item' } });
    expect((await runner.detail(task.id)).steps[0]?.items?.done).toBeGreaterThanOrEqual(50);
  });

  test('B14 whose item kills its worker again and again fails as worker-crashed', async () => {
    const runner = await newRunner({ maxConcurrent: 2 });
    const task = await runner.enqueue('test.sums', { count: 100, crashAt: 50 });
    await expect(task.result()).rejects.toMatchObject({ code: 'worker-crashed' });
  });

  test('of nothing gives nothing', async () => {
    const runner = await newRunner();
    expect(await (await runner.enqueue('test.sums', { count: 0 })).result()).toBe(0);
  });
});

describe('files', () => {
  test('A5 B8 are copied in, opened by the handler, and produced as artifacts', async () => {
    const runner = await newRunner();
    const copied: number[] = [];
    const task = await runner.enqueue(
      'test.files',
      { text: new File(['hello'], 'hello.txt', { type: 'text/plain' }) },
      { onCopy: ({ copiedBytes }) => copied.push(copiedBytes) },
    );
    expect(copied.at(-1)).toBe(5);
    const ref = await task.result();
    expect(ref).toMatchObject({ $type: 'file', name: 'loud.txt', size: 5 });
    const { artifacts } = await runner.detail(task.id);
    expect(await (await runner.openFile(artifacts[0]?.id ?? '')).text()).toBe('HELLO');
    await runner.remove(task.id);
    await expect(runner.openFile(artifacts[0]?.id ?? '')).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('many quick tasks', () => {
  test('B1 that have a timeout are settled together, where others wait for their slots', async () => {
    const runner = await newRunner({ maxConcurrent: 2 });
    await Promise.all((await runner.enqueueMany(quick(20))).map((task) => task.result()));
    await runner.pause({ type: 'test.noop' });
    const tasks = await runner.enqueueMany(quick(200));
    const before = await commitsOf(runner.database);
    await runner.resume({ type: 'test.noop' });
    await Promise.all(tasks.map((task) => task.result()));
    expect((await commitsOf(runner.database)) - before).toBeLessThan(60);
  });
});

describe('how long a task took', () => {
  // Most are claimed together with others, and they run one by one.
  test.each([
    ['that travels alone', { timeoutMs: 60_000 }],
    ['that travels with others', {}],
  ])('B9 counts from the beginning of its handler, for one %s', async (_, options) => {
    const runner = await newRunner({ maxConcurrent: 1 });
    const spans = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 2 : 8));
    const tasks = await runner.enqueueMany(
      spans.map((value) => ({ type: 'test.behave', payload: { mode: 'busy', value }, options })),
    );
    await Promise.all(tasks.map((task) => task.result()));
    const starts = await Promise.all(tasks.map(async (task) => (await task.get()).startedAt ?? 0));
    const short = starts.slice(1).filter((start, i) => start - (starts[i] ?? 0) < (spans[i] ?? 0));
    expect(short).toEqual([]);
  });
});

/** Tasks that travel one by one. */
function quick(count: number) {
  return Array.from({ length: count }, () => ({ type: 'test.noop', options: { timeoutMs: 60_000 } }));
}

/** How many transactions were committed. */
async function commitsOf(database: string): Promise<number> {
  const opening = indexedDB.open(`errand:${database}`);
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const reading = opening.result.transaction('meta').objectStore('meta').get('head');
  await new Promise((resolve) => (reading.onsuccess = resolve));
  opening.result.close();
  return (reading.result as { commitSeq: number }).commitSeq;
}
