// An engine in a realm that starts no workers, as a service worker's: it does what it can, in time, and makes way.

import { afterEach, describe, expect, test } from 'vitest';
import type { Runner } from '../../src/index.ts';
import { defineTask, snooze } from '../../src/worker.ts';
import { openHere, type RunnerHere } from '../../src/runner/in-realm.ts';
import { closeRunners, newRunner } from '../support/runner.ts';

const open: RunnerHere[] = [];
const cues = new Map<string, () => void>();

const HERE = { runsIn: ['worker', 'service-worker'] } as const;
const handlers = [
  defineTask({ type: 'page.work', run: () => 'by a page' }),
  defineTask({ ...HERE, type: 'here.echo', run: (value: unknown) => value }),
  defineTask({
    ...HERE,
    type: 'here.steps',
    run: async (name: string, ctx) => {
      const first = await ctx.step('first', () => 1);
      await new Promise<void>((resolve, reject) => {
        cues.set(name, resolve);
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
      });
      return first + 1;
    },
  }),
  defineTask({ ...HERE, type: 'here.later', run: () => snooze('1h') }),
  defineTask({
    ...HERE,
    type: 'here.file',
    run: async (_: undefined, ctx) => (await ctx.artifact('a.txt', 'made here')).name,
  }),
  defineTask({
    ...HERE,
    type: 'here.map',
    items: { double: (n: number) => n * 2 },
    run: (count: number, ctx) =>
      ctx.map(
        'double',
        Array.from({ length: count }, (_, n) => n),
      ),
  }),
];

async function here(database = `here-${crypto.randomUUID()}`): Promise<RunnerHere & { database: string }> {
  const opened = await openHere(handlers, database);
  open.push(opened);
  return { ...opened, database };
}

afterEach(async () => {
  for (const { runner } of open.splice(0)) await runner.close();
  await closeRunners();
});

const statusOf = async (runner: Runner, id: string) => (await runner.get(id))?.status;

describe('E3 a realm without workers', () => {
  test('stands by until it is told to resume, then does what it can, and says that it is done', async () => {
    const it = await here();
    const task = await it.runner.enqueue('here.echo', { deep: [1] });
    const later = await it.runner.enqueue('here.later');
    const foreign = await it.runner.enqueue('nobody.knows');
    const forPage = await it.runner.enqueue('page.work');
    expect(await it.runner.status()).toMatchObject({ leads: false, files: 'opfs', log: 'kept' });
    expect(await it.resume(10_000)).toMatchObject({
      ended: 'done',
      hasMore: false,
      forPage: 1,
      finished: [{ id: task.id, status: 'completed' }],
    });
    expect(await task.result()).toEqual({ deep: [1] });
    expect(await later.get()).toMatchObject({ status: 'pending', waitingFor: ['time'] });
    expect(await foreign.get()).toMatchObject({ status: 'pending', waitingFor: ['handler'] });
    expect(await forPage.get()).toMatchObject({ status: 'pending', waitingFor: ['page'] });
    expect(await it.runner.explain(forPage.id)).toMatchObject({
      waitingFor: [{ kind: 'page', wakes: expect.stringContaining('page') as string }],
    });
    expect(await it.runner.status()).toMatchObject({ leads: false });
  });

  test('keeps files and maps as a worker does', async () => {
    const it = await here();
    const [file, map] = [await it.runner.enqueue('here.file'), await it.runner.enqueue('here.map', 500)];
    await it.resume(10_000);
    expect(await file.result()).toBe('a.txt');
    const [artifact] = await it.runner.artifacts(file.id);
    expect(await (await it.runner.openFile(artifact?.id ?? '')).text()).toBe('made here');
    expect(await map.result()).toHaveLength(500);
  });

  test('ends in time: what is recorded is kept, and nothing is charged', async () => {
    const it = await here();
    const task = await it.runner.enqueue('here.steps', 'slow');
    expect(await it.resume(700)).toMatchObject({ ended: 'timed-out' });
    expect(await task.get()).toMatchObject({ status: 'pending', retryCount: 0 });
    const again = it.resume(10_000);
    await expect.poll(() => it.runner.get(task.id)).toMatchObject({ status: 'running' });
    cues.get('slow')?.();
    await again;
    expect(await task.result()).toBe(2);
    const { steps } = await it.runner.detail(task.id);
    expect(steps).toMatchObject([{ name: 'first', attempts: [{ attemptNumber: 1 }] }]);
  });

  test('leaves it to a page whose engine lives, and makes way for one that comes', async () => {
    const first = await here();
    const page = await newRunner({ database: first.database });
    const task = await first.runner.enqueue('test.behave', {});
    expect(await first.resume(5_000)).toMatchObject({ ended: 'elsewhere' });
    expect(await task.result()).toBe('done');
    await page.close();
    const held = await first.runner.enqueue('here.steps', 'held');
    const resuming = first.resume(10_000);
    await expect.poll(() => statusOf(first.runner, held.id)).toBe('running');
    const next = await newRunner({ database: first.database });
    expect(await resuming).toMatchObject({ ended: 'yielded' });
    await expect.poll(async () => (await next.status()).leads).toBe(true);
    expect(await next.get(held.id)).toMatchObject({ status: 'pending', retryCount: 0, waitingFor: ['handler'] });
  });

  test('is patient with a page that is being closed, where it is told to, and then does the work', async () => {
    const it = await here();
    const page = await newRunner({ database: it.database });
    const task = await it.runner.enqueue('here.echo', 'after it');
    const resuming = it.resume(10_000, 2_000);
    await page.close();
    expect(await resuming).toMatchObject({ ended: 'done', finished: [{ id: task.id }] });
    expect(await task.result()).toBe('after it');
  });
});
