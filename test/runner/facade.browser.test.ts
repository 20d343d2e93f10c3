// The façade's promises beside the running of tasks: bad input, order, schedules, live views, the pool's size, several engines.

import { afterEach, describe, expect, test } from 'vitest';
import type { Runner, Stats, TaskPage } from '../../src/index.ts';
import { closeRunners, heard, newRunner, say } from '../support/runner.ts';

afterEach(closeRunners);

/** Resolves with the first value of a watch that satisfies. */
function seen<T>(watch: (see: (value: T) => void) => () => void, satisfies: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const stop = watch((value) => {
      if (!satisfies(value)) return;
      stop();
      resolve(value);
    });
  });
}

async function nothingWasWritten(runner: Runner): Promise<void> {
  expect(await runner.list()).toMatchObject({ total: 0, tasks: [] });
}

describe('bad input is refused with one clear error, and nothing is written', () => {
  test.each([
    ['an unknown field', { colour: 'red' }, 'invalid-request', 'colour'],
    ['a wrong type', { tags: 'red' }, 'invalid-request', 'tags'],
    ['negative retries', { retry: { maxRetries: -1 } }, 'invalid-request', 'retry.maxRetries'],
    ['a priority that is no whole number', { priority: 1.5 }, 'invalid-request', 'priority'],
    ['a parent that is not there', { parentId: 'nobody' }, 'invalid-request', 'parentId'],
    ['an id of control characters', { id: 'a\u0000b' }, 'invalid-request', 'id'],
    ['a schedule that never comes due', { schedule: { cron: '0 0 31 2 *' } }, 'invalid-request', 'schedule.cron'],
    ['one that ends before it begins', { schedule: { everyMs: '1h', endAt: 1 } }, 'invalid-request', 'schedule.endAt'],
    ['no run at all', { schedule: { everyMs: '1h', count: 0 } }, 'invalid-request', 'schedule.count'],
    ['no cron', { schedule: { cron: 'each morning' } }, 'invalid-request', 'schedule.cron'],
    [
      'a time zone that is none',
      { schedule: { cron: '0 7 * * *', timeZone: 'Mars/Olympus' } },
      'invalid-request',
      'schedule.timeZone',
    ],
    ['a dependency on itself', { id: 'me', dependsOn: ['me'] }, 'invalid-request', 'dependsOn'],
    ['a dependency on nobody', { dependsOn: ['nobody'] }, 'invalid-request', 'dependsOn'],
  ])('%s', async (_, options, code, field) => {
    const runner = await newRunner();
    await expect(runner.enqueue('test.behave', {}, options as never)).rejects.toMatchObject({
      code,
      details: { field },
    });
    await nothingWasWritten(runner);
  });

  test('a payload that cannot be cloned', async () => {
    const runner = await newRunner();
    const [bad, good] = await Promise.allSettled([
      runner.enqueue('test.behave', { value: () => undefined }),
      runner.enqueue('test.behave', { mode: 'echo', value: 1 }),
    ]);
    expect(bad).toMatchObject({ reason: { code: 'payload-not-cloneable' } });
    expect(good).toMatchObject({ status: 'fulfilled' });
    expect((await runner.list()).total).toBe(1);
  });

  test('a 50 MB string', async () => {
    const runner = await newRunner();
    await expect(runner.enqueue('test.behave', { value: 'x'.repeat(50_000_000) })).rejects.toMatchObject({
      code: 'payload-too-large',
    });
    await nothingWasWritten(runner);
  });

  test('one bad task among many: all or none', async () => {
    const runner = await newRunner();
    const many = [{ type: 'test.noop' }, { type: 'test.noop', options: { priority: 0.5 } }];
    await expect(runner.enqueueMany(many)).rejects.toMatchObject({ code: 'invalid-request' });
    await nothingWasWritten(runner);
  });

  test('A1 A7 an enqueue that gets answers with each task as it was kept, or as it is if it was there', async () => {
    const runner = await newRunner();
    const large = 'x'.repeat(100_000);
    const [small, apart] = await runner.enqueueAndGet([
      { type: 'test.noop', payload: { n: 1 }, options: { id: 'one' } },
      { type: 'test.behave', payload: { mode: 'echo', value: large }, options: { id: 'two' } },
    ]);
    expect(small).toMatchObject({ created: true, task: { id: 'one', status: 'pending', payload: { n: 1 } } });
    expect(apart).toMatchObject({ created: true, task: { payload: { value: large } } });
    await runner.wait('one');
    const [again] = await runner.enqueueAndGet([{ type: 'test.noop', options: { id: 'one' } }]);
    expect(again).toMatchObject({ created: false, task: { id: 'one', status: 'completed', payload: { n: 1 } } });
    const asking = runner.as({ user: 'ana', role: 'operator' });
    const unseen = asking.enqueueAndGet([{ type: 'test.noop', options: { id: 'one' } }]);
    await expect(unseen).rejects.toMatchObject({ code: 'not-found' });
  });

  test('B2 what would be refused is told before, and nothing is written', async () => {
    const runner = await newRunner();
    await expect(runner.check('test.noop', {}, { priority: 0.5 })).rejects.toMatchObject({
      details: { field: 'priority' },
    });
    await expect(runner.check('test.noop', {}, { dependsOn: ['gone'] })).rejects.toMatchObject({
      details: { field: 'dependsOn' },
    });
    await expect(runner.check('test.shaped', { size: 'large' })).rejects.toMatchObject({
      code: 'invalid-request',
      details: { field: 'payload.size' },
    });
    await runner.check('test.shaped', { size: 3, file: new File(['a'], 'a.txt') });
    await nothingWasWritten(runner);
  });

  test('B2 types say what their payloads must look like', async () => {
    const runner = await newRunner();
    const types = await runner.types();
    expect(types.find(({ type }) => type === 'test.shaped')).toMatchObject({
      payload: { type: 'object', properties: { size: { type: 'number' } }, required: ['size'] },
    });
    expect(types.find(({ type }) => type === 'test.once')).toMatchObject({ payload: null, effects: 'once' });
  });

  test('F3 says what a principal may do', async () => {
    const runner = await newRunner();
    expect(runner.may('admin')).toBe(true);
    expect(runner.as({ user: 'ana', role: 'viewer' }).may('task:create')).toBe(false);
    expect(runner.as({ user: 'ana', role: 'operator' }).may('task:retry')).toBe(true);
  });

  test('A4 a bad page names its field', async () => {
    const runner = await newRunner();
    await expect(runner.list({ limit: 0 })).rejects.toMatchObject({
      code: 'invalid-pagination',
      message: 'limit must be between 1 and 1000',
      details: { field: 'limit' },
    });
    await expect(runner.list({ offset: -1 })).rejects.toMatchObject({
      message: 'offset must be a non-negative integer',
      details: { field: 'offset' },
    });
  });

  test('keys like __proto__ are data and nothing else', async () => {
    const runner = await newRunner();
    const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as object;
    const task = await runner.enqueue(
      'test.behave',
      { mode: 'echo', value },
      { name: '__proto__', creator: '__proto__' },
    );
    expect(JSON.stringify(await task.result())).toBe(JSON.stringify(value));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect((await runner.stats()).completed).toBe(1);
  });

  test('a type of that name counts as any other', async () => {
    const runner = await newRunner();
    await runner.enqueue('__proto__');
    expect(Object.getOwnPropertyDescriptor((await runner.stats()).byType, '__proto__')?.value).toMatchObject({
      pending: 1,
    });
  });

  test('cancel, retry and remove of what is not there, or not in that state', async () => {
    const runner = await newRunner();
    await expect(runner.cancel('nobody')).rejects.toMatchObject({ code: 'not-found' });
    await expect(runner.remove('nobody')).rejects.toMatchObject({ code: 'not-found' });
    const task = await runner.enqueue('test.noop');
    await task.result();
    await expect(task.cancel()).rejects.toMatchObject({ code: 'already-finished' });
    await expect(runner.retry(task.id)).rejects.toMatchObject({ code: 'not-retryable' });
  });
});

