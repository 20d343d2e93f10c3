// What a page may do to its runner, and what its runner must answer when the engine behind it is gone.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRunner, type Runner, type Task } from '../../../src/index.ts';
import { closeStages, fates, outcomes, soon, Stage } from './stage.ts';

afterEach(closeStages);

const ONCE = { retry: { maxRetries: 0 } };

/** One call of each kind. */
function everyCall(runner: Runner, id: string): Promise<unknown>[] {
  const next = (tasks: AsyncIterable<Task>) => tasks[Symbol.asyncIterator]().next();
  return [
    runner.enqueue('quick'),
    runner.enqueue('quick', undefined, { onCopy: () => undefined }),
    runner.enqueueMany([{ type: 'quick' }]),
    runner.get(id),
    runner.list(),
    runner.stats(),
    runner.detail(id),
    runner.items(id, 'double', { from: 0, limit: 1 }),
    runner.artifacts(id),
    runner.log(id),
    runner.openFile('nothing'),
    runner.cancel(id),
    runner.retry(id),
    runner.remove(id),
    runner.clearFinished(),
    runner.wait(id),
    runner.result(id),
    next(runner.changes(id)),
    runner.status(),
    runner.settings(),
    runner.configure({ maxConcurrent: 1 }),
  ];
}

/** What throws in a page's own callback is said aloud there, and is no failure of this test. Says how often it did. */
function expectUncaught(message: string): () => number {
  let heard = 0;
  const hear = (event: ErrorEvent) => {
    if (!event.message.includes(message)) return;
    heard += 1;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener('error', hear, { capture: true });
  return () => {
    window.removeEventListener('error', hear, { capture: true });
    return heard;
  };
}

describe('waiting', () => {
  test('A9 for what is not there, or is removed meanwhile, rejects; changes end', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    for (const id of ['nobody', '', '__proto__', 'a'.repeat(10_000), '\0']) {
      await expect(runner.wait(id, { timeoutMs: 2_000 })).rejects.toMatchObject({ code: 'not-found' });
      expect((await runner.changes(id)[Symbol.asyncIterator]().next()).done).toBe(true);
    }
    const task = await runner.enqueue('nobody.knows');
    const waiting = outcomes([runner.wait(task.id), task.result()]);
    const seen: string[] = [];
    for await (const { status } of task.changes()) {
      seen.push(status);
      await runner.remove(task.id);
    }
    expect(seen).toEqual(['pending']);
    expect(await waiting).toEqual(['not-found', 'not-found']);
  });

  test('A9 for what failed or was cancelled rejects with that error; a time limit of nothing is over at once', async () => {
    const stage = new Stage();
    const { runner } = await stage.open({ maxConcurrent: 1 });
    const failing = await runner.enqueue('act.plain', stage.part({ do: 'fail', message: 'broken' }), ONCE);
    const held = await runner.enqueue('act.plain', stage.part());
    const waits = [0, -1, 20].map((timeoutMs) => runner.wait(held.id, { timeoutMs }));
    for (const { finished } of await soon(Promise.all(waits))) expect(finished).toBe(false);
    await expect(failing.result()).rejects.toMatchObject({ code: 'handler-failed', message: 'broken' });
    await held.cancel('no longer wanted');
    await expect(held.result()).rejects.toMatchObject({ code: 'cancelled', message: 'no longer wanted' });
    expect(await runner.wait(held.id)).toMatchObject({ finished: true, task: { status: 'cancelled' } });
  });

  test('changes that are left while they wait end at once', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const changes = (await runner.enqueue('nobody.knows')).changes()[Symbol.asyncIterator]();
    await changes.next();
    const waiting = Promise.allSettled([changes.next()]);
    await soon(Promise.resolve(changes.return?.()), 500);
    expect(await soon(waiting)).toMatchObject([{ value: { done: true } }]);
  });

  test('A9 for an id that is none is refused', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const calls = [undefined, {}, Symbol('id')].map((id) => runner.wait(id as never));
    calls.push(runner.result(undefined as never) as never);
    expect(await outcomes(calls, 1_000)).toEqual(calls.map(() => 'invalid-request'));
  });
});

