// Handlers that hang, spin, die and lie: they harm themselves, and nobody beside them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../../src/index.ts';
import { closeStages, fates, outcomes, soon, Stage } from './stage.ts';

const stage = new Stage();
let runner: Runner;

beforeAll(async () => {
  ({ runner } = await stage.open({ maxConcurrent: 2 }));
});
afterAll(closeStages);

const ONCE = { retry: { maxRetries: 0 } };

describe('a slot', () => {
  test('B4 whose handler ignores its signal is ended after the grace and replaced; the other slot goes on', async () => {
    const [deaf, neighbour] = await Promise.all([
      runner.enqueue('act.plain', stage.part({ do: 'hang' })),
      runner.enqueue('act.plain', stage.part()),
    ]);
    const [stuck, other] = [await stage.entered(deaf), await stage.entered(neighbour)];
    await deaf.cancel();
    expect(await stuck.aborted()).toBe('cancelled');
    await stuck.workerEnded();
    const next = await runner.enqueue('act.plain', stage.part({ do: 'return', value: 'next' }));
    expect(await fates([next])).toEqual(['next']);
    other.tell({ do: 'return', value: 'unharmed' });
    expect(await fates([neighbour])).toEqual(['unharmed']);
    expect(stage.entries(neighbour)).toHaveLength(1);
  });

  test('B5 whose handler spins past its timeout is ended and replaced; that costs the attempt and nobody else', async () => {
    const [spinning, neighbour] = await Promise.all([
      runner.enqueue('act.plain', stage.part({ do: 'spin' }), { timeoutMs: 50, ...ONCE }),
      runner.enqueue('act.plain', stage.part()),
    ]);
    const other = await stage.entered(neighbour);
    expect(await fates([spinning])).toEqual(['timeout']);
    const next = await runner.enqueue('act.plain', stage.part({ do: 'return', value: 'next' }));
    expect(await fates([next])).toEqual(['next']);
    other.tell({ do: 'return', value: 'unharmed' });
    expect(await fates([neighbour])).toEqual(['unharmed']);
    expect(stage.entries(neighbour)).toHaveLength(1);
  });

  test('promise 4 that dies with a result on its lips, or idle, charges nobody who comes after', async () => {
    const stage = new Stage();
    const { runner } = await stage.open({ maxConcurrent: 1 });
    const task = () => runner.enqueue('act.plain', stage.part({ do: 'return', value: 'next' }), ONCE);
    const dying = () => runner.enqueue('act.plain', stage.part({ do: 'die-and-return' }), ONCE);
    const tasks = await Promise.all([dying(), task(), dying(), task(), task()]);
    const last = 'with its last breath';
    expect(await fates(tasks)).toEqual([last, 'next', last, 'next', 'next']);
    for (const each of tasks) expect(await each.get()).toMatchObject({ attempt: 1, retryCount: 0 });

    const lingering = await runner.enqueue('act.plain', stage.part({ do: 'linger', value: 'done' }), ONCE);
    const entry = await stage.entered(lingering);
    expect(await fates([lingering])).toEqual(['done']);
    entry.tell({ do: 'die' });
    await entry.workerEnded();
    expect(await fates([await task()])).toEqual(['next']);
  });

  test('B9 takes whatever a handler throws, and says something of it', async () => {
    const odds = ['undefined', 'null', 'empty', 'symbol', 'function', 'revoked', 'spiky', 'holder', 'number'] as const;
    const thrown = odds.map((odd) => runner.enqueue('act.plain', stage.part({ do: 'throw-odd', odd }), ONCE));
    const text = runner.enqueue('act.plain', stage.part({ do: 'throw-odd', odd: 'text' }), ONCE);
    const { slots } = await runner.status();
    const tasks = await Promise.all([...thrown, text]);
    expect(await fates(tasks)).toEqual(tasks.map(() => 'handler-failed'));
    for (const each of tasks) expect(await each.get()).toMatchObject({ error: { message: /\w/ } });
    await expect((await text).result()).rejects.toThrow('just text');
    expect((await runner.status()).slots).toMatchObject(slots.map(({ id }) => ({ id })));
  });

  test('B9 whose result cannot be cloned fails that task for good, and no other of its turn', async () => {
    const odds = ['function', 'symbol', 'holder', 'bare', 'spiky', 'functions', 'deep'] as const;
    const tasks = await Promise.all(
      odds.flatMap((odd) => [
        runner.enqueue('act.plain', stage.part({ do: 'return-odd', odd })),
        runner.enqueue('act.plain', stage.part({ do: 'return', value: odd })),
      ]),
    );
    expect(await fates(tasks)).toEqual(odds.flatMap((odd) => ['result-not-cloneable', odd]));
    for (const each of tasks) expect(stage.entries(each)).toHaveLength(1);
  });

  test('B3 whose result cannot be cloned keeps what its handler logged', async () => {
    const part = stage.part({ do: 'log', message: 'just before' }, { do: 'return-odd', odd: 'function' });
    const task = await runner.enqueue('act.plain', part);
    await fates([task]);
    expect((await runner.log(task.id)).entries).toMatchObject([{ message: 'just before' }]);
  });
});

