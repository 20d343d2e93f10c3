// Quick tasks travel in turns of several: what one of them does, the others must not pay for. And the line holds.

import { afterEach, describe, expect, test } from 'vitest';
import type { Runner, TaskHandle } from '../../../src/index.ts';
import type { Act } from './acts.ts';
import { closeStages, fates, makeQuick, Stage } from './stage.ts';

afterEach(closeStages);

const DONE: Act = { do: 'return', value: 'done' };

/** A runner with one slot, to which tasks of the type are quick. */
async function quickStage(type = 'act.plain'): Promise<{ stage: Stage; runner: Runner }> {
  const stage = new Stage();
  const { runner } = await stage.open({ maxConcurrent: 1 });
  await makeQuick(runner, type, stage.part(DONE));
  return { stage, runner };
}

async function notCharged(tasks: readonly TaskHandle[]): Promise<void> {
  for (const task of tasks) expect(await task.get()).toMatchObject({ attempt: 1, retryCount: 0, status: 'completed' });
}

describe('a turn', () => {
  test('in which one waits for ever: the others run once, elsewhere, and are not charged', async () => {
    const { stage, runner } = await quickStage();
    const acts: Act[] = [DONE, DONE, { do: 'hang' }, DONE, DONE, DONE];
    const tasks = await Promise.all(acts.map((act) => runner.enqueue('act.plain', stage.part(act))));
    const [stuck] = tasks.splice(2, 1);
    await stage.entered(stuck);
    await runner.configure({ maxConcurrent: 2 });
    expect(await fates(tasks)).toEqual(tasks.map(() => 'done'));
    expect(tasks.map((task) => stage.entries(task).length)).toEqual(tasks.map(() => 1));
    await notCharged(tasks);
    await stuck?.cancel();
    expect(stage.entries(stuck)).toHaveLength(1);
  });

  test('in which one spins for ever: its slot is ended, the others run elsewhere and are not charged', async () => {
    const { stage, runner } = await quickStage();
    const acts: Act[] = [DONE, { do: 'spin' }, DONE, DONE];
    const tasks = await Promise.all(acts.map((act) => runner.enqueue('act.plain', stage.part(act))));
    const [spinning] = tasks.splice(1, 1);
    await stage.entered(tasks[0]);
    await runner.configure({ maxConcurrent: 2 });
    expect(await fates(tasks)).toEqual(tasks.map(() => 'done'));
    await notCharged(tasks);
    // The first had run when the slot was ended, but nobody could know.
    expect(tasks.map((task) => stage.entries(task).length)).toEqual([2, 1, 1]);
    expect(await spinning?.get()).toMatchObject({ status: 'running', attempt: 1, retryCount: 0 });
    await spinning?.cancel();
  });

  test('promise 4 in which one kills the worker: it alone is charged, and convicted', async () => {
    const { stage, runner } = await quickStage();
    const acts: Act[] = [DONE, DONE, { do: 'die' }, DONE, DONE];
    const tasks = await Promise.all(acts.map((act) => runner.enqueue('act.plain', stage.part(act))));
    const killer = tasks.splice(2, 1);
    expect(await fates(tasks, 2_500)).toEqual(tasks.map(() => 'done'));
    expect(await fates(killer, 2_000)).toEqual(['worker-crashed']);
    await notCharged(tasks);
  });

  test('of which one is cancelled before it has begun: whoever runs then is not ended with it', async () => {
    const { stage, runner } = await quickStage();
    const [running, cancelled, other] = await Promise.all([
      runner.enqueue('act.plain', stage.part()),
      runner.enqueue('act.plain', stage.part(DONE)),
      runner.enqueue('act.plain', stage.part(DONE)),
    ]);
    const entry = await stage.entered(running);
    await cancelled.cancel();
    await runner.configure({ maxConcurrent: 2 });
    expect(await fates([other])).toEqual(['done']);
    expect(stage.entries(running)).toHaveLength(1);
    entry.tell(DONE);
    expect(await fates([running, cancelled])).toEqual(['done', 'cancelled']);
    expect(stage.entries(cancelled)).toHaveLength(0);
  });
});

describe('what travels alone', () => {
  test('B13 what must not run twice: of five, only the one that dies waits for a decision', async () => {
    const { stage, runner } = await quickStage('act.once');
    const acts: Act[] = [DONE, { do: 'die' }, DONE, DONE, DONE];
    const tasks = await Promise.all(acts.map((act) => runner.enqueue('act.once', stage.part(act))));
    const [killer] = tasks.splice(1, 1);
    expect(await fates(tasks)).toEqual(tasks.map(() => 'done'));
    await notCharged(tasks);
    expect([...tasks, killer].map((task) => stage.entries(task).length)).toEqual([1, 1, 1, 1, 1]);
    expect(await killer?.get()).toMatchObject({ status: 'pending', waitingFor: ['decision'] });
  });

  test('B5 what has a timeout: one that hangs costs its own attempt, and its neighbours run once', async () => {
    const { stage, runner } = await quickStage();
    const acts: Act[] = [DONE, { do: 'hang' }, DONE, DONE];
    const options = { timeoutMs: 100, retry: { maxRetries: 0 } };
    const tasks = await Promise.all(acts.map((act) => runner.enqueue('act.plain', stage.part(act), options)));
    expect(await fates(tasks)).toEqual(['done', 'timeout', 'done', 'done']);
    expect(tasks.map((task) => stage.entries(task).length)).toEqual([1, 1, 1, 1]);
  });
});

describe('B6 the line', () => {
  test('lets an urgent task that arrives amid two thousand quick ones go before most of them', async () => {
    const { stage, runner } = await quickStage();
    await makeQuick(runner, 'quick');
    const tasks = await runner.enqueueMany(
      Array.from({ length: 2_000 }, (_, i) =>
        i === 300 ? { type: 'act.plain', payload: stage.part(DONE) } : { type: 'quick' },
      ),
    );
    await stage.entered(tasks[300]);
    const urgent = await runner.enqueue('quick', undefined, { priority: 'high' });
    const { task } = await runner.wait(urgent.id);
    expect(await fates(tasks.slice(-1), 10_000)).toEqual(['done']);
    let after = 0;
    for (const offset of [0, 1_000]) {
      const page = await runner.list({ type: 'quick', limit: 1_000, offset });
      for (const { finishedAt } of page.tasks) if ((finishedAt ?? 0) > (task.finishedAt ?? 0)) after += 1;
    }
    expect(after).toBeGreaterThan(500);
  });

  test('passes over none of several urgent tasks that overtake', async () => {
    const stage = new Stage();
    const { runner } = await stage.open({ maxConcurrent: 2 });
    const enqueue = (priority: number) => runner.enqueue('act.plain', stage.part(), { priority });
    const slow = await Promise.all([enqueue(0), enqueue(0)]);
    const running = await Promise.all(slow.map((task) => stage.entered(task)));
    const urgent = await Promise.all([enqueue(10), enqueue(10), enqueue(10), enqueue(10), enqueue(10)]);
    for (const [i, task] of urgent.entries()) {
      if (i === 2) await runner.configure({ maxConcurrent: 3 });
      else running.shift()?.tell(DONE);
      running.push(await stage.entered(task, 1, 1_500));
    }
    for (const entry of running) entry.tell(DONE);
    expect(await fates([...slow, ...urgent])).toEqual([...slow, ...urgent].map(() => 'done'));
  });
});
