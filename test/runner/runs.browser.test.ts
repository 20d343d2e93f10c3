// Runs and steps as a page sees them: retried, restarted, rerun, decided, recurring.

import { afterEach, describe, expect, test } from 'vitest';
import type { Runner, Task } from '../../src/index.ts';
import { closeRunners, heard, newRunner, say } from '../support/runner.ts';

afterEach(closeRunners);

/** The task as soon as it satisfies. */
async function when(runner: Runner, id: string, satisfies: (task: Task) => boolean): Promise<Task> {
  for await (const task of runner.changes(id)) if (satisfies(task)) return task;
  const last = await runner.get(id);
  if (last === undefined || !satisfies(last)) throw new Error(`It never came to that: ${JSON.stringify(last)}`);
  return last;
}

async function failed(runner: Runner): Promise<string> {
  const { id } = await runner.enqueue('test.runs', { failing: 1 });
  await runner.wait(id);
  return id;
}

describe('a task that has ended is run again', () => {
  test('C3 from one failed step on, which forgets what was tried of it', async () => {
    const runner = await newRunner();
    const id = await failed(runner);
    const before = await runner.detail(id);
    expect(before.steps).toMatchObject([
      { name: 'a', status: 'completed', retryAttempt: 0, attempts: [{ attemptNumber: 1, status: 'completed' }] },
      { name: 'b', status: 'failed', retryAttempt: 1, attempts: [{ status: 'failed', error: { message: 'not yet' } }] },
    ]);
    await expect(runner.retryStep(id, 'a')).rejects.toMatchObject({ code: 'step-not-found' });
    await runner.retryStep(id, 'b');
    expect(await runner.result(id)).toBe('a0 b1 c1');
    const { steps, runs } = await runner.detail(id);
    expect(steps.map(({ name, attempts }) => [name, attempts.length])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
    expect(runs).toMatchObject([
      { index: 0, trigger: 'initial', status: 'failed' },
      { index: 1, trigger: 'retry', triggeredBy: 'local', status: 'completed' },
    ]);
    await expect(runner.retryStep(id, 'b')).rejects.toMatchObject({ code: 'step-not-found' });
  });

  test('C4 from the start, with another payload', async () => {
    const runner = await newRunner();
    const id = await failed(runner);
    await runner.restart(id, { payload: { word: 'new' } });
    expect(await runner.result(id)).toBe('new a1 b1 c1');
    expect((await runner.get(id))?.payload).toEqual({ word: 'new' });
    await runner.restart(id);
    expect(await runner.result(id)).toBe('new a2 b2 c2');
  });

  test('C4 from the start, with a payload that is large', async () => {
    const runner = await newRunner();
    const id = await failed(runner);
    const word = 'x'.repeat(10_000);
    await runner.restart(id, { payload: { word } });
    expect(await runner.result(id)).toBe(`${word} a1 b1 c1`);
    await expect(runner.restart(id, { payload: () => 1 })).rejects.toMatchObject({ code: 'payload-not-cloneable' });
  });

  test('C5 with some steps done again and some preserved, and it says which may be stale', async () => {
    const runner = await newRunner();
    const { id } = await runner.enqueue('test.runs', {});
    expect(await runner.result(id)).toBe('a0 b0 c0');
    const rerun = await runner.rerun(id, { rerunSteps: ['a'], preserveSteps: ['c'] });
    expect(rerun).toMatchObject({ effectiveRerun: ['a', 'b'], potentiallyStale: ['c'], task: { runCount: 2 } });
    expect(await runner.result(id)).toBe('a1 b1 c0');
    await runner.rerun(id, { rerunSteps: ['c'] });
    expect(await runner.result(id)).toBe('a1 b1 c2');
    await runner.rerun(id);
    expect(await runner.result(id)).toBe('a3 b3 c3');
    await expect(runner.rerun(id, { rerunSteps: ['z'] })).rejects.toMatchObject({ code: 'step-not-found' });
    await expect(runner.rerun(id, { steps: ['a'] } as never)).rejects.toMatchObject({
      code: 'invalid-request',
      details: { field: 'steps' },
    });
  });

  test('C4 but not while it is pending or running, nor if it is not there', async () => {
    const runner = await newRunner();
    const { id } = await runner.enqueue('test.runs', {}, { schedule: { at: Date.now() + 3_600_000 } });
    await expect(runner.restart(id)).rejects.toMatchObject({ code: 'not-retryable' });
    await expect(runner.rerun(id)).rejects.toMatchObject({ code: 'not-retryable' });
    await expect(runner.restart('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('B13 an interrupted task that must not run twice', () => {
  /** In a new engine, after the one that ran it is gone. */
  async function interrupted(word: string): Promise<{ runner: Runner; id: string }> {
    const database = `test-${crypto.randomUUID()}`;
    const first = await newRunner({ database });
    const begun = heard(`waiting:${word}`);
    const { id } = await first.enqueue('test.once', { word });
    await begun;
    await first.close();
    const runner = await newRunner({ database });
    await when(runner, id, (task) => task.status === 'pending' && task.waitingFor.includes('decision'));
    return { runner, id };
  }

  test.each([
    ['completed', { decision: 'completed', result: 'by hand' }],
    ['failed', { decision: 'failed', reason: 'it was lost' }],
  ] as const)('is declared %s by a person', async (status, decision) => {
    const { runner, id } = await interrupted(`never-${status}`);
    await expect(runner.runNow(id)).rejects.toMatchObject({ code: 'not-waiting' });
    await expect(runner.decide(id, { decision: 'maybe' } as never)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await runner.decide(id, decision)).toMatchObject({ status });
    await expect(runner.decide(id, decision)).rejects.toMatchObject({ code: 'not-waiting' });
  });

  test('is run again if a person says so', async () => {
    const word = `go-${crypto.randomUUID()}`;
    const { runner, id } = await interrupted(word);
    const waits = heard(`waiting:${word}`);
    await runner.decide(id, { decision: 'run-again' });
    await waits;
    say(word);
    expect((await runner.wait(id)).task.status).toBe('completed');
  });
});

describe('a schedule', () => {
  test('D2 run now: a task that waits for its day goes ahead', async () => {
    const runner = await newRunner();
    const { id } = await runner.enqueue('test.noop', undefined, { schedule: { at: Date.now() + 3_600_000 } });
    await runner.runNow(id);
    expect((await runner.wait(id)).task.status).toBe('completed');
    await expect(runner.runNow(id)).rejects.toMatchObject({ code: 'not-waiting' });
  });

  test('D1 every second, twice: one task, two runs', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.runs', { word: 'on time' }, { schedule: { everyMs: 1_000, count: 2 } });
    const between = await when(runner, task.id, ({ status, runCount }) => status === 'pending' && runCount === 2);
    expect(between).toMatchObject({ lastRun: { index: 0, status: 'completed', result: 'on time a0 b0 c0' } });
    expect(between.nextRunAt).toBeGreaterThan(between.createdAt);
    expect(await task.result()).toBe('on time a1 b1 c1');
    const { runs } = await runner.detail(task.id);
    expect(runs.map(({ trigger, status }) => [trigger, status])).toEqual([
      ['initial', 'completed'],
      ['schedule', 'completed'],
    ]);
  });

  test.each([
    ['schedule.cron', { cron: 'never' }],
    ['schedule.timeZone', { cron: '0 0 * * *', timeZone: 'Mars/Olympus' }],
    ['schedule.endAt', { everyMs: 1_000, startAt: 2_000, endAt: 1_000 }],
    ['schedule.count', { everyMs: 1_000, count: 0 }],
  ])('D1 that can never come due is refused at %s', async (field, schedule) => {
    const runner = await newRunner();
    await expect(runner.enqueue('test.noop', undefined, { schedule })).rejects.toMatchObject({
      code: 'invalid-request',
      details: { field },
    });
  });
});

describe('B15 a task of another version', () => {
  test('that is older has its payload made new', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.runs', 'a word', { typeVersion: 1 } as never);
    expect(await task.result()).toBe('a word of version 1 a0 b0 c0');
  });

  test('that is newer waits for its handler, and is not lost', async () => {
    const runner = await newRunner();
    const task = await runner.enqueue('test.runs', {}, { typeVersion: 3 } as never);
    await (await runner.enqueue('test.runs', {})).result();
    expect(await task.get()).toMatchObject({ status: 'pending', waitingFor: ['handler'], typeVersion: 3 });
  });
});
