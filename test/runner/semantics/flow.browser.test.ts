// Tasks that wait for others, follow them, replace them, or are part of them: as a page sees it.

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Task } from '../../../src/index.ts';
import { closeStages, fates, refusal, Stage } from '../hostile/stage.ts';

afterEach(closeStages);

const DONE = { do: 'return', value: 'done' } as const;
const worker = () => new Worker(new URL('./limited.worker.ts', import.meta.url), { type: 'module' });

async function newStage() {
  const stage = new Stage();
  return { stage, ...(await stage.open({ maxConcurrent: 4, worker })) };
}

describe('B12 dependencies', () => {
  test('are waited for, and their results handed on, in one call', async () => {
    const { stage, runner } = await newStage();
    const part = (value: string) => stage.part({ do: 'return', value });
    const tasks = await runner.enqueueMany([
      { type: 'sum', options: { dependsOn: [2, 1] } },
      { type: 'act.plain', payload: part('one') },
      { type: 'act.plain', payload: part('two'), options: { dependsOn: [1] } },
    ]);
    expect(await tasks[0]?.result()).toEqual(['two', 'one']);
    const late = await runner.enqueue('sum', undefined, { dependsOn: tasks });
    expect(await late.result()).toEqual([['two', 'one'], 'one', 'two']);
  });

  test('that fail cancel those that wait for them, or let them go on', async () => {
    const { stage, runner } = await newStage();
    const failing = await runner.enqueue('act.plain', stage.part(), { retry: { maxRetries: 0 } });
    const strict = await runner.enqueue('sum', undefined, { dependsOn: [failing] });
    const chained = await runner.enqueue('sum', undefined, { dependsOn: [strict] });
    const lax = await runner.enqueue('sum', undefined, { dependsOn: { tasks: [failing], onFailure: 'continue' } });
    expect((await runner.explain(strict.id)).waitingFor).toMatchObject([{ kind: 'dependency', taskId: failing.id }]);
    (await stage.entered(failing)).tell({ do: 'fail', message: 'no' });
    expect(await fates([strict, chained, lax])).toEqual(['dependency-failed', 'dependency-failed', [undefined]]);
  });

  test('in a circle, on itself, or on what is not there are refused, and nothing is written', async () => {
    const { runner } = await newStage();
    const refused = { code: 'invalid-request', details: { field: 'dependsOn' } };
    const circle = [0, 1, 2].map((i) => ({ type: 'sum', options: { dependsOn: [(i + 1) % 3] } }));
    expect(await refusal(runner.enqueueMany(circle))).toMatchObject(refused);
    expect(await refusal(runner.enqueue('sum', undefined, { id: 'me', dependsOn: ['me'] }))).toMatchObject(refused);
    expect(await refusal(runner.enqueue('sum', undefined, { dependsOn: ['nobody'] }))).toMatchObject(refused);
    expect(await refusal(runner.enqueueMany([{ type: 'sum', options: { dependsOn: [7] } }]))).toMatchObject(refused);
    expect((await runner.list()).total).toBe(0);
  });
});

test('B11 unique work: the one that is there answers, is replaced, or is followed', async () => {
  const { stage, runner } = await newStage();
  const enqueue = (policy: 'keep' | 'replace' | 'append' | 'latest') =>
    runner.enqueue('act.plain', stage.part(), { unique: { key: 'album', policy } });
  const first = await enqueue('keep');
  const entry = await stage.entered(first);
  expect(await enqueue('keep')).toMatchObject({ id: first.id, created: false });
  const next = await enqueue('latest');
  expect(await enqueue('latest')).toMatchObject({ id: next.id, created: false });
  expect(await next.get()).toMatchObject({ waitingFor: ['dependency'] });
  entry.tell(DONE);
  await stage.entered(next);
  const newer = await enqueue('replace');
  expect(await next.get()).toMatchObject({ status: 'cancelled' });
  (await stage.entered(newer)).tell(DONE);
  expect(await fates([first, newer])).toEqual(['done', 'done']);
});

test('A11 what follows a run is made when it ends, by the task or by its type, and a page is told', async () => {
  const { stage, runner } = await newStage();
  const seen: Task[] = [];
  const stop = runner.onFinished((task) => seen.push(task));
  const one = await runner.enqueue('act.plain', stage.part(DONE), { onComplete: { type: 'sum' } });
  const two = await runner.enqueue('act.followed', stage.part(DONE));
  const followers = () => runner.list({ search: 'after' });
  await vi.waitFor(async () => expect((await followers()).total).toBe(2), { timeout: 3_000 });
  const { tasks } = await followers();
  const sum = tasks.find(({ type }) => type === 'sum');
  expect(await runner.result(sum?.id ?? '')).toEqual(['done']);
  expect(sum?.dependsOn?.tasks).toEqual([one.id]);
  await vi.waitFor(() => expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, two.id, sum?.id])));
  expect(new Set(seen.map(({ runId }) => runId)).size).toBe(seen.length);
  stop();
});

describe('B5 a deadline', () => {
  test('ends what is unfinished then, running or waiting', async () => {
    const { stage, runner } = await newStage();
    const deadline = () => Date.now() + 2_500;
    const running = await runner.enqueue('act.plain', stage.part(), { deadline: deadline() });
    const waiting = await runner.enqueue('nobody.knows', undefined, { deadline: deadline() });
    const entry = await stage.entered(running);
    await entry.aborted();
    expect(await fates([running, waiting])).toEqual(['deadline-exceeded', 'deadline-exceeded']);
    expect(await refusal(runner.enqueue('sum', undefined, { deadline: 1 }))).toMatchObject({
      details: { field: 'deadline' },
    });
  });
});
