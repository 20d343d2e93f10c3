// Task types whose handlers sleep, wait, send, make children, or should give signs of life.

import { defineTask, type TaskContext } from '../../../src/index.ts';

const forever = () => new Promise<never>(() => undefined);
const turn = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Wait {
  how: keyof typeof WAITS;
  ms?: number;
  event?: string;
  to?: string;
  value?: unknown;
}

const WAITS = {
  not: () => 'at once',
  short: (ctx: TaskContext) => ctx.sleep('rest', 5).then(() => 'rested'),
  beside: async (ctx: TaskContext, { ms = 0 }: Wait) => {
    const make = async () => {
      await turn(50);
      return `made in ${ctx.attempt}`;
    };
    return (await Promise.all([ctx.sleep('rest', ms), ctx.step('made', make)]))[1];
  },
  several: async (ctx: TaskContext) => {
    await Promise.all([ctx.sleep('long', 600), ctx.sleep('short', 100)]);
    return 'all over';
  },
  event: async (ctx: TaskContext, { event = '', ms }: Wait) =>
    (await ctx.waitForEvent('wait', ms === undefined ? { event } : { event, timeoutMs: ms })) ?? 'none',
  /** Fails once it has sent. */
  send: async (ctx: TaskContext, { event = '', to, value }: Wait) => {
    const reached = await ctx.sendEvent(event, value, to === undefined ? {} : { to });
    if (ctx.attempt === 1) throw new Error('not yet');
    return `reached ${reached} in attempt ${ctx.attempt}`;
  },
  /** Fails once it has made them. */
  children: async (ctx: TaskContext) => {
    const children = [
      await ctx.child('quick'),
      await ctx.child('quick'),
      await ctx.child('quick', undefined, { name: 'named' }),
    ];
    if (ctx.attempt === 1) throw new Error('not yet');
    return children.map(({ id }) => id);
  },
  'bad-child': (ctx: TaskContext) => ctx.child('two words'),
  'fails-at': (ctx: TaskContext, { value }: Wait) => {
    ctx.progress(value as number, 'so far');
    throw new Error('no');
  },
  'sleeps-at': (ctx: TaskContext, { value }: Wait) => {
    ctx.progress(value as number);
    return ctx.sleep('rest', '1h');
  },
};

/** Shows that it lives for longer than it may be silent. */
async function alive(ctx: TaskContext, sign: (i: number) => unknown): Promise<string> {
  for (let i = 0; i < 15; i++) {
    await sign(i);
    await turn(40);
  }
  return ctx.attempt === 1 ? 'alive' : `alive in ${ctx.attempt}`;
}

const SIGNS = {
  hang: forever,
  'hang-once': (ctx: TaskContext) => (ctx.attempt === 1 ? forever() : alive(ctx, () => ctx.heartbeat())),
  spin: () => {
    for (;;);
  },
  heartbeat: (ctx: TaskContext) => alive(ctx, () => ctx.heartbeat()),
  progress: (ctx: TaskContext) => alive(ctx, (i) => ctx.progress(i)),
  log: (ctx: TaskContext) => alive(ctx, (i) => ctx.log(`line ${i}`)),
  step: (ctx: TaskContext) => alive(ctx, (i) => ctx.step(`step ${i}`, () => i)),
  map: (ctx: TaskContext) => ctx.map('rest', Array.from({ length: 15 }, () => 40) as never[]).then(() => 'alive'),
};

const retry = { maxRetries: 1, initialBackoffMs: 1, jitter: 0 };

export const patient = [
  defineTask({
    type: 'act.waits',
    retry,
    retryIf: (error) => !(error instanceof Error && 'code' in error),
    run: (wait: Wait, ctx): unknown => WAITS[wait.how](ctx, wait),
  }),
  defineTask({
    type: 'act.alive',
    heartbeatMs: 300,
    graceMs: 100,
    retry,
    items: { rest: (ms: number) => turn(ms) },
    run: ({ how }: { how: keyof typeof SIGNS }, ctx): unknown => SIGNS[how](ctx as never),
  }),
  defineTask({
    type: 'act.picky',
    retry,
    retryIf: (error, { attempt }) => error instanceof Error && error.message === 'again' && attempt === 1,
    run: (message: string, ctx) => {
      if (ctx.attempt === 1) throw new Error(message);
      return `done in ${ctx.attempt}`;
    },
  }),
];
