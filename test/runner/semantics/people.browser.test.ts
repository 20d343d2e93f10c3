// Who asks, what they may, and what they do to many tasks at once: update, bulk, undo, recent, history.

import { afterEach, describe, expect, test } from 'vitest';
import { closeStages, fates, refusal, Stage } from '../hostile/stage.ts';

afterEach(closeStages);

const DONE = { do: 'return', value: 'done' } as const;
const worker = () => new Worker(new URL('./limited.worker.ts', import.meta.url), { type: 'module' });

async function newStage() {
  const stage = new Stage();
  return { stage, ...(await stage.open({ maxConcurrent: 2, worker })) };
}

describe('F3 a principal', () => {
  test('sees their own tasks, and those of others only as an admin', async () => {
    const { runner } = await newStage();
    const [ana, ben] = [runner.as({ user: 'ana', role: 'operator' }), runner.as({ user: 'ben', role: 'viewer' })];
    const hers = await ana.enqueue('nobody.knows', 'secret');
    expect(await hers.get()).toMatchObject({ creator: 'ana' });
    expect([(await ana.list()).total, (await ben.list()).total, (await runner.list()).total]).toEqual([1, 0, 1]);
    expect([(await ana.stats()).pending, (await ben.stats()).pending]).toEqual([1, 0]);
    expect(await ben.get(hers.id)).toBeUndefined();
    for (const call of [ben.detail(hers.id), ben.explain(hers.id), ben.log(hers.id)])
      expect(await refusal(call)).toMatchObject({ code: 'not-found' });
    expect((await ben.list({ creator: 'ana' })).total).toBe(0);
    expect([(await ana.recent()).length, (await ben.recent()).length]).toEqual([1, 0]);
  });

  test('may do what their role says, and is told what is missing', async () => {
    const { runner } = await newStage();
    const task = await runner.enqueue('nobody.knows', undefined, { creator: 'ben' });
    const viewer = runner.as({ user: 'ben', role: 'viewer' });
    const operator = runner.as({ user: 'ben', role: 'operator' });
    const missing = async (call: Promise<unknown>) =>
      Reflect.get((await refusal(call)) as object, 'details') as unknown;
    expect(await missing(viewer.enqueue('sum'))).toEqual({ permission: 'task:create' });
    expect(await missing(viewer.cancel(task.id))).toEqual({ permission: 'task:cancel' });
    expect(await missing(viewer.runNow(task.id))).toEqual({ permission: 'task:retry' });
    expect(await missing(viewer.remove(task.id))).toEqual({ permission: 'task:delete' });
    expect(await missing(viewer.bulk('delete', {}))).toEqual({ permission: 'task:delete' });
    expect(await missing(operator.pause())).toEqual({ permission: 'admin' });
    expect(await missing(operator.erase())).toEqual({ permission: 'admin' });
    expect(await missing(operator.configure({ maxConcurrent: 3 }))).toEqual({ permission: 'settings:update' });
    expect(await operator.cancel(task.id)).toMatchObject({
      status: 'cancelled',
      error: { message: 'Cancelled by ben.' },
    });
    expect(await refusal(runner.as({ user: '', role: 'admin' }).list())).toMatchObject({ details: { field: 'user' } });
  });
});

describe('A1 an update', () => {
  test('of a pending task changes what it says, and nothing else', async () => {
    const { runner } = await newStage();
    const task = await runner.enqueue('nobody.knows', { old: true }, { tags: ['a'], description: 'd' });
    const change = { name: 'new', tags: ['b'], priority: 'high', payload: { young: true }, description: null } as const;
    expect(await runner.update(task.id, { ...change, tags: [...change.tags] })).toMatchObject({
      name: 'new',
      tags: ['b'],
      priority: 10,
      payload: { young: true },
      description: null,
      version: 2,
    });
    expect(await refusal(runner.update(task.id, { colour: 'red' } as never))).toMatchObject({
      details: { field: 'colour' },
    });
    expect(await refusal(runner.update(task.id, { priority: 'odd' as never }))).toMatchObject({
      details: { field: 'priority' },
    });
    await task.cancel();
    expect(await refusal(runner.update(task.id, { name: 'late' }))).toMatchObject({ code: 'not-pending' });
    const { message } = (await runner.history(task.id)).find(({ what }) => what === 'updated') ?? {};
    expect(message).toBe('local changed name, tags, priority, payload, description.');
  });
});

test('A1 the next task is run now, whatever the pool is doing', async () => {
  const { stage, runner } = await newStage();
  const busy = await Promise.all([1, 2].map(() => runner.enqueue('act.plain', stage.part())));
  await Promise.all(busy.map((task) => stage.entered(task)));
  const [later, next] = [
    await runner.enqueue('act.plain', stage.part(DONE)),
    await runner.enqueue('act.other', stage.part(DONE), { priority: 'high' }),
  ];
  expect(await runner.processNext()).toMatchObject({ id: next.id });
  expect(await fates([next])).toEqual(['done']);
  expect(await later.get()).toMatchObject({ status: 'pending' });
  for (const task of busy) (await stage.entered(task)).tell(DONE);
  expect(await fates([...busy, later])).toEqual(['done', 'done', 'done']);
  expect(await runner.processNext()).toBeUndefined();
});

