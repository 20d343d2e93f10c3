// Several tabs on one database: one leads, any may die at any moment, and nothing is lost or done twice by it.

import { afterEach, describe, expect, test } from 'vitest';
import { closeStages, fates, leads, soon, Stage } from './stage.ts';

afterEach(closeStages);

/** The slow poll of an engine. */
const POLL_MS = 5_000;
/** The wait before a lock that was taken away is asked for again. */
const ASK_AGAIN_MS = 200;
const HASTY = { delays: { [POLL_MS]: 250 } };

/** Takes a lock away from whoever holds it, and lets go of it. */
async function takeAway(lock: string): Promise<void> {
  await navigator.locks.request(lock, { steal: true }, () => undefined);
}

describe('E5 the leader', () => {
  test('is one, however many tabs open at once; when it closes, another one leads within a second', async () => {
    const stage = new Stage();
    const tabs = await Promise.all([stage.open(), stage.open(), stage.open()]);
    await Promise.any(tabs.map(leads));
    const states = await Promise.all(tabs.map(({ runner }) => runner.status()));
    expect(states.filter((state) => state.leads)).toHaveLength(1);
    const [leader] = tabs.splice(
      states.findIndex((state) => state.leads),
      1,
    );
    const task = await tabs[0].runner.enqueue('act.plain', stage.part());
    await stage.entered(task);
    const closedAt = performance.now();
    const next = Promise.any(tabs.map(leads));
    await leader?.runner.close();
    expect((await next) - closedAt).toBeLessThan(1_000);
    const again = await stage.entered(task, 2);
    expect(again.attempt).toBe(1);
    const now = await Promise.all(tabs.map(({ runner }) => runner.status()));
    expect(now.filter((state) => state.leads)).toHaveLength(1);
  });

  test('dies in the middle of its work: another leads within a second, and nobody is charged', async () => {
    const stage = new Stage();
    const first = await stage.open({ maxConcurrent: 2 });
    const second = await stage.open();
    const enqueue = () => second.runner.enqueue('act.plain', stage.part());
    const tasks = await Promise.all([enqueue(), enqueue(), enqueue()]);
    const [running, recording, waiting] = tasks;
    const entry = await stage.entered(running);
    await (await stage.entered(recording)).does({ do: 'step', name: 'kept', value: 'by the first' });
    const crashedAt = performance.now();
    first.crash();
    expect((await leads(second)) - crashedAt).toBeLessThan(1_000);
    await entry.workerEnded();
    (await stage.entered(running, 2)).tell({ do: 'return', value: 'a' });
    const again = await stage.entered(recording, 2);
    expect((await again.does({ do: 'step', name: 'kept', value: 'by the second' })).value).toBe('by the first');
    again.tell({ do: 'return', value: 'b' });
    (await stage.entered(waiting)).tell({ do: 'return', value: 'c' });
    expect(await fates(tasks)).toEqual(['a', 'b', 'c']);
    for (const task of tasks) expect(await task.get()).toMatchObject({ attempt: 1, retryCount: 0, runCount: 1 });
  });

  test('promise 2 is taken for dead and lives on: it records nothing of what was taken from it', async () => {
    const stage = new Stage();
    const first = await stage.open({ delays: { [ASK_AGAIN_MS]: 60_000 } });
    const second = await stage.open();
    const task = await second.runner.enqueue('act.patient', stage.part());
    const old = await stage.entered(task);
    await old.does({ do: 'step', name: 'early', value: 'old' });
    await takeAway(`errand:${stage.database}:engine:${(await first.runner.status()).engineId}`);
    await takeAway(`errand:${stage.database}:leader`);
    const current = await stage.entered(task, 2);
    await old.aborted();
    expect(await old.does({ do: 'step', name: 'late', value: 'old' })).toHaveProperty('error');
    old.tell({ do: 'return', value: 'old' });
    expect((await current.does({ do: 'step', name: 'early', value: 'new' })).value).toBe('old');
    expect((await current.does({ do: 'step', name: 'late', value: 'new' })).value).toBe('new');
    current.tell({ do: 'return', value: 'new' });
    expect(await fates([task])).toEqual(['new']);
    expect((await first.runner.status()).leads).toBe(false);
  });
});