describe('the pool', () => {
  test('B1 made smaller during work starts nothing before no more than that run, and loses nothing', async () => {
    const stage = new Stage();
    const { runner } = await stage.open({ maxConcurrent: 3 });
    const enqueue = () => runner.enqueue('act.plain', stage.part());
    const held = await Promise.all([enqueue(), enqueue(), enqueue()]);
    const [first, second, third] = await Promise.all(held.map((task) => stage.entered(task)));
    await runner.configure({ maxConcurrent: 1 });
    const next = await runner.enqueue('act.plain', stage.part({ do: 'return', value: 'next' }));
    first?.tell({ do: 'return', value: 1 });
    second?.tell({ do: 'return', value: 2 });
    expect(await fates(held.slice(0, 2))).toEqual([1, 2]);
    // Each step is a write, beside which the next task would have been claimed.
    for (const name of ['a', 'b', 'c']) await third?.does({ do: 'step', name });
    expect(stage.entries(next)).toHaveLength(0);
    third?.tell({ do: 'return', value: 3 });
    expect(await fates([...held, next])).toEqual([1, 2, 3, 'next']);
    expect(held.map((task) => stage.entries(task).length)).toEqual([1, 1, 1]);
  });

  test('promise 3 whose worker file cannot start says so, and hands the lead to an engine that can', async () => {
    const stage = new Stage();
    const worker = () => new Worker(new URL('./slotless.worker.ts', import.meta.url), { type: 'module' });
    const [broken, whole] = [await stage.open({ worker }), await stage.open()];
    const told = Promise.withResolvers<string>();
    broken.runner.onNotice(({ kind }) => {
      if (kind === 'engine-broken') told.resolve(kind);
    });
    const task = await broken.runner.enqueue('act.once', stage.part({ do: 'return', value: 'elsewhere' }));
    expect(await soon(told.promise)).toBe('engine-broken');
    expect(await fates([task])).toEqual(['elsewhere']);
    expect(await task.get()).toMatchObject({ attempt: 1, retryCount: 0 });
    const [left, right] = [await broken.runner.status(), await whole.runner.status()];
    expect([left.leads, right.leads]).toEqual([false, true]);
  });
});

describe('what must not run twice', () => {
  test('promise 2 waits unclaimed for a slot that has started: an engine that ends before that leaves no doubt', async () => {
    const stage = new Stage();
    const worker = () => new Worker(new URL('./silent.worker.ts', import.meta.url), { type: 'module' });
    const { runner, crash } = await stage.open({ worker, maxConcurrent: 3 });
    const plain = await runner.enqueue('act.plain', stage.part({ do: 'return', value: 'plain' }));
    const task = await runner.enqueue('act.once', stage.part({ do: 'return', value: 'once' }));
    const later = await runner.enqueue('act.plain', stage.part({ do: 'return', value: 'later' }));
    for await (const { status } of plain.changes()) if (status === 'running') break;
    expect(await task.get()).toMatchObject({ status: 'pending' });
    crash();
    const next = await stage.open();
    const ended = await Promise.all([plain, task, later].map(({ id }) => next.runner.wait(id)));
    expect(ended.map((each) => each.task.status)).toEqual(['completed', 'completed', 'completed']);
    expect(ended[1]?.task).toMatchObject({ result: 'once', attempt: 1, retryCount: 0 });
  });
});

