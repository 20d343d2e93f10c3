// What must and must not compile where a task type is defined. Compiled by `npm run types`, never run.

import * as v from 'valibot';
import { type FileRef, type InputOf, type OutputOf, defineTask, snooze } from '../../src/index.ts';
import { signIn } from '../../src/worker.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where the two types are the same. */
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : ['the types differ']): void;

// The payload is what `run` says it is, the result what it returns, a promise or not.
export const greet = defineTask({ type: 'greet', run: (name: string) => `Hello ${name}` });
same<InputOf<typeof greet>, string>();
same<OutputOf<typeof greet>, string>();

export const later = defineTask({ type: 'later', run: (input: { n: number }) => Promise.resolve(input.n) });
same<InputOf<typeof later>, { n: number }>();
same<OutputOf<typeof later>, number>();

// A task without a payload takes none.
export const tick = defineTask({ type: 'tick', run: () => 7 });
same<InputOf<typeof tick>, undefined>();
same<OutputOf<typeof tick>, number>();

// Neither a wait for a sign-in nor a snooze is a result.
export const guarded = defineTask({ type: 'guarded', run: (known: boolean) => (known ? { at: 1 } : signIn('mail')) });
same<OutputOf<typeof guarded>, { at: number }>();

export const patient = defineTask({
  type: 'patient',
  run: (ready: boolean) => (ready ? { at: 1 } : snooze('5m')),
});
same<OutputOf<typeof patient>, { at: number }>();
export const slow = defineTask({
  type: 'slow',
  async run(ready: boolean) {
    await Promise.resolve();
    return ready ? { at: 1 } : snooze(5);
  },
});
same<OutputOf<typeof slow>, { at: number }>();

// A validator says what the payload is.
export const checked = defineTask({
  type: 'checked',
  payload: v.object({ width: v.number() }),
  run: ({ width }) => width * 2,
});
same<InputOf<typeof checked>, { width: number }>();
same<OutputOf<typeof checked>, number>();

defineTask({
  type: 'checked',
  // @ts-expect-error the handler wants text where the validator gives a number
  payload: v.object({ width: v.number() }),
  run: ({ width }: { width: string }) => width,
});

// Files arrive as references.
export const files = defineTask({ type: 'files', run: ({ photo }: { photo: FileRef }, ctx) => ctx.open(photo) });
same<OutputOf<typeof files>, File>();

// Item handlers type their items, options and results.
defineTask({
  type: 'sums',
  items: {
    double: (item: number, options: { by: number }) => item * options.by,
    name: async (item: string) => Promise.resolve(item.length),
  },
  async run(_: undefined, ctx) {
    const doubled = await ctx.map('double', [1, 2], { by: 2 });
    same<number[], typeof doubled>();
    const lengths: number[] = await ctx.map('name', ['a'], undefined, { name: 'again' });
    // @ts-expect-error there is no such item handler
    await ctx.map('triple', [1]);
    // @ts-expect-error the items are of the wrong type
    await ctx.map('double', ['a'], { by: 2 });
    // @ts-expect-error the options are of the wrong type
    await ctx.map('double', [1], { by: '2' });
    // @ts-expect-error the results are numbers
    const wrong: string[] = await ctx.map('double', [1], { by: 2 });
    return [doubled, lengths, wrong];
  },
});

// Without item handlers there is nothing to map with.
defineTask({
  type: 'none',
  // @ts-expect-error no item handler was declared
  run: (_: undefined, ctx) => ctx.map('double', [1]),
});

// A step gives back what its work returned.
defineTask({
  type: 'steps',
  async run(_: undefined, ctx) {
    const n: number = await ctx.step('count', () => 5);
    const text: string = await ctx.step('say', ({ idempotencyKey }) => Promise.resolve(idempotencyKey));
    // @ts-expect-error the step gives a number
    const wrong: string = await ctx.step('other', () => 5);
    ctx.progress(n, text);
    ctx.log(wrong, { any: 'data' }, 'warn');
    // @ts-expect-error there is no such level
    ctx.log('x', undefined, 'loud');
    // @ts-expect-error the context is read, not written
    ctx.attempt = 2;
  },
});

// Waits, events and children.
defineTask({
  type: 'waits',
  heartbeatMs: '30s',
  retryIf: (error, { attempt }) => error instanceof Error && attempt < 3,
  concurrency: 2,
  rateLimit: { limit: 10, perMs: '1m' },
  onComplete: { type: 'greet', payload: 'x' },
  runsIn: ['worker', 'service-worker'],
  async run(_: undefined, ctx) {
    await ctx.sleep('rest', '10s');
    const paid = await ctx.waitForEvent<{ sum: number }>('pay', { event: 'paid', timeoutMs: '3d' });
    same<{ sum: number } | undefined, typeof paid>();
    // @ts-expect-error it may not have come in time
    ctx.progress(paid.sum);
    // @ts-expect-error an event has a name
    await ctx.waitForEvent('pay', {});
    // @ts-expect-error this is no duration
    await ctx.sleep('rest', 'a while');
    const reached: number = await ctx.sendEvent('paid', { sum: 5 }, { to: 'id', name: 'again' });
    ctx.heartbeat();
    const child: { id: string } = await ctx.child(greet, 'World', { priority: 'high', name: 'first' });
    await ctx.child(tick);
    await ctx.child(files, { photo: new File([], 'a') });
    await ctx.child('by.name', { any: 'thing' });
    // @ts-expect-error the payload is text
    await ctx.child(greet, 5);
    // @ts-expect-error the payload is not left out
    await ctx.child(greet);
    // @ts-expect-error its id is known
    await ctx.child(greet, 'World', { id: 'mine' });
    // @ts-expect-error its parent is known
    await ctx.child('by.name', 5, { parentId: 'mine' });
    const [first] = ctx.dependencies;
    // @ts-expect-error nothing is known of the result
    ctx.progress(first?.result);
    // @ts-expect-error dependencies are read, not written
    ctx.dependencies = [];
    return [reached, child, first?.status];
  },
});

// Bad definitions.
// @ts-expect-error a type is needed
defineTask({ run: () => 1 });
// @ts-expect-error a handler is needed
defineTask({ type: 'x' });
// @ts-expect-error there is no such field
defineTask({ type: 'x', run: () => 1, colour: 'red' });
// @ts-expect-error there are three kinds of effects
defineTask({ type: 'x', run: () => 1, effects: 'twice' });
// @ts-expect-error this is no duration
defineTask({ type: 'x', run: () => 1, timeoutMs: '5 minutes' });
// @ts-expect-error this is no duration
defineTask({ type: 'x', run: () => 1, heartbeatMs: 'often' });
// @ts-expect-error a condition answers yes or no
defineTask({ type: 'x', run: () => 1, retryIf: () => 'yes' });
// @ts-expect-error a rate has a span
defineTask({ type: 'x', run: () => 1, rateLimit: { limit: 5 } });
// @ts-expect-error there are two realms
defineTask({ type: 'x', run: () => 1, runsIn: ['page'] });
// @ts-expect-error what follows has a type
defineTask({ type: 'x', run: () => 1, onComplete: { payload: 5 } });
// @ts-expect-error there is no such part of a retry policy
defineTask({ type: 'x', run: () => 1, retry: { times: 3 } });
// @ts-expect-error an item handler is a function
defineTask({ type: 'x', run: () => 1, items: { double: 2 } });
// @ts-expect-error a definition cannot be changed
greet.type = 'other';
