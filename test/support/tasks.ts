// The task types that tests run, each told by its payload how to behave.

import * as v from 'valibot';
import { defineTask, doNotRetry, retryAfter, snooze } from '../../src/worker.ts';

interface Mode {
  mode?:
    | 'ok'
    | 'fail'
    | 'fatal'
    | 'later'
    | 'hang'
    | 'busy'
    | 'spin'
    | 'crash'
    | 'snooze'
    | 'uncloneable'
    | 'stray'
    | 'echo';
  value?: unknown;
  times?: number;
}

const forever = () => new Promise<never>(() => undefined);
/** Takes at least so long by the clock that tasks are timed with. */
const busy = (ms: number) => {
  for (const start = Date.now(); Date.now() < start + ms;);
};
const spin = (): never => {
  for (;;);
};

/** Ends this worker as a crash does: without a word. */
function die(): Promise<never> {
  self.close();
  return forever();
}

/** Resolves when the other side of a channel says the word: tests hold handlers open with it. */
function until(word: string, signal?: AbortSignal): Promise<void> {
  const channel = new BroadcastChannel('test:words');
  return new Promise<void>((resolve, reject) => {
    channel.onmessage = ({ data }) => {
      if (data === word) resolve();
    };
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
    channel.postMessage(`waiting:${word}`);
  }).finally(() => channel.close());
}

function say(word: string): void {
  const channel = new BroadcastChannel('test:words');
  channel.postMessage(word);
  channel.close();
}

const behave = defineTask({
  type: 'test.behave',
  retry: { maxRetries: 1, initialBackoffMs: 1, jitter: 0 },
  graceMs: 100,
  run({ mode = 'ok', value }: Mode, ctx) {
    switch (mode) {
      case 'ok':
        return 'done';
      case 'echo':
        return value;
      case 'fail':
        throw new Error(`attempt ${ctx.attempt} failed`);
      case 'fatal':
        throw doNotRetry('never again', { code: 'hopeless' });
      case 'later':
        if (ctx.attempt === 1) throw retryAfter(5, 'a little later');
        return ctx.attempt;
      case 'hang':
        say('hanging');
        return forever();
      case 'busy':
        busy(Number(value));
        return 'done';
      case 'spin':
        say('spinning');
        return spin();
      case 'crash':
        return die();
      case 'snooze':
        return snooze(1);
      case 'uncloneable':
        return () => undefined;
      case 'stray':
        void Promise.reject(new Error('left behind'));
        setTimeout(() => {
          throw new Error('left behind');
        }, 0);
        return 'done';
    }
  },
});

const steps = defineTask({
  type: 'test.steps',
  retry: { maxRetries: 2, initialBackoffMs: 1 },
  async run({ failAt, times = 1 }: { failAt?: string; times?: number }, ctx) {
    const made: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      made.push(
        await ctx.step(name, () => {
          ctx.log(`made ${name}`);
          say(`made:${name}`);
          if (name === failAt && ctx.attempt <= times) throw new Error(`${name} failed`);
          return `${name}${ctx.attempt}`;
        }),
      );
    }
    return made.join(' ');
  },
});

/** Three steps that tell in which run they were made; the second fails in the first so many runs. */
const runs = defineTask({
  type: 'test.runs',
  version: 2,
  retry: { maxRetries: 0 },
  migrate: (payload, version) => ({ word: `${String(payload)} of version ${version}` }),
  async run({ failing = 0, word = '' }: { failing?: number; word?: string }, ctx) {
    const made: string[] = [word];
    for (const name of ['a', 'b', 'c']) {
      const make = () => {
        if (name === 'b' && ctx.runIndex < failing) throw new Error('not yet');
        return `${name}${ctx.runIndex}`;
      };
      made.push(await ctx.step(name, make));
    }
    return made.filter(Boolean).join(' ');
  },
});

const sums = defineTask({
  type: 'test.sums',
  retry: { maxRetries: 0 },
  items: {
    double: (item: number, options: { failAt?: number; crashAt?: number }) => {
      if (item === options.failAt) throw doNotRetry(`item ${item} failed`, { code: 'bad-item' });
      if (item === options.crashAt) return die();
      return item * 2;
    },
  },
  async run({ count, ...options }: { count: number; failAt?: number; crashAt?: number }, ctx) {
    const items = Array.from({ length: count }, (_, i) => i);
    const doubled = await ctx.map('double', items, options);
    return doubled.reduce((sum, each) => sum + each, 0);
  },
});

/** Waits until the test says the word in its payload. */
const hold = defineTask({
  type: 'test.hold',
  async run({ word }: { word: string }, ctx) {
    await until(word, ctx.signal);
    return ctx.attempt;
  },
});

const once = defineTask({
  type: 'test.once',
  effects: 'once',
  run: ({ word }: { word: string }, ctx) => until(word, ctx.signal),
});

const files = defineTask({
  type: 'test.files',
  async run(
    { text }: { text: { $type: 'file'; id: string; name: string; type: string; size: number; lastModified: number } },
    ctx,
  ) {
    const content = await (await ctx.open(text)).text();
    const stream = new Blob([content.toUpperCase()]).stream();
    ctx.progress(50, 'half way');
    return ctx.artifact('loud.txt', stream);
  },
});

const noop = defineTask({ type: 'test.noop', run: () => undefined });

const shaped = defineTask({
  type: 'test.shaped',
  payload: v.object({ size: v.number(), file: v.optional(v.any()) }),
  run: ({ size }) => size,
});

export const testTasks = [behave, steps, runs, sums, hold, once, files, noop, shaped];