describe('exactly one outcome', () => {
  test('promise 2 of a timeout that fires together with the result', async () => {
    const part = stage.part({ do: 'return-after', ms: 20 });
    const enqueue = () => runner.enqueue('act.plain', part, { timeoutMs: 20, ...ONCE });
    const tasks = await Promise.all(Array.from({ length: 40 }, enqueue));
    for (const fate of await fates(tasks)) expect(['in time', 'timeout']).toContain(fate);
    for (const task of tasks) {
      expect(stage.entries(task)).toHaveLength(1);
      expect(await runner.detail(task.id)).toMatchObject({ task: { attempt: 1 }, runs: [{ index: 0 }] });
    }
  });

  test('promise 2 of a cancel, given in another tab, that races the result', async () => {
    const there = await stage.open();
    const tasks = await Promise.all(Array.from({ length: 100 }, () => runner.enqueue('quick')));
    const cancels = await outcomes(tasks.map(({ id }) => there.runner.cancel(id)));
    const wanted = cancels.map((outcome) => (outcome === 'already-finished' ? 'done' : 'cancelled'));
    for (const outcome of cancels)
      if (outcome !== 'already-finished') expect(outcome).toMatchObject({ status: 'cancelled' });
    expect(await fates(tasks)).toEqual(wanted);
    const { quick } = (await there.runner.stats()).byType;
    expect((quick?.completed ?? 0) + (quick?.cancelled ?? 0)).toBe(100);
    expect(quick?.completed).toBe(wanted.filter((fate) => fate === 'done').length);
  });

  test('B4 of a task that is cancelled before it is dispatched: it never begins', async () => {
    const hold = () => runner.enqueue('act.other', stage.part());
    const holding = await Promise.all([hold(), hold()]);
    const holders = await Promise.all(holding.map((task) => stage.entered(task)));
    const enqueue = (value: string) => runner.enqueue('act.plain', stage.part({ do: 'return', value }));
    const [before, cancelled, after] = await Promise.all([enqueue('a'), enqueue('b'), enqueue('c')]);
    await cancelled.cancel();
    for (const holder of holders) holder.tell({ do: 'return', value: 'held' });
    expect(await fates([...holding, before, cancelled, after])).toEqual(['held', 'held', 'a', 'cancelled', 'c']);
    expect(stage.entries(cancelled)).toEqual([]);
  });

  test('A7 of an id that is removed while it runs and used again at once: the old run records nothing', async () => {
    const enqueue = () => runner.enqueue('act.patient', stage.part(), { id: 'mine' });
    const old = await stage.entered(await enqueue());
    await old.does({ do: 'step', name: 'first', value: 'old' });
    await runner.remove('mine');
    const again = await enqueue();
    expect(again.created).toBe(true);
    const current = await stage.entered(again, 2);
    expect(await old.aborted()).toMatch(/cancelled|claim-lost/);
    expect(await old.does({ do: 'step', name: 'late', value: 'old' })).toHaveProperty('error');
    expect(await old.does({ do: 'artifact', name: 'late.txt', content: 'old' })).toHaveProperty('error');
    old.tell({ do: 'return', value: 'old' });
    expect(await current.does({ do: 'step', name: 'first', value: 'new' })).toMatchObject({ value: 'new' });
    current.tell({ do: 'return', value: 'new' });
    expect(await fates([again])).toEqual(['new']);
    const { steps, artifactCount } = await runner.detail('mine');
    expect(steps).toMatchObject([{ name: 'first', result: 'new' }]);
    expect(artifactCount).toBe(0);
  });

  test('C2 of a retry that is asked for twice at once, while the cancelled run still winds down', async () => {
    const task = await runner.enqueue('act.patient', stage.part());
    const old = await stage.entered(task);
    await task.cancel();
    const [one, two] = await outcomes([runner.retry(task.id), runner.retry(task.id)]);
    expect([one, two]).toMatchObject([{ runCount: 2 }, 'not-retryable']);
    const current = await stage.entered(task, 2);
    old.tell({ do: 'return', value: 'old' });
    current.tell({ do: 'return', value: 'new' });
    expect(await fates([task])).toEqual(['new']);
    expect((await runner.detail(task.id)).runs).toMatchObject([{ status: 'cancelled' }, { status: 'completed' }]);
    expect(stage.entries(task)).toHaveLength(2);
  });
});