describe('a tab that stands by', () => {
  test('promise 3 enqueues, cancels, retries, removes and configures, and the leader does it', async () => {
    const stage = new Stage();
    const first = await stage.open({ maxConcurrent: 1 });
    const { runner } = await stage.open();
    const task = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    expect(await task.cancel('from afar')).toMatchObject({ status: 'cancelled' });
    expect(await entry.aborted()).toBe('cancelled');
    expect(await runner.retry(task.id)).toMatchObject({ runCount: 2 });
    const again = await stage.entered(task, 2);
    await runner.configure({ maxConcurrent: 2 });
    const other = await runner.enqueue('act.plain', stage.part());
    await stage.entered(other);
    expect(await first.runner.status()).toMatchObject({ maxConcurrent: 2, leads: true });
    await runner.remove(task.id);
    await again.aborted();
    expect(await first.runner.get(task.id)).toBeUndefined();
    (await stage.entered(other)).tell({ do: 'return', value: 'done' });
    expect(await fates([other])).toEqual(['done']);
    expect((await runner.status()).leads).toBe(false);
  });

  test('its commands are heard of, even if the leader has written since', async () => {
    const stage = new Stage();
    const first = await stage.open({ maxConcurrent: 2 });
    const second = await stage.open();
    const task = await first.runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    await second.sabotage('hold-nudges');
    await second.runner.cancel(task.id);
    const other = await second.runner.enqueue('act.plain', stage.part());
    // A commit of the leader's own that makes nothing ready.
    await first.runner.enqueue('nobody.knows', undefined, { schedule: { at: Date.now() + 3_600_000 } });
    await second.sabotage('free-nudges');
    await Promise.all([entry.aborted(1_000), stage.entered(other, 1, 1_000)]);
  });

  test('a command whose nudge is lost is found by the next poll', async () => {
    const stage = new Stage();
    const first = await stage.open({ maxConcurrent: 1, ...HASTY });
    const second = await stage.open();
    const task = await first.runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    await second.sabotage('lose-nudges');
    await second.runner.cancel(task.id);
    const next = await second.runner.enqueue('act.plain', stage.part({ do: 'return', value: 'next' }));
    expect(await entry.aborted()).toBe('cancelled');
    expect(await fates([next])).toEqual(['next']);
  });

  test('A9 a wait for an end whose nudge is lost is over with the next poll', async () => {
    const stage = new Stage();
    const first = await stage.open(HASTY);
    const second = await stage.open(HASTY);
    const task = await second.runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    const waiting = second.runner.wait(task.id, { timeoutMs: 1_000 });
    await first.sabotage('lose-nudges');
    entry.tell({ do: 'return' });
    await first.runner.result(task.id);
    expect(await waiting).toMatchObject({ finished: true });
  });
});

test('promise 1 of tasks that are enqueued while the tab closes, every accepted one is there, and no refused one', async () => {
  const stage = new Stage();
  const { runner } = await stage.open();
  const accepted: string[] = [];
  const flood = async (name: string) => {
    try {
      for (let i = 0; ; i++) {
        accepted.push((await runner.enqueue('nobody.knows', undefined, { id: `${name}${i}` })).id);
        if (accepted.length === 100) void runner.close();
      }
    } catch (error) {
      return error;
    }
  };
  for (const error of await soon(Promise.all(Array.from('abcdefghij', flood))))
    expect(error).toMatchObject({ code: 'closed' });
  const { tasks } = await (await stage.open()).runner.list({ limit: 1_000 });
  expect(tasks.map(({ id }) => id as string).sort()).toEqual(accepted.sort());
});