describe('A12 many at once', () => {
  test('are counted first, then changed with word of how far it is, and can be had back', async () => {
    const { runner } = await newStage();
    await runner.enqueueMany(Array.from({ length: 450 }, (_, i) => ({ type: i < 400 ? 'nobody.a' : 'nobody.b' })));
    expect(await runner.bulk('cancel', { type: 'nobody.a' }, { dryRun: true })).toMatchObject({
      matched: 400,
      changed: 0,
    });
    const steps: number[] = [];
    const onProgress = ({ done }: { done: number }) => steps.push(done);
    const { ids, ...counts } = await runner.bulk('cancel', { type: 'nobody.a' }, { onProgress });
    expect([counts, steps]).toEqual([{ matched: 400, changed: 400 }, [200, 400]]);
    expect(await runner.stats()).toMatchObject({ pending: 50, cancelled: 400 });
    expect((await runner.undo(ids)).length).toBe(400);
    expect(await runner.stats()).toMatchObject({ pending: 450, cancelled: 0 });
    expect(await runner.bulk({ priority: 'high' }, { type: 'nobody.b' })).toMatchObject({ changed: 50 });
    expect((await runner.list({ limit: 1 })).tasks[0]).toMatchObject({ type: 'nobody.b', priority: 10 });
    expect(await runner.bulk('delete', {})).toMatchObject({ changed: 450 });
    expect((await runner.list()).total).toBe(0);
    expect(await refusal(runner.bulk('burn' as never, {}))).toMatchObject({ details: { field: 'action' } });
  });

  test('a deleted task comes back whole, with its files and its place', async () => {
    const { runner } = await newStage();
    const task = await runner.enqueue('nobody.knows', { file: new File(['hello'], 'a.txt') });
    const { payload } = (await task.get()) as { payload: { file: { id: string } } };
    await runner.remove(task.id);
    expect(await runner.get(task.id)).toBeUndefined();
    expect(await refusal(runner.openFile(payload.file.id))).toMatchObject({ code: 'file-missing' });
    expect(await runner.undo(task.id)).toEqual([task.id]);
    expect(await (await runner.openFile(payload.file.id)).text()).toBe('hello');
    expect(await runner.undo('nobody')).toEqual([]);
  });
});

test('A13 finished tasks beyond those that are to be kept are deleted', async () => {
  const { stage, runner } = await newStage();
  const tasks = [];
  for (let i = 0; i < 5; i++) tasks.push(await runner.enqueue('act.plain', stage.part(DONE)));
  await fates(tasks);
  await runner.configure({ retentionCount: 2 });
  await expect.poll(async () => (await runner.stats()).completed, { timeout: 3_000 }).toBe(2);
  expect(await refusal(runner.configure({ retentionDays: -1 }))).toMatchObject({ details: { field: 'retentionDays' } });
});

test('C8 the history of a task says what happened, in order', async () => {
  const { stage, runner } = await newStage();
  const retry = { maxRetries: 1, initialBackoffMs: 1, jitter: 0 };
  const task = await runner.enqueue('act.plain', stage.part(), { retry });
  const first = await stage.entered(task);
  await first.does({ do: 'step', name: 'plan', value: 1 });
  first.tell({ do: 'fail', message: 'no luck' });
  (await stage.entered(task, 2)).tell(DONE);
  await fates([task]);
  const history = await runner.history(task.id);
  expect(history.map(({ what }) => what)).toEqual([
    'created',
    'attempt-started',
    'step-completed',
    'attempt-ended',
    'attempt-started',
    'attempt-ended',
    'run-ended',
  ]);
  expect(history[3]).toMatchObject({ attempt: 1, message: 'Attempt 1 failed: no luck' });
  const ats = history.map(({ at }) => at);
  expect(ats).toEqual([...ats].sort((a, b) => a - b));
});

test('A10 recent tasks are one’s own ten newest of a day, and whatever else of one’s own is unfinished', async () => {
  const { runner } = await newStage();
  const ana = runner.as({ user: 'ana', role: 'viewer' });
  const enqueue = (i: number, creator: string) =>
    runner.enqueue('nobody.knows', i, { creator, priority: i % 3, name: `${creator} ${i}` });
  for (let i = 0; i < 12; i++) await enqueue(i, 'ana');
  await enqueue(99, 'ben');
  const names = Array.from({ length: 10 }, (_, i) => `ana ${11 - i}`);
  expect((await ana.recent()).map(({ name }) => name)).toEqual(names);
  expect((await runner.as({ user: 'cleo', role: 'admin' }).recent()).length).toBe(0);
});

test('C6 every run says who made it', async () => {
  const { stage, runner } = await newStage();
  const by = (user: string) => runner.as({ user, role: 'admin' });
  const task = await by('ana').enqueue('act.plain', stage.part({ do: 'step', name: 'plan' }, DONE));
  await fates([task]);
  await by('ben').restart(task.id);
  await runner.wait(task.id);
  await by('cleo').rerun(task.id);
  await runner.wait(task.id);
  const { runs } = await runner.detail(task.id);
  expect(runs.map(({ trigger, triggeredBy }) => [trigger, triggeredBy])).toEqual([
    ['initial', 'ana'],
    ['restart', 'ben'],
    ['rerun', 'cleo'],
  ]);
});
