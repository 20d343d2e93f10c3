// Tasks to watch: one that works, and four that go wrong in different ways.

import * as v from 'valibot';
import { defineTask, systemClock } from '../../task/index.ts';

const STEPS = ['look around', 'fetch the ladder', 'climb', 'change the bulb', 'climb down'];
const STEP_MS = 1_000;

/** Five recorded steps of about a second each. */
export const demoSteps = /* @__PURE__ */ defineTask({
  type: 'demo.steps',
  description: 'Five recorded steps of about a second each.',
  effects: 'none',
  async run(_input: undefined, ctx) {
    for (const [index, name] of STEPS.entries()) {
      ctx.progress((index / STEPS.length) * 100, name);
      await ctx.step(name, async ({ signal }) => {
        ctx.log(`Starting: ${name}`);
        await pause(STEP_MS, signal);
        return `${name}: done`;
      });
    }
    ctx.log('All five steps are recorded.');
    return { steps: STEPS.length };
  },
});

/** Fails at its second step on every attempt; is tried again twice. Told `{ fail: false }`, it does not. */
export const demoFail = /* @__PURE__ */ defineTask({
  type: 'demo.fail',
  description: 'Fails on every attempt, and is retried twice.',
  payload: /* @__PURE__ */ failShape(),
  effects: 'none',
  retry: { maxRetries: 2, initialBackoffMs: 1_500 },
  async run({ fail }: { fail: boolean } = { fail: true }, ctx) {
    await ctx.step('pack', () => 'Packed.');
    ctx.progress(30, `attempt ${ctx.attempt}`);
    return ctx.step('deliver', async ({ signal }) => {
      await pause(600, signal);
      if (!fail) return 'Delivered.';
      ctx.log(`Attempt ${ctx.attempt} is about to fail.`, undefined, 'warn');
      throw new Error('The demo failed, as it should. A real task would say what went wrong here.');
    });
  },
});

function failShape() {
  return v.optional(v.strictObject({ fail: v.optional(v.boolean(), true) }));
}

/** Never ends by itself and hears no signal: its worker has to be ended. */
export const demoHang = /* @__PURE__ */ defineTask({
  type: 'demo.hang',
  description: 'Never ends on its own. It times out, and its worker is replaced.',
  effects: 'none',
  timeoutMs: '3s',
  graceMs: '500ms',
  retry: { maxRetries: 0 },
  run(_input: undefined, ctx) {
    ctx.log('Going round in circles.');
    ctx.progress(50, 'going round in circles');
    return pause(500, ctx.signal).then(spin);
  },
});

/** Ends its own worker once, and goes on from what was recorded before. */
export const demoCrash = /* @__PURE__ */ defineTask({
  type: 'demo.crash',
  description: 'Ends its own worker halfway, then continues from its recorded steps.',
  effects: 'none',
  async run(_input: undefined, ctx) {
    ctx.progress(10, 'packing');
    await ctx.step('packed', ({ signal }) => pause(STEP_MS, signal).then(() => 'The first half is done.'));
    ctx.progress(50, 'half way');
    const isFirstVisit = await markedOnce(ctx);
    if (isFirstVisit) {
      ctx.log('Ending this worker now, halfway through.', undefined, 'warn');
      await pause(400, ctx.signal);
      self.close();
      await new Promise(() => {});
    }
    ctx.progress(80, 'picking up where it stopped');
    await ctx.step('delivered', ({ signal }) => pause(STEP_MS, signal).then(() => 'The second half is done.'));
    return 'Recorded steps were not run again.';
  },
});

/** Is interrupted in the middle, and must not run twice: a person says what becomes of it. */
export const demoOnce = /* @__PURE__ */ defineTask({
  type: 'demo.once',
  description: 'Must not run twice. It is interrupted, then waits for your decision.',
  effects: 'once',
  async run(_input: undefined, ctx) {
    if (await markedOnce(ctx)) {
      ctx.log('Ending this worker before anyone can know whether the letter was sent.', undefined, 'warn');
      await pause(400, ctx.signal);
      self.close();
      await new Promise(() => {});
    }
    return 'Sent.';
  },
});

/** Whether this is the first time that a run comes here: a step answers at once when it is recorded. */
async function markedOnce(ctx: { step: (name: string, work: () => boolean) => Promise<boolean> }): Promise<boolean> {
  let isFirst = false;
  await ctx.step('crashed', () => (isFirst = true));
  return isFirst;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.timer(resolve, ms);
    signal.addEventListener('abort', () => {
      cancel();
      reject(new Error('Stopped.', { cause: signal.reason }));
    });
  });
}

function spin(): never {
  for (;;);
}
