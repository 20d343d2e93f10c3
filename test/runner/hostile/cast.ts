// Task types whose handlers do whatever a test tells them, act by act, the worst included.

import type { ItemContext, TaskContext } from '../../../src/index.ts';
import { plainError } from '../../../src/task/index.ts';
import { defineTask } from '../../../src/worker.ts';
import type { Act, Cue, ItemOptions, Part, Report } from './acts.ts';
import { breakingStream, ODD } from './odd.ts';
import { patient } from './patient.ts';

const forever = () => new Promise<never>(() => undefined);

type Acting = { [K in Act['do']]: (act: Extract<Act, { do: K }>, ctx: TaskContext, play: Play) => unknown };

const ACTING: Acting = {
  return: ({ value }, _, play) => play.end(value),
  linger: ({ value }, _, play) => play.resolve(value),
  'return-odd': ({ odd }, _, play) => play.end(ODD[odd]()),
  'return-payload': (_, __, play) => play.end(play.part),
  'return-after': ({ ms }, _, play) => setTimeout(() => play.end('in time'), ms),
  fail: ({ message }, _, play) => play.fail(new Error(message)),
  'throw-odd': ({ odd }, _, play) => play.fail(ODD[odd]()),
  die: () => {
    self.close();
    return forever();
  },
  'die-and-return': (_, __, play) => {
    self.close();
    play.end('with its last breath');
  },
  spin: () => {
    for (;;);
  },
  hang: forever,
  step: ({ name, value }, ctx) => ctx.step(name, () => value),
  'step-fails': ({ name, message }, ctx) =>
    ctx.step(name, () => {
      throw new Error(message);
    }),
  'step-odd': ({ name, odd }, ctx) => ctx.step(name, () => ODD[odd]()).then(() => 'kept'),
  'step-maps': ({ name, items }, ctx) => ctx.step(name, () => ctx.map('double', items as never[])),
  map: ({ handler, items, options, name }, ctx) =>
    ctx.map(handler, items as never[], options as never, name === undefined ? {} : { name }),
  maps: ({ names, counts }, ctx) => {
    const numbers = (count = 0) => Array.from({ length: count }, (_, n) => n) as never[];
    return Promise.all(names.map((name, i) => ctx.map('double', numbers(counts[i]), undefined, { name })));
  },
  'map-odd': ({ odd }, ctx) => ctx.map('double', ODD[odd]() as never),
  sleep: ({ name, ms }, ctx) => ctx.sleep(name, ms),
  'wait-for': ({ name, event }, ctx) => ctx.waitForEvent(name, { event }),
  progress: ({ percent }, ctx) => ctx.progress(percent),
  log: ({ message, times = 1 }, ctx) => {
    for (let i = 0; i < times; i++) ctx.log(times === 1 ? message : `${message} ${i}`);
  },
  'log-odd': ({ odd }, ctx) => ctx.log('odd', ODD[odd]()),
  artifact: ({ name, content }, ctx) => ctx.artifact(name, content),
  'artifact-breaks': ({ name }, ctx) => ctx.artifact(name, breakingStream()),
};

const channels = new Map<string, BroadcastChannel>();
const plays = new Map<string, Play>();

function channelOf(stage: string): BroadcastChannel {
  let channel = channels.get(stage);
  if (channel === undefined) {
    channels.set(stage, (channel = new BroadcastChannel(stage)));
    channel.onmessage = ({ data }: MessageEvent<Cue>) => plays.get(data.to)?.told(data);
  }
  return channel;
}

/** A lock that this worker holds for as long as it lives. */
const life = new Promise<string>((resolve) => {
  const name = `life:${crypto.randomUUID()}`;
  void navigator.locks.request(name, () => {
    resolve(name);
    return forever();
  });
});

/** One entry of a handler. */
class Play {
  readonly part: Part;
  readonly #entry = crypto.randomUUID();
  readonly #ctx: TaskContext;
  readonly #channel: BroadcastChannel;
  readonly #ended = Promise.withResolvers<unknown>();
  readonly #cues: Cue[];
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor(part: Part, ctx: TaskContext) {
    const { stage, acts = [] } = part;
    this.part = part;
    this.#ctx = ctx;
    this.#channel = channelOf(stage);
    this.#cues = acts.map((act, i) => ({ to: this.#entry, cue: -1 - i, act }));
    ctx.signal.addEventListener('abort', () => {
      this.#say({ kind: 'aborted', entry: this.#entry, code: plainError(ctx.signal.reason).code });
    });
  }

  get resolve() {
    return this.#ended.resolve;
  }

  async run(): Promise<unknown> {
    plays.set(this.#entry, this);
    const { taskId, attempt } = this.#ctx;
    this.#say({ kind: 'entered', entry: this.#entry, taskId, attempt, worker: await life });
    void this.#act();
    return this.#ended.promise;
  }

  told(cue: Cue): void {
    this.#cues.push(cue);
    this.#wake();
  }

  end(value: unknown): void {
    this.#isOver = true;
    this.resolve(value);
  }

  fail(thrown: unknown): void {
    this.#isOver = true;
    this.#ended.reject(thrown);
  }

  async #act(): Promise<void> {
    while (!this.#isOver) {
      const next = this.#cues.shift();
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else await this.#follow(next);
    }
    plays.delete(this.#entry);
  }

  /** An act that fails when a test told of it is the test's affair; one of the part itself fails the attempt. */
  async #follow({ cue, act }: Cue): Promise<void> {
    try {
      const value: unknown = await (ACTING[act.do] as (...args: unknown[]) => unknown)(act, this.#ctx, this);
      if (!this.#isOver) this.#say({ kind: 'did', entry: this.#entry, cue, value: sendable(value) });
    } catch (thrown) {
      if (cue < 0) this.fail(thrown);
      else this.#say({ kind: 'did', entry: this.#entry, cue, error: plainError(thrown, 'handler-failed') });
    }
  }

  #say(report: Report): void {
    this.#channel.postMessage(report);
  }
}

function sendable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return 'not sendable';
  }
}

const items = {
  double: (item: number, options: ItemOptions | undefined, { index }: ItemContext) => {
    if (options === undefined) return item * 2;
    channelOf(options.stage).postMessage({ kind: 'item', index } satisfies Report);
    if (options.failAt === index) throw new Error(`item ${index} failed`);
    return index >= (options.hangFrom ?? Infinity) ? forever() : item * 2;
  },
  odd: () => () => undefined,
};

/** What a handler does that does what it is told. */
export const act = (part: Part, ctx: TaskContext) => new Play(part, ctx).run();
const retry = { maxRetries: 1, initialBackoffMs: 1, jitter: 0 };

export const cast = [
  defineTask({ type: 'act.plain', graceMs: 100, retry, items, run: act }),
  defineTask({ type: 'act.other', graceMs: 100, retry, run: act }),
  /** Whose handlers may wind down for as long as they like. */
  defineTask({ type: 'act.patient', graceMs: '1h', retry, run: act }),
  defineTask({ type: 'act.once', effects: 'once', graceMs: 100, retry, run: act }),
  defineTask({ type: 'quick', retry, run: () => 'done' }),
  ...patient,
];
