// Tasks that end their worker again and again: they are found out, and nobody pays for them.

import { afterEach, expect, test } from 'vitest';
import type { Runner, TaskHandle } from '../../../src/index.ts';
import { closeStages, fates, Stage } from './stage.ts';

afterEach(closeStages);

/** A task that has ended its worker twice, while another runs in the other slot. */
async function suspectBeside(stage: Stage, runner: Runner): Promise<{ suspect: TaskHandle; neighbour: TaskHandle }> {
  const neighbour = await runner.enqueue('act.other', stage.part());
  await stage.entered(neighbour);
  const suspect = await runner.enqueue('act.plain', stage.part());
  for (const nth of [1, 2]) {
    const entry = await stage.entered(suspect, nth);
    entry.tell({ do: 'die' });
    await entry.workerEnded();
  }
  return { suspect, neighbour };
}

test('promise 4 a task that ends its worker three times fails as worker-crashed; its neighbour is not charged', async () => {
  const stage = new Stage();
  const { runner } = await stage.open({ maxConcurrent: 2 });
  const { suspect, neighbour } = await suspectBeside(stage, runner);
  (await stage.entered(neighbour)).tell({ do: 'return', value: 'unharmed' });
  expect(await fates([neighbour])).toEqual(['unharmed']);
  (await stage.entered(suspect, 3)).tell({ do: 'die' });
  expect(await fates([suspect])).toEqual(['worker-crashed']);
  expect(stage.entries(neighbour)).toHaveLength(1);
  expect(await neighbour.get()).toMatchObject({ attempt: 1, retryCount: 0 });
});

test('promise 4 deaths with something recorded in between convict nobody', async () => {
  const stage = new Stage();
  const { runner } = await stage.open({ maxConcurrent: 1 });
  const task = await runner.enqueue('act.plain', stage.part());
  for (let nth = 1; nth <= 4; nth++) {
    const entry = await stage.entered(task, nth);
    await entry.does({ do: 'step', name: `step ${nth}` });
    entry.tell({ do: 'die' });
  }
  (await stage.entered(task, 5)).tell({ do: 'return', value: 'at last' });
  expect(await fates([task])).toEqual(['at last']);
  expect(await task.get()).toMatchObject({ attempt: 1, retryCount: 0 });
});

test('promise 4 while a suspect waits for a task that runs long, others go on being claimed', async () => {
  const stage = new Stage();
  const { runner } = await stage.open({ maxConcurrent: 2 });
  const { suspect, neighbour } = await suspectBeside(stage, runner);
  const enqueue = (value: string) => runner.enqueue('act.other', stage.part({ do: 'return', value }));
  const others = await Promise.all(['a', 'b', 'c'].map(enqueue));
  expect(await fates(others, 2_000)).toEqual(['a', 'b', 'c']);
  expect(stage.entries(suspect)).toHaveLength(2);
  (await stage.entered(neighbour)).tell({ do: 'return' });
  (await stage.entered(suspect, 3)).tell({ do: 'return', value: 'innocent' });
  expect(await fates([suspect])).toEqual(['innocent']);
});

test('promise 4 a suspect that has recorded something is none any more: others run beside it', async () => {
  const stage = new Stage();
  const { runner } = await stage.open({ maxConcurrent: 2 });
  const { suspect, neighbour } = await suspectBeside(stage, runner);
  (await stage.entered(neighbour)).tell({ do: 'return' });
  const alone = await stage.entered(suspect, 3);
  const enqueue = () => runner.enqueue('act.other', stage.part({ do: 'return', value: 'beside it' }));
  const waiting = await enqueue();
  await alone.does({ do: 'step', name: 'proof' });
  expect(await fates([waiting], 1_000)).toEqual(['beside it']);
  expect(await fates([await enqueue()], 1_000)).toEqual(['beside it']);
  alone.tell({ do: 'return' });
});