describe('watching', () => {
  test('that is ended in its own callback sees nothing more; one whose callback throws harms no other', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const uncaught = expectUncaught('a callback of the page');
    const once = vi.fn(() => stop());
    const stop = runner.watchStats(once);
    const stopThrowing = runner.watchStats(() => {
      throw new Error('a callback of the page');
    });
    const all = Promise.withResolvers<undefined>();
    runner.watchStats(({ completed }) => {
      if (completed === 3) all.resolve(undefined);
    });
    for (let i = 0; i < 3; i++) await (await runner.enqueue('quick')).result();
    await soon(all.promise);
    stopThrowing();
    expect(once).toHaveBeenCalledTimes(1);
    expect(uncaught()).toBeGreaterThan(0);
  });

  test('A4 of a page that cannot be is refused, as `list` refuses it', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    expect(() => runner.watchList({ limit: 0 }, () => undefined)).toThrow('limit must be');
    expect(() => runner.watchList({ cursor: 'nonsense' }, () => undefined)).toThrow('cursor must be');
  });
});

describe('a runner whose engine', () => {
  test('was closed, twice at once, rejects every call with "closed", those under way included', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const task = await runner.enqueue('nobody.knows');
    const waiting = outcomes([runner.wait(task.id), task.result()]);
    await soon(Promise.all([runner.close(), runner.close()]));
    expect(await waiting).toEqual(['closed', 'closed']);
    expect(new Set(await outcomes(everyCall(runner, task.id)))).toEqual(new Set(['closed']));
    await soon(runner.close());
  });

  test('failed rejects every call with "engine-lost", those under way included, and gives a notice', async () => {
    const stage = new Stage();
    const { runner, sabotage } = await stage.open();
    const told = Promise.withResolvers<string>();
    const task = await runner.enqueue('nobody.knows');
    const waiting = outcomes([runner.wait(task.id), task.result()]);
    await sabotage('throw');
    expect(await waiting).toEqual(['engine-lost', 'engine-lost']);
    expect(new Set(await outcomes(everyCall(runner, task.id)))).toEqual(new Set(['engine-lost']));
    runner.onNotice(({ kind }) => {
      if (kind === 'engine-lost') told.resolve(kind);
    });
    await soon(told.promise);
    await soon(runner.close());
    const next = await stage.open();
    expect(await next.runner.get(task.id)).toMatchObject({ status: 'pending' });
  });

  test('ended without a word rejects every call with "engine-lost"', async () => {
    const stage = new Stage();
    const { runner, crash } = await stage.open();
    const task = await runner.enqueue('nobody.knows');
    const waiting = runner.wait(task.id);
    crash();
    const calls = [waiting, runner.list(), runner.enqueue('quick')];
    expect(await outcomes(calls, 1_500)).toEqual(calls.map(() => 'engine-lost'));
    await soon(runner.close(), 500);
  });

  test('failed rejects its calls even where a listener of its notices throws', async () => {
    const stage = new Stage();
    const { runner, sabotage } = await stage.open();
    const uncaught = expectUncaught('a listener of the page');
    const task = await runner.enqueue('nobody.knows');
    const waiting = outcomes([runner.wait(task.id)], 1_000);
    runner.onNotice(({ kind }) => {
      if (kind === 'engine-lost') throw new Error('a listener of the page');
    });
    await sabotage('throw');
    try {
      expect(await waiting).toEqual(['engine-lost']);
    } finally {
      uncaught();
    }
  });

  // Anything of this origin can post to the channel of the nudges: an older version of the app, for one.
  test('hears nonsense in the channel of its nudges goes on', async () => {
    const stage = new Stage();
    const { runner } = await stage.open();
    const channel = new BroadcastChannel(`errand:${stage.database}`);
    for (const nonsense of [null, 'nonsense', {}, { seq: 1e9, touched: 5 }]) channel.postMessage(nonsense);
    channel.close();
    expect(await fates([await runner.enqueue('quick')])).toEqual(['done']);
    expect(await fates([await runner.enqueue('quick')])).toEqual(['done']);
  });

  test('cannot be started rejects with a clear error', async () => {
    const broken = URL.createObjectURL(new Blob(['throw new Error("no engine")']));
    for (const url of [broken, '/there/is/no/such/worker.js']) {
      const worker = () => new Worker(url, { type: 'module' });
      expect(await outcomes([createRunner({ worker, database: 'hostile-nothing' })])).toEqual(['engine-lost']);
    }
  });
});
