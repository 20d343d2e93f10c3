// Limits, keys, constraints and pauses: what is held back, why, and what lets it go.

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TaskHandle } from '../../../src/index.ts';
import { closeStages, fates, Stage } from '../hostile/stage.ts';

afterEach(closeStages);

const DONE = { do: 'return', value: 'done' } as const;
const worker = () => new Worker(new URL('./limited.worker.ts', import.meta.url), { type: 'module' });

async function newStage(maxConcurrent = 4) {
  const stage = new Stage();
  const { runner } = await stage.open({ maxConcurrent, worker });
  const waits = async (task: TaskHandle | undefined) => {
    const now = await task?.get();
    return now?.status === 'pending' ? now.waitingFor : now?.status;
  };
  const waitsFor = (task: TaskHandle | undefined, kinds: unknown) =>
    vi.waitFor(async () => expect(await waits(task)).toEqual(kinds), { timeout: 4_000, interval: 20 });
  return { stage, runner, waitsFor };
}

const reasons = async (explained: Promise<{ waitingFor: { kind: string; message: string; wakes: string }[] }>) =>
  (await explained).waitingFor.map(({ kind }) => kind);

describe('B10 a limit', () => {
  test('of a type lets so many run, and the next when one ends; others go by', async () => {
    const { stage, runner, waitsFor } = await newStage();
    const tasks = await Promise.all([1, 2, 3].map(() => runner.enqueue('act.two', stage.part())));
    const other = await runner.enqueue('act.plain', stage.part(DONE));
    expect(await fates([other])).toEqual(['done']);
    const [first] = await Promise.all(tasks.slice(0, 2).map((task) => stage.entered(task)));
    await waitsFor(tasks[2], ['limit']);
    expect(await reasons(runner.explain(tasks[2]?.id ?? ''))).toEqual(['limit']);
    first?.tell(DONE);
    (await stage.entered(tasks[2])).tell(DONE);
    (await stage.entered(tasks[1])).tell(DONE);
    expect(await fates(tasks)).toEqual(['done', 'done', 'done']);
  });

  test('of starts within a span holds, and says until when', async () => {
    const { stage, runner, waitsFor } = await newStage();
    const startedAt = performance.now();
    const tasks = await Promise.all([1, 2, 3].map(() => runner.enqueue('act.rated', stage.part(DONE))));
    expect(await fates(tasks.slice(0, 2))).toEqual(['done', 'done']);
    await waitsFor(tasks[2], ['limit']);
    const { waitingFor } = await runner.explain(tasks[2]?.id ?? '');
    expect(waitingFor[0]?.until).toBeGreaterThan(Date.now() - 700);
    expect(await fates(tasks)).toEqual(['done', 'done', 'done']);
    expect(performance.now() - startedAt).toBeGreaterThan(690);
  });

  test('of a key has one of its tasks run at a time, the most urgent next', async () => {
    const { stage, runner, waitsFor } = await newStage();
    const enqueue = (priority: number) =>
      runner.enqueue('act.plain', stage.part(), { concurrencyKey: 'album', priority });
    const first = await enqueue(0);
    const entry = await stage.entered(first);
    const [low, high] = [await enqueue(-1), await enqueue(1)];
    await waitsFor(low, ['limit']);
    await waitsFor(high, ['limit']);
    expect(await reasons(runner.explain(low.id))).toEqual(['limit']);
    entry.tell(DONE);
    (await stage.entered(high)).tell(DONE);
    (await stage.entered(low)).tell(DONE);
    expect(await fates([first, low, high])).toEqual(['done', 'done', 'done']);
  });
});

