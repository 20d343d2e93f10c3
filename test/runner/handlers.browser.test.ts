// What handlers do beside computing, through an engine: they sleep, wait, send, make children, and give signs of life.

import { afterEach, describe, expect, test } from 'vitest';
import type { Runner, Task } from '../../src/index.ts';
import { closeStages, fates, makeQuick, soon, Stage } from './hostile/stage.ts';

afterEach(closeStages);

/** The task as soon as it satisfies. */
async function when(runner: Runner, id: string, satisfies: (task: Task) => boolean): Promise<Task> {
  const look = async () => {
    for await (const task of runner.changes(id)) if (satisfies(task)) return task;
    const last = await runner.get(id);
    if (last === undefined || !satisfies(last)) throw new Error(`It never came to that: ${JSON.stringify(last)}`);
    return last;
  };
  return soon(look());
}

const waitsFor = (kind: string) => (task: Task) => task.status === 'pending' && task.waitingFor.includes(kind as never);

describe('C7 a handler that sleeps', () => {
  test('is entered again after its time, at no cost in attempts, and its slot serves others meanwhile', async () => {
    const stage = new Stage();
    const { runner } = await stage.open({ maxConcurrent: 1 });
    const sleeper = await runner.enqueue('act.plain', stage.part({ do: 'sleep', name: 'rest', ms: 1_500 }));
    await stage.entered(sleeper);
    await when(runner, sleeper.id, waitsFor('time'));
    expect(await fates([await runner.enqueue('quick')], 1_000)).toEqual(['done']);
    const again = await stage.entered(sleeper, 2);
    expect(again.attempt).toBe(1);
    again.tell({ do: 'return', value: 'rested' });
    expect(await fates([sleeper])).toEqual(['rested']);
    const { steps, runs } = await runner.detail(sleeper.id);
    expect(steps).toMatchObject([{ name: 'rest', kind: 'sleep', status: 'completed' }]);
    expect(runs[0]?.attempts?.map(({ outcome }) => outcome)).toEqual(['parked', 'succeeded']);
    expect(stage.entries(sleeper)).toHaveLength(2);
  });

  test('has the step beside it recorded, and leaves nothing behind that is', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const task = await runner.enqueue('act.waits', { how: 'beside', ms: 300 });
    expect(await fates([task])).toEqual(['made in 1']);
    const { steps } = await runner.detail(task.id);
    expect(steps.map(({ name, status }) => [name, status])).toEqual([
      ['rest', 'completed'],
      ['made', 'completed'],
    ]);
  });

  test('several at once, of which each is as long as it says', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const task = await runner.enqueue('act.waits', { how: 'several' });
    expect(await fates([task])).toEqual(['all over']);
    const { steps, runs } = await runner.detail(task.id);
    expect(steps.map(({ name, status }) => [name, status])).toEqual([
      ['long', 'completed'],
      ['short', 'completed'],
    ]);
    expect(runs[0]?.attempts?.map(({ outcome }) => outcome)).toEqual(['parked', 'parked', 'succeeded']);
  });

  test('in turns with others', async () => {
    const stage = new Stage();
    const { runner } = await stage.open({ maxConcurrent: 1 });
    await makeQuick(runner, 'act.waits', { how: 'not' });
    const tasks = await runner.enqueueMany(
      Array.from({ length: 20 }, (_, i) => ({ type: 'act.waits', payload: { how: i % 2 === 0 ? 'short' : 'not' } })),
    );
    expect(await fates(tasks)).toEqual(tasks.map((_, i) => (i % 2 === 0 ? 'rested' : 'at once')));
  });
});

