// What the simulated tabs run: one handler under many policies. It does what its payload says, and tells the witness of
// each thing outside of the product that it does.

import { serve } from '../../../src/runner/serve.ts';
import { defineTask, doNotRetry, snooze, type TaskContext, type TaskDefinition } from '../../../src/task/index.ts';
import type { Answer, Payload, RunFact } from './facts.ts';
import { POLICIES, type TypeName } from './types.ts';

declare const witness: (what: string, run: RunFact, details?: object) => Answer;

type Items = { double: (item: number, options: RunFact, ctx: { index: number }) => number };
type Ctx = TaskContext<Items>;

const items: Items = {
  double: (item, run, ctx) => {
    witness('item', run, { step: 'double', index: ctx.index });
    return item * 2;
  },
};

function rest(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

async function step(ctx: Ctx, run: RunFact, name: string): Promise<number> {
  const value = await ctx.step(name, () => witness('worked', run, { step: name }).order);
  witness('kept', run, { step: name, value });
  return value;
}

/** After something was recorded, and before it is all done. */
function failEarly<T>({ attempt }: Ctx, times: number, result: T): T {
  if (attempt <= times) throw new Error('It is meant to fail after this.');
  return result;
}

async function act({ mode, ms = 0, times = 1 }: Payload, ctx: Ctx, run: RunFact, begins: number): Promise<unknown> {
  const isEarly = mode === 'fail' ? ctx.attempt <= times : begins <= times;
  if (ms > 0 && mode !== 'deaf') await rest(ms, ctx.signal);
  switch (mode) {
    case 'ok':
      return 'done';
    case 'fail':
      if (isEarly) throw new Error('It is meant to fail.');
      return 'done at last';
    case 'hopeless':
      throw doNotRetry('It is meant to fail for good.');
    case 'hang':
      return rest(Infinity, ctx.signal);
    case 'deaf':
      return isEarly ? new Promise<never>(() => undefined) : 'heard';
    case 'crash':
      if (isEarly) close();
      return isEarly ? new Promise<never>(() => undefined) : 'survived';
    case 'snooze':
      return isEarly ? snooze(ms + 500) : 'awake';
    case 'steps': {
      const made = [await step(ctx, run, 'one'), await step(ctx, run, 'two')];
      if (ctx.attempt <= times) throw new Error('It is meant to fail between steps.');
      await rest(ms, ctx.signal);
      return [...made, await step(ctx, run, 'three')];
    }
    case 'sleep':
      await ctx.sleep('nap', ms + 500);
      witness('kept', run, { step: 'nap', value: 'rested' });
      return failEarly(ctx, times, 'rested');
    case 'event': {
      const rung = await ctx.waitForEvent('ring', { event: 'bell', timeoutMs: 6_000 });
      witness('kept', run, { step: 'ring', value: rung });
      return failEarly(ctx, times, rung);
    }
    case 'child': {
      const { id } = await ctx.child('sim.follow', { mode: 'ok' });
      witness('kept', run, { step: 'child', value: id });
      await ctx.sendEvent('bell', id);
      return failEarly(ctx, times, id);
    }
    case 'map': {
      const doubled = await ctx.map('double', [1, 2, 3, 4, 5], run);
      witness('kept', run, { step: 'double', value: doubled.join() });
      return doubled;
    }
  }
}

async function run(type: TypeName, payload: Payload, ctx: Ctx): Promise<unknown> {
  const fact: RunFact = { id: ctx.taskId, run: ctx.runIndex, attempt: ctx.attempt, type };
  const dependencies = ctx.dependencies.map(({ id, status, result }) => ({ id, status, result }));
  const { begins } = witness('began', fact, { payload, dependencies });
  ctx.signal.addEventListener('abort', () => {
    // Nothing of a handler that stops to wait runs on.
    if (Reflect.get(ctx.signal.reason as object, 'code') === 'parked') witness('left', fact, { how: 'parked' });
  });
  try {
    const result = await act(payload, ctx, fact, begins);
    const isSnooze = payload.mode === 'snooze' && result !== 'awake';
    witness('left', fact, { how: isSnooze ? 'snoozed' : 'returned', value: isSnooze ? undefined : result });
    return result;
  } catch (error) {
    witness('left', fact, { how: ctx.signal.aborted ? 'stopped' : 'threw' });
    throw error;
  }
}

function defined(type: TypeName): TaskDefinition {
  return defineTask<Payload, unknown, Items>({
    type,
    retry: { maxRetries: 2, initialBackoffMs: 300, maxBackoffMs: 2_000 },
    graceMs: 200,
    ...POLICIES[type],
    items,
    run: (payload, ctx) => run(type, payload, ctx),
  });
}

serve((Object.keys(POLICIES) as TypeName[]).map(defined));
