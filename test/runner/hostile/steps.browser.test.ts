// What a handler records on its way: steps, progress, log lines and files, and what it must not be able to.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../../src/index.ts';
import { closeStages, fates, Stage } from './stage.ts';

const stage = new Stage();
let runner: Runner;

beforeAll(async () => {
  ({ runner } = await stage.open({ maxConcurrent: 2 }));
});
afterAll(closeStages);

const ONCE = { retry: { maxRetries: 0 } };

describe('steps', () => {
  test('C1 two of one name in a run are an error that no retry mends', async () => {
    const twice = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'step', name: 'same', value: 1 }, { do: 'step', name: 'same', value: 2 }),
    );
    const asMap = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'step', name: 'double', value: 1 }, { do: 'map', handler: 'double', items: [1] }),
    );
    expect(await fates([twice, asMap])).toEqual(['duplicate-step', 'duplicate-step']);
    expect([twice, asMap].map((task) => stage.entries(task).length)).toEqual([1, 1]);
    expect((await runner.detail(twice.id)).steps).toMatchObject([{ name: 'same', result: 1 }]);
  });

  test('C1 one that throws fails the attempt and is run again; recorded ones are not', async () => {
    const task = await runner.enqueue('act.plain', stage.part());
    const first = await stage.entered(task);
    expect(await first.does({ do: 'step', name: 'a', value: 'of the first' })).toMatchObject({ value: 'of the first' });
    expect(await first.does({ do: 'step', name: 'none' })).toMatchObject({ value: undefined });
    expect(await first.does({ do: 'step-fails', name: 'b', message: 'no' })).toMatchObject({
      error: { message: 'no' },
    });
    first.tell({ do: 'fail', message: 'no' });
    const second = await stage.entered(task, 2);
    expect(second.attempt).toBe(2);
    const step = async (name: string) => (await second.does({ do: 'step', name, value: 'of the second' })).value;
    expect([await step('a'), await step('none'), await step('b')]).toEqual([
      'of the first',
      undefined,
      'of the second',
    ]);
    second.tell({ do: 'return', value: 'done' });
    expect(await fates([task])).toEqual(['done']);
    const { steps } = await runner.detail(task.id);
    expect(steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'a completed',
      'none completed',
      'b completed',
    ]);
  });

  test('C1 one whose result cannot be cloned fails the task for good; what was recorded before it stays', async () => {
    const task = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'step', name: 'good', value: 1 }, { do: 'step-odd', name: 'bad', odd: 'function' }),
    );
    expect(await fates([task])).toEqual(['result-not-cloneable']);
    expect(stage.entries(task)).toHaveLength(1);
    expect((await runner.detail(task.id)).steps).toMatchObject([
      { name: 'good', status: 'completed', result: 1 },
      { name: 'bad', status: 'failed', error: { code: 'result-not-cloneable' } },
    ]);
  });

  test('promise 2 after the end of the handler nothing is recorded any more, and nobody is disturbed', async () => {
    const task = await runner.enqueue('act.plain', stage.part({ do: 'linger', value: 'done' }));
    const entry = await stage.entered(task);
    expect(await fates([task])).toEqual(['done']);
    for (const act of [
      { do: 'step', name: 'late' },
      { do: 'map', handler: 'double', items: [1, 2] },
      { do: 'artifact', name: 'late.txt', content: 'late' },
    ] as const)
      expect(await entry.does(act)).toMatchObject({ error: { code: 'claim-lost' } });
    await entry.does({ do: 'progress', percent: 50 });
    await entry.does({ do: 'log', message: 'late' });
    const next = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'step', name: 's' }, { do: 'return', value: 'next' }),
    );
    expect(await fates([next])).toEqual(['next']);
    const detail = await runner.detail(task.id);
    expect(detail).toMatchObject({ steps: [], artifacts: [], task: { result: 'done', progress: { percent: 100 } } });
  });
});

describe('progress and log', () => {
  test('B3 a progress that is no number from 0 to 100 becomes one', async () => {
    const task = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    for (const [percent, wanted] of [
      [1e9, 100],
      [-5, 0],
    ] as const) {
      entry.tell({ do: 'progress', percent });
      for await (const { progress } of runner.changes(task.id)) if (progress.percent === wanted) break;
    }
    await entry.does({ do: 'progress', percent: Number.NaN });
    expect(await task.get()).toMatchObject({ progress: { percent: 0 }, status: 'running' });
  });

  test('B3 a flood of log lines is kept whole and in order, and holds up nobody', async () => {
    const flood = stage.part({ do: 'log', message: 'line', times: 20_000 }, { do: 'return', value: 'done' });
    const task = await runner.enqueue('act.plain', flood);
    const neighbour = await runner.enqueue('act.other', stage.part({ do: 'return', value: 'unharmed' }));
    expect(await fates([task, neighbour])).toEqual(['done', 'unharmed']);
    const { entries, total } = await runner.log(task.id, { offset: 19_998, limit: 10 });
    expect(total).toBe(20_000);
    expect(entries.map(({ message }) => message)).toEqual(['line 19998', 'line 19999']);
  });

  // `String` is called with what cannot be cloned, and throws for an object without a prototype.
  test('B3 data that can be neither cloned nor made text costs a log line, not the attempt', async () => {
    const task = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'log-odd', odd: 'function' }, { do: 'log-odd', odd: 'bare' }, { do: 'return', value: 'done' }),
      ONCE,
    );
    expect(await fates([task])).toEqual(['done']);
  });
});

describe('artifacts', () => {
  test('B8 keep any name as it is, and one of the same name replaces the other, on a retry too', async () => {
    const names = ['', '..', '../../secret', 'a/b\\c', 'con', '__proto__', 'nul\0byte', 'ünï 🎈', 'x'.repeat(5_000)];
    const task = await runner.enqueue('act.plain', stage.part());
    const first = await stage.entered(task);
    for (const name of names) await first.does({ do: 'artifact', name, content: `first ${name}` });
    const { artifacts: before } = await runner.detail(task.id);
    expect(before.map(({ name }) => name).sort()).toEqual([...names].sort());
    first.tell({ do: 'fail', message: 'again' });
    const second = await stage.entered(task, 2);
    for (const name of names) await second.does({ do: 'artifact', name, content: `second ${name}` });
    second.tell({ do: 'return', value: 'done' });
    expect(await fates([task])).toEqual(['done']);
    const { artifacts, artifactCount } = await runner.detail(task.id);
    expect(artifactCount).toBe(names.length);
    for (const file of artifacts) expect(await (await runner.openFile(file)).text()).toBe(`second ${file.name}`);
    for (const file of before) await expect(runner.openFile(file)).rejects.toMatchObject({ code: 'file-missing' });
  });

  test('B8 a stream that breaks half way leaves nothing, and the one before it stays', async () => {
    const task = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'artifact', name: 'a.txt', content: 'whole' }, { do: 'artifact-breaks', name: 'a.txt' }),
      ONCE,
    );
    await expect(task.result()).rejects.toThrow('the stream broke');
    const { artifacts } = await runner.detail(task.id);
    expect(artifacts).toHaveLength(1);
    expect(await (await runner.openFile(artifacts[0]?.id ?? '')).text()).toBe('whole');
  });
});