describe('C7 a handler that waits for an event', () => {
  test('gets what another sends, and neither waits nor sends again', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const waiter = await runner.enqueue('act.waits', { how: 'event', event: 'paid' });
    await when(runner, waiter.id, waitsFor('event'));
    const sender = await runner.enqueue('act.waits', { how: 'send', event: 'paid', value: { sum: 5 } });
    expect(await fates([waiter, sender])).toEqual([{ sum: 5 }, 'reached 1 in attempt 2']);
    expect((await runner.detail(waiter.id)).steps).toMatchObject([
      { name: 'wait', kind: 'event', status: 'completed', result: { sum: 5 } },
    ]);
    expect((await runner.detail(sender.id)).steps).toMatchObject([
      { name: 'send paid', kind: 'step', status: 'completed', result: 1 },
    ]);
  });

  test('gets what was addressed to it before it asked', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const waiter = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(waiter);
    const sender = await runner.enqueue('act.waits', { how: 'send', event: 'paid', to: waiter.id, value: 7 });
    expect(await fates([sender])).toEqual(['reached 1 in attempt 2']);
    entry.tell({ do: 'wait-for', name: 'wait', event: 'paid' });
    const again = await stage.entered(waiter, 2);
    expect(await again.does({ do: 'wait-for', name: 'wait', event: 'paid' })).toMatchObject({ value: 7 });
    again.tell({ do: 'return', value: 'got it' });
    expect(await fates([waiter])).toEqual(['got it']);
  });

  test('goes on without it when the time limit has passed', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const waiter = await runner.enqueue('act.waits', { how: 'event', event: 'never', ms: 200 });
    expect(await fates([waiter])).toEqual(['none']);
  });

  test('is told of a receiver that is not there', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const sender = await runner.enqueue('act.waits', { how: 'send', event: 'paid', to: 'nobody' });
    expect(await fates([sender])).toEqual(['not-found']);
  });
});

describe('A6 a handler that makes a child', () => {
  test('makes one for each place, however often it is entered', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const parent = await runner.enqueue('act.waits', { how: 'children' }, { workspace: 'w', creator: 'ana' });
    const [ids] = (await fates([parent])) as [string[]];
    expect(ids).toHaveLength(3);
    const { tasks } = await runner.list({ parentId: parent.id });
    expect(tasks.map((task) => [task.id, task.name, task.workspace, task.creator])).toEqual([
      [ids[0], 'quick', 'w', 'ana'],
      [ids[1], 'quick', 'w', 'ana'],
      [ids[2], 'named', 'w', 'ana'],
    ]);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect((await runner.wait(id)).task.status).toBe('completed');
  });

  test('that cannot be kept is told so', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const parent = await runner.enqueue('act.waits', { how: 'bad-child' });
    expect(await fates([parent])).toEqual(['invalid-request']);
    expect((await runner.list({ parentId: parent.id })).tasks).toEqual([]);
  });
});

describe('B5 a handler that must give signs of life', () => {
  test.each(['hang', 'spin'])(
    'and does not, but would %s, fails, and its slot is ended after the grace',
    async (how) => {
      const stage = new Stage();
      const { runner } = await stage.open({ maxConcurrent: 1 });
      const task = await runner.enqueue('act.alive', { how }, { retry: { maxRetries: 0 } });
      expect(await fates([task])).toEqual(['heartbeat-timeout']);
      expect(await runner.get(task.id)).toMatchObject({ error: { retryable: true } });
      expect(await fates([await runner.enqueue('quick')])).toEqual(['done']);
    },
  );

  test.each(['heartbeat', 'progress', 'log', 'step', 'map'])('and does, by %s, goes on', async (how) => {
    const stage = new Stage();
    const { runner } = await stage.open();
    expect(await fates([await runner.enqueue('act.alive', { how })])).toEqual(['alive']);
  });

  test('is retried, as after a timeout', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const task = await runner.enqueue('act.alive', { how: 'hang-once' });
    expect(await fates([task])).toEqual(['alive in 2']);
  });
});

test('B7 retryIf decides whether a failure is tried again', async () => {
  const stage = new Stage();
  const { runner } = await stage.open();
  const [first, second] = [await runner.enqueue('act.picky', 'again'), await runner.enqueue('act.picky', 'no')];
  expect(await fates([first, second])).toEqual(['done in 2', 'handler-failed']);
  expect((await runner.detail(second.id)).runs[0]?.attempts ?? []).toEqual([]);
});

describe('B3 the last progress of a task', () => {
  test('that fails is shown', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const task = await runner.enqueue('act.waits', { how: 'fails-at', value: 42 }, { retry: { maxRetries: 0 } });
    await runner.wait(task.id);
    expect(await runner.get(task.id)).toMatchObject({ status: 'failed', progress: { percent: 42, message: 'so far' } });
  });

  test('that sleeps is shown while it does', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const task = await runner.enqueue('act.waits', { how: 'sleeps-at', value: 42 });
    expect(await when(runner, task.id, waitsFor('time'))).toMatchObject({ progress: { percent: 42 } });
    await runner.cancel(task.id);
    expect(await runner.get(task.id)).toMatchObject({ status: 'cancelled', progress: { percent: 42 } });
  });
});
