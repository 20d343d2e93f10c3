// Maps over many items, and what their handlers and items may do wrong.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../../src/index.ts';
import type { Report } from './acts.ts';
import { closeStages, fates, Stage } from './stage.ts';

const stage = new Stage();
let runner: Runner;

beforeAll(async () => {
  ({ runner } = await stage.open({ maxConcurrent: 3 }));
});
afterAll(closeStages);

const ONCE = { retry: { maxRetries: 0 } };
const DONE = { do: 'return', value: 'done' } as const;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const doubled = (count: number) => numbers(count).map((n) => n * 2);

describe('B14 a map', () => {
  test('over nothing and over ten thousand items, two at once and one in a step', async () => {
    const task = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    const maps = entry.does({ do: 'maps', names: ['none', 'many', 'few'], counts: [0, 10_000, 10] });
    expect((await maps).value).toEqual([[], doubled(10_000), doubled(10)]);
    expect((await entry.does({ do: 'step-maps', name: 'outer', items: [0, 1, 2] })).value).toEqual(doubled(3));
    entry.tell(DONE);
    expect(await fates([task])).toEqual(['done']);
    const { steps } = await runner.detail(task.id);
    expect(steps.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
      ['double', 'few', 'many', 'none', 'outer'].map((name) => `${name} completed`),
    );
  });

  test('of which an item throws: the retry works on that and on what was not recorded, and on nothing else', async () => {
    const task = await runner.enqueue('act.plain', stage.part());
    const first = await stage.entered(task);
    const map = { do: 'map', handler: 'double', items: numbers(200) } as const;
    const failed = await first.does({ ...map, options: { stage: stage.database, failAt: 150 } });
    expect(failed).toMatchObject({ error: { message: 'item 150 failed' } });
    first.tell({ do: 'fail', message: 'again' });
    const second = await stage.entered(task, 2);
    const items = await runner.items(task.id, 'double', { from: 0, limit: 200 });
    const done = items.filter(({ status }) => status === 'done');
    expect(done.length).toBeGreaterThanOrEqual(150);
    expect((await second.does({ ...map, options: { stage: stage.database } })).value).toEqual(doubled(200));
    second.tell(DONE);
    expect(await fates([task])).toEqual(['done']);
    const times = stage.items();
    for (const { index } of done) expect([index, times.get(index)]).toEqual([index, 1]);
    expect(times.get(150)).toBe(2);
  });

  test('with an item handler that is not there fails for good and says which', async () => {
    const task = await runner.enqueue('act.plain', stage.part({ do: 'map', handler: 'nobody', items: [1] }));
    expect(await fates([task])).toEqual(['not-registered']);
    await expect(task.result()).rejects.toThrow('"nobody"');
    expect(stage.entries(task)).toHaveLength(1);
  });

  // Item handlers are looked up in a plain object, and what its prototype has is found, too.
  test('with an item handler that every object has, but this type has not', async () => {
    const enqueue = (handler: string) =>
      runner.enqueue('act.plain', stage.part({ do: 'map', handler, items: [1] }, DONE), ONCE);
    const tasks = await Promise.all(['constructor', 'toString', '__proto__'].map(enqueue));
    expect(await fates(tasks)).toEqual(tasks.map(() => 'not-registered'));
  });

  // It fails far from where it is called, with words that help nobody, and is tried again.
  test('over what is no array fails for good, with a clear error', async () => {
    for (const odd of ['set', 'number', 'undefined', 'text'] as const) {
      const task = await runner.enqueue('act.plain', stage.part({ do: 'map-odd', odd }));
      expect(await fates([task])).toEqual(['invalid-request']);
      expect(await task.get()).toMatchObject({ error: { details: { field: 'items' }, retryable: false } });
    }
  });

  // It throws amid the dispatch and stays among the maps that want slots: every dispatch from then on throws.
  test('over what is no array keeps nobody else from being dispatched', async () => {
    const task = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    expect(await entry.does({ do: 'map-odd', odd: 'set' })).toHaveProperty('error');
    const neighbour = await runner.enqueue('act.other', stage.part(DONE));
    const { finished } = await runner.wait(neighbour.id, { timeoutMs: 1_500 });
    entry.tell(DONE);
    expect(finished).toBe(true);
  });

  test('whose items or results cannot be cloned fails, and the slots go on', async () => {
    const items = await runner.enqueue('act.plain', stage.part({ do: 'map-odd', odd: 'functions' }));
    const results = await runner.enqueue('act.plain', stage.part({ do: 'map', handler: 'odd', items: numbers(9) }));
    expect(await fates([items, results])).toEqual(['result-not-cloneable', 'result-not-cloneable']);
    expect([items, results].map((task) => stage.entries(task).length)).toEqual([1, 1]);
    const next = await runner.enqueue('act.plain', stage.part({ do: 'map', handler: 'double', items: [1] }, DONE));
    expect(await fates([next])).toEqual(['done']);
  });

  test('B4 that is cancelled while its items hang: their slots are ended, and the next map has them all', async () => {
    const map = { do: 'map', handler: 'double', items: numbers(50) } as const;
    const heard = new Stage();
    const options = { stage: heard.database, hangFrom: 0 };
    const task = await runner.enqueue('act.plain', stage.part({ ...map, options }));
    await heard.report((_): _ is Report => heard.items().size === 3);
    await task.cancel();
    const next = await runner.enqueue('act.plain', stage.part(map, DONE));
    expect(await fates([task, next])).toEqual(['cancelled', 'done']);
    expect((await runner.detail(task.id)).steps).toMatchObject([{ name: 'double', items: { total: 50, done: 0 } }]);
  });
});