describe('D4 a constraint', () => {
  test('that is not met holds a task back, and lets it start once it is', async () => {
    const { stage, runner, waitsFor } = await newStage();
    await runner.setSignal('vpn', false);
    const task = await runner.enqueue('act.plain', stage.part(DONE), { constraints: { custom: ['vpn'] } });
    await waitsFor(task, ['constraint']);
    expect(await reasons(runner.explain(task.id))).toEqual(['constraint']);
    expect(stage.entries(task)).toEqual([]);
    await runner.setSignal('vpn', true);
    expect(await fates([task])).toEqual(['done']);
  });

  test('that goes stops the running task as interrupted, which costs nothing, and it goes on later', async () => {
    const { stage, runner, waitsFor } = await newStage();
    await runner.setSignal('vpn', true);
    const task = await runner.enqueue('act.plain', stage.part(), { constraints: { custom: ['vpn'] } });
    const entry = await stage.entered(task);
    await entry.does({ do: 'step', name: 'first', value: 1 });
    await runner.setSignal('vpn', false);
    await entry.aborted();
    await waitsFor(task, ['constraint']);
    expect(await task.get()).toMatchObject({ retryCount: 0, status: 'pending' });
    await runner.setSignal('vpn', true);
    const again = await stage.entered(task, 2);
    expect(again.attempt).toBe(1);
    again.tell(DONE);
    expect(await fates([task])).toEqual(['done']);
    expect((await runner.detail(task.id)).steps).toMatchObject([{ name: 'first', status: 'completed' }]);
  });

  test('D5 a signal that nobody can read is allowed, or waited for, as the task says', async () => {
    const { stage, runner, waitsFor } = await newStage();
    const enqueue = (whenUnknown: 'allow' | 'wait') =>
      runner.enqueue('act.plain', stage.part(DONE), { constraints: { custom: ['moon'], whenUnknown } });
    const [allowed, waits] = [await enqueue('allow'), await enqueue('wait')];
    expect(await fates([allowed])).toEqual(['done']);
    await waitsFor(waits, ['constraint']);
    expect((await runner.explain(waits.id)).waitingFor).toMatchObject([
      {
        kind: 'constraint',
        message: 'It is not known whether “moon” holds, and the task is set to wait.',
      },
    ]);
    await runner.setSignal('moon', true);
    expect(await fates([waits])).toEqual(['done']);
  });

  test('D4 a switch of the person counts for more than what is read', async () => {
    const { stage, runner, waitsFor } = await newStage();
    await runner.configure({ signals: { unmetered: false } });
    const task = await runner.enqueue('act.plain', stage.part(DONE), { constraints: { network: 'unmetered' } });
    await waitsFor(task, ['constraint']);
    await runner.configure({ signals: { unmetered: true, online: true } });
    expect(await fates([task])).toEqual(['done']);
  });
});