describe('order and time', () => {
  test('B6 the most urgent first; of the same urgency the oldest', async () => {
    const runner = await newRunner({ maxConcurrent: 1 });
    const holding = heard('waiting:order');
    const held = await runner.enqueue('test.hold', { word: 'order' });
    await holding;
    const order = ['low', 'normal', 'high', 'normal'] as const;
    const tasks = [];
    for (const priority of order) tasks.push(await runner.enqueue('test.steps', {}, { priority }));
    say('order');
    await held.result();
    await Promise.all(tasks.map((task) => task.result()));
    const ended = await Promise.all(tasks.map(async (task) => (await task.get()).startedAt ?? 0));
    const [low = 0, first = 0, high = 0, second = 0] = ended;
    expect([high, first, second, low]).toEqual([...ended].sort((a, b) => a - b));
  });

  test('D1 a task with a time waits for it, and says so', async () => {
    const runner = await newRunner();
    const later = await runner.enqueue('test.noop', undefined, { schedule: { at: Date.now() + 3_600_000 } });
    expect(await later.get()).toMatchObject({ status: 'pending', waitingFor: ['time'] });
    const soon = await runner.enqueue('test.noop', undefined, { schedule: { at: new Date(Date.now() + 100) } });
    await soon.result();
    const { startedAt, scheduledAt } = await soon.get();
    expect(startedAt).toBeGreaterThanOrEqual(scheduledAt ?? Infinity);
  });

  test('A6 cancelling a parent cancels its unfinished children', async () => {
    const runner = await newRunner();
    const at = Date.now() + 3_600_000;
    const parent = await runner.enqueue('test.noop', undefined, { schedule: { at } });
    const child = await runner.enqueue('test.noop', undefined, { schedule: { at }, parentId: parent.id });
    const grandchild = await runner.enqueue('test.noop', undefined, { schedule: { at }, parentId: child.id });
    await parent.cancel();
    expect(await grandchild.get()).toMatchObject({ status: 'cancelled' });
  });
});

