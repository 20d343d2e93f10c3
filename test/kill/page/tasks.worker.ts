// The task types of the kill matrix. Each part of a task says outside the browser that it begins, and what of it was
// recorded; the answer may tell its worker to die. As an engine, it lets others terminate its slots.

import { defineTask, doNotRetry, serve } from '../../../src/worker.ts';
import type { FileRef } from '../../../src/index.ts';
import { contentOf, type Recorded, type Start } from '../protocol.ts';

export type KillType =
  | 'kill.noop'
  | 'kill.quick'
  | 'kill.steps'
  | 'kill.map'
  | 'kill.flaky'
  | 'kill.hopeless'
  | 'kill.file'
  | 'kill.large'
  | 'kill.once'
  | 'kill.deaf';

/** What every task is told. */
export interface KillPayload {
  name: string;
  size: number;
  text?: string;
  file?: FileRef;
}

interface Where {
  task: string;
  run: number;
  attempt: number;
}

const realm = crypto.randomUUID().slice(0, 8);

const whereOf = (ctx: { taskId: string; runIndex: number; attempt: number }): Where => ({
  task: ctx.taskId,
  run: ctx.runIndex,
  attempt: ctx.attempt,
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function tell(path: string, body: Start | Recorded): Promise<string> {
  const answer = await fetch(`/ledger/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return answer.text();
}

/** Says that a part begins, does a little work, and gives the nonce of this start as its result. */
async function part(where: Where, name: string): Promise<string> {
  const nonce = crypto.randomUUID().slice(0, 13);
  if ((await tell('start', { ...where, part: name, nonce, realm })) === 'die') {
    self.close();
    await new Promise(() => undefined);
  }
  await pause(Math.random() * 6);
  return nonce;
}

const recorded = ({ task }: Where, parts: Record<string, string>) => tell('recorded', { task, parts });

interface StepContext {
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Takes a step, and tells of it once it is recorded. */
async function step(ctx: StepContext, where: Where, name: string): Promise<Record<string, string>> {
  const nonce = await ctx.step(name, () => part(where, name));
  const parts = { [name]: nonce };
  await recorded(where, parts);
  return parts;
}

const noop = defineTask({ type: 'kill.noop', run: (_: KillPayload) => ({ nonce: crypto.randomUUID().slice(0, 13) }) });

const quick = defineTask({
  type: 'kill.quick',
  run: async (_: KillPayload, ctx) => ({ parts: { run: await part(whereOf(ctx), 'run') } }),
});

const steps = defineTask({
  type: 'kill.steps',
  async run({ size }: KillPayload, ctx) {
    const parts: Record<string, string> = {};
    for (let i = 0; i < size; i++) {
      Object.assign(parts, await step(ctx, whereOf(ctx), `step${i}`));
      ctx.log(`step ${i} is recorded`);
      ctx.progress(((i + 1) / size) * 100);
    }
    return { parts };
  },
});

const map = defineTask({
  type: 'kill.map',
  items: { item: (item: number, where: Where) => part(where, `item${item}`) },
  async run({ size }: KillPayload, ctx) {
    const where = whereOf(ctx);
    const nonces = await ctx.map(
      'item',
      Array.from({ length: size }, (_, i) => i),
      where,
    );
    const parts = Object.fromEntries(nonces.map((nonce, i) => [`item${i}`, nonce]));
    await recorded(where, parts);
    return { parts };
  },
});

const retry = { maxRetries: 2, initialBackoffMs: 15, maxBackoffMs: 30 };

const flaky = defineTask({
  type: 'kill.flaky',
  retry,
  async run({ size }: KillPayload, ctx) {
    const parts = await step(ctx, whereOf(ctx), 'before');
    if (ctx.attempt <= size) throw new Error(`attempt ${ctx.attempt} fails`);
    return { parts: { ...parts, ...(await step(ctx, whereOf(ctx), 'after')) } };
  },
});

const hopeless = defineTask({
  type: 'kill.hopeless',
  retry,
  async run(_: KillPayload, ctx) {
    await step(ctx, whereOf(ctx), 'before');
    throw doNotRetry('It fails for good.');
  },
});

const file = defineTask({
  type: 'kill.file',
  async run({ name, size, file: ref }: KillPayload, ctx) {
    if (ref === undefined) throw doNotRetry('It has no file.');
    const text = await (await ctx.open(ref)).text();
    if (text !== contentOf(name, size)) throw doNotRetry('Its file is not what it was.');
    const parts = { run: await part(whereOf(ctx), 'run') };
    const artifact = await ctx.artifact('copy.txt', text);
    return { parts, artifact: artifact.id };
  },
});

const large = defineTask({
  type: 'kill.large',
  async run({ name, size, text }: KillPayload, ctx) {
    if (text !== contentOf(name, size)) throw doNotRetry('Its payload is not what it was.');
    return { parts: { run: await part(whereOf(ctx), 'run') }, text };
  },
});

const once = defineTask({
  type: 'kill.once',
  effects: 'once',
  run: async (_: KillPayload, ctx) => ({ parts: { once: await part(whereOf(ctx), 'once') } }),
});

/** It does not listen to its signal, so that a cancellation ends its worker. */
const deaf = defineTask({
  type: 'kill.deaf',
  graceMs: 30,
  async run(_: KillPayload, ctx) {
    const parts = { run: await part(whereOf(ctx), 'run') };
    await pause(150);
    return { parts };
  },
});

const slots = new Set<Worker>();

/** The engine's slots can be terminated from outside, one at a time, without the engine being asked. */
function exposeSlots(): void {
  self.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      slots.add(this);
    }
  };
  new BroadcastChannel('kill:terminate-slot').onmessage = ({ data }: MessageEvent<number>) => {
    const living = [...slots];
    const victim = living[data % living.length];
    if (victim === undefined) return;
    slots.delete(victim);
    victim.terminate();
  };
}

exposeSlots();
serve([noop, quick, steps, map, flaky, hopeless, file, large, once, deaf]);