describe('D6 a pause', () => {
  test('of everything holds all that has not begun, whatever its type, until it is lifted', async () => {
    const { stage, runner, waitsFor } = await newStage();
    const running = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(running);
    const rule = await runner.pause();
    expect(rule).toMatchObject({ createdBy: 'local', expiresAt: null, deletedAt: null });
    const held = await runner.enqueue('act.other', stage.part(DONE));
    await waitsFor(held, ['pause']);
    entry.tell(DONE);
    expect(await fates([running])).toEqual(['done']);
    expect(await reasons(runner.explain(held.id))).toEqual(['pause']);
    expect(await runner.resume()).toMatchObject([{ ruleId: rule.ruleId }]);
    expect(await fates([held])).toEqual(['done']);
    expect([await runner.pauses(), (await runner.pauses({ lifted: true })).length]).toEqual([[], 1]);
  });

  test('of a type, of a task, and with an expiry', async () => {
    const { stage, runner, waitsFor } = await newStage();
    await runner.pause({ type: 'act.other' });
    const [other, plain] = [
      await runner.enqueue('act.other', stage.part(DONE)),
      await runner.enqueue('act.plain', stage.part(DONE)),
    ];
    expect(await fates([plain])).toEqual(['done']);
    await waitsFor(other, ['pause']);
    const one = await runner.pause({ taskId: other.id });
    await runner.resume({ type: 'act.other' });
    await waitsFor(other, ['pause']);
    await runner.resume({ ruleId: one.ruleId });
    expect(await fates([other])).toEqual(['done']);
    await runner.pause({ expiresAt: Date.now() + 400 });
    const later = await runner.enqueue('act.plain', stage.part(DONE));
    await waitsFor(later, ['pause']);
    expect(await fates([later])).toEqual(['done']);
  });

  test('that names no task, or is past, is refused', async () => {
    const { runner } = await newStage();
    await expect(runner.pause({ taskId: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(runner.pause({ expiresAt: 1 })).rejects.toMatchObject({ details: { field: 'expiresAt' } });
    await expect(runner.pause({ colour: 'red' } as never)).rejects.toMatchObject({ details: { field: 'colour' } });
  });
});

describe('D6 a pause of steps', () => {
  test('has a task stop before the step that it names, and go on with it once it is lifted', async () => {
    const { stage, runner, waitsFor } = await newStage();
    await runner.pause({ type: 'act.plain', stepPattern: 'send *' });
    const task = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    await entry.does({ do: 'step', name: 'plan', value: 1 });
    entry.tell({ do: 'step', name: 'send mail' });
    await waitsFor(task, ['pause']);
    expect(await task.get()).toMatchObject({ retryCount: 0 });
    expect((await runner.explain(task.id)).waitingFor[0]?.message).toContain('send mail');
    await runner.resume({ type: 'act.plain', stepPattern: 'send *' });
    const again = await stage.entered(task, 2);
    await again.does({ do: 'step', name: 'plan', value: 2 });
    await again.does({ do: 'step', name: 'send mail', value: 3 });
    again.tell(DONE);
    expect(await fates([task])).toEqual(['done']);
    const { steps } = await runner.detail(task.id);
    expect(steps.map(({ name, result }) => [name, result])).toEqual([
      ['plan', 1],
      ['send mail', 3],
    ]);
  });

  test('that is made while a task runs holds its steps to come', async () => {
    const { stage, runner, waitsFor } = await newStage();
    const task = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(task);
    const rule = await runner.pause({ taskId: task.id, stepPattern: '*' });
    entry.tell({ do: 'step', name: 'any' });
    await waitsFor(task, ['pause']);
    await runner.resume({ ruleId: rule.ruleId });
    (await stage.entered(task, 2)).tell(DONE);
    expect(await fates([task])).toEqual(['done']);
  });
});

describe('D7 every wait is explained: since when, and what ends it', () => {
  test('slot, handler, time, retry, decision, event, dependency', async () => {
    const { stage, runner } = await newStage(1);
    const busy = await runner.enqueue('act.plain', stage.part());
    const entry = await stage.entered(busy);
    const soon = Date.now() + 60_000;
    const waiting = {
      slot: await runner.enqueue('act.plain', stage.part(DONE)),
      handler: await runner.enqueue('nobody.knows'),
      time: await runner.enqueue('act.plain', stage.part(DONE), { schedule: { at: soon } }),
      event: await runner.enqueue('act.plain', stage.part(DONE), { schedule: { on: { event: 'paid' } } }),
      dependency: await runner.enqueue('act.plain', stage.part(DONE), { dependsOn: [busy] }),
    };
    for (const [kind, task] of Object.entries(waiting)) {
      const { status, waitingFor } = await runner.explain(task.id);
      expect([status, waitingFor]).toMatchObject(['pending', [{ kind }]]);
      expect(waitingFor[0]?.since).toBeLessThanOrEqual(Date.now());
      expect(waitingFor[0]?.message).toMatch(/\w.*\.$/);
      expect(waitingFor[0]?.wakes).toMatch(/\w/);
    }
    expect((await runner.explain(waiting.time.id)).waitingFor[0]?.until).toBe(soon);
    expect(await runner.explain(busy.id)).toEqual({ status: 'running', waitingFor: [] });
    entry.tell(DONE);
    await fates([waiting.slot, waiting.dependency]);
    const failing = await runner.enqueue('act.plain', stage.part(), {
      retry: { maxRetries: 3, initialBackoffMs: 60_000 },
    });
    (await stage.entered(failing)).tell({ do: 'fail', message: 'no luck' });
    await vi.waitFor(async () => expect(await reasons(runner.explain(failing.id))).toEqual(['retry']));
    const once = await runner.enqueue('act.once', stage.part());
    (await stage.entered(once)).tell({ do: 'die' });
    await vi.waitFor(async () => expect(await reasons(runner.explain(once.id))).toEqual(['decision']), {
      timeout: 4_000,
    });
    expect(await runner.sendEvent('paid')).toBe(1);
    await vi.waitFor(async () => expect((await waiting.event.get()).lastRun?.status).toBe('completed'), {
      timeout: 4_000,
    });
  });
});