describe('live views', () => {
  test('a list and its counts follow every change, from whichever page it comes', async () => {
    const database = `test-${crypto.randomUUID()}`;
    const [one, other] = [await newRunner({ database }), await newRunner({ database })];
    const listed = seen<TaskPage>(
      (see) => other.watchList({}, see),
      (page) => page.total === 3,
    );
    const done = seen<Stats>(
      (see) => other.watchStats(see),
      (stats) => stats.completed === 3,
    );
    await one.enqueueMany([{ type: 'test.noop' }, { type: 'test.noop' }, { type: 'test.noop' }]);
    expect((await listed).tasks).toHaveLength(3);
    expect((await done).byType['test.noop']).toMatchObject({ completed: 3, pending: 0, running: 0 });
  });

  test('A9 wait gives up after its time and says that the task has not finished', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.unknown');
    expect(await runner.wait(task.id, { timeoutMs: 20 })).toMatchObject({
      finished: false,
      task: { status: 'pending' },
    });
  });

  test('B3 progress and log can be followed while it runs', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.files', { text: new File(['x'], 'x.txt') });
    await task.result();
    expect(await task.get()).toMatchObject({ progress: { percent: 100 } });
  });
});

describe('the pool', () => {
  test('B1 grows and shrinks at run time without losing work', async () => {
    const runner = await newRunner({ maxConcurrent: 1 });
    const words = ['w1', 'w2', 'w3'];
    const waiting = words.map((word) => heard(`waiting:${word}`));
    const tasks = await Promise.all(words.map((word) => runner.enqueue('test.hold', { word })));
    await Promise.race(waiting);
    expect(await runner.configure({ maxConcurrent: 3 })).toMatchObject({ maxConcurrent: 3 });
    await Promise.all(waiting);
    await runner.configure({ maxConcurrent: 1 });
    words.forEach(say);
    expect(await Promise.all(tasks.map((task) => task.result()))).toEqual([1, 1, 1]);
    expect((await runner.status()).slots.length).toBeLessThanOrEqual(1);
  });

  test('a size that is none is refused', async () => {
    const runner = await newRunner();
    await expect(runner.configure({ maxConcurrent: 0 })).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('several engines on one database', () => {
  test('promise 3 one leads, the others stand by; closed in an orderly way, it hands over what it ran at no cost', async () => {
    const database = `test-${crypto.randomUUID()}`;
    const first = await newRunner({ database });
    const second = await newRunner({ database });
    expect([(await first.status()).leads, (await second.status()).leads]).toEqual([true, false]);
    const started = heard('waiting:handover');
    const task = await second.enqueue('test.hold', { word: 'handover' });
    await started;
    const again = heard('waiting:handover');
    await first.close();
    await again;
    say('handover');
    expect(await task.result()).toBe(1);
  });

  test('B13 a task that must not run twice waits for a decision when it is interrupted', async () => {
    const database = `test-${crypto.randomUUID()}`;
    const [first, second] = [await newRunner({ database }), await newRunner({ database })];
    const started = heard('waiting:never');
    const task = await second.enqueue('test.once', { word: 'never' });
    await started;
    await first.close();
    const waits = await second.wait(task.id, { timeoutMs: 500 });
    expect(waits.task).toMatchObject({ status: 'pending', waitingFor: ['decision'] });
  });

  test('a command given in one page reaches the engine of another', async () => {
    const database = `test-${crypto.randomUUID()}`;
    const [first, second] = [await newRunner({ database }), await newRunner({ database })];
    const started = heard('hanging');
    const task = await first.enqueue('test.behave', { mode: 'hang' });
    await started;
    expect(await second.cancel(task.id)).toMatchObject({ status: 'cancelled' });
    expect((await first.get(task.id))?.status).toBe('cancelled');
  });
});

test('promise 6 says which promises hold here: tasks are kept twice, and what the browser may clear', async () => {
  const runner = await newRunner();
  const guarantees = await runner.guarantees();
  expect(guarantees).toMatchObject({ accepted: 'twice', files: 'opfs' });
  expect(guarantees.limits.some((limit) => limit.includes('clear'))).toBe(!guarantees.persisted);
});

test('everything can be erased, what runs included, and ids may be used again', async () => {
  const runner = await newRunner({ maxConcurrent: 1 });
  await runner.configure({ maxConcurrent: 3 });
  const begun = heard('hanging');
  await runner.enqueue('test.behave', { mode: 'hang' }, { id: 'runs' });
  const payload = { file: new File(['bytes'], 'kept.txt') };
  await runner.enqueue('test.noop', payload, { id: 'waits', schedule: { at: Date.now() + 3_600_000 } });
  await begun;
  await runner.erase();
  await nothingWasWritten(runner);
  expect(await runner.settings()).toMatchObject({ maxConcurrent: 3 });
  const again = await runner.enqueue('test.noop', undefined, { id: 'waits' });
  expect(again.created).toBe(true);
  await again.result();
});

test('after close every call rejects with "closed", and none hangs', async () => {
  const runner = await newRunner();
  const waiting = runner.wait((await runner.enqueue('test.unknown')).id);
  await runner.close();
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  await expect(runner.list()).rejects.toMatchObject({ code: 'closed' });
});
