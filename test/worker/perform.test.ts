// One attempt of a handler: what it asks of its host, and how it ends.

import { describe, expect, test, vi } from 'vitest';
import { defineTask, doNotRetry, retryAfter, systemClock, type TaskContext } from '../../src/task/index.ts';
import { attempt } from '../support/fake-host.ts';

const handler = (run: (ctx: TaskContext) => unknown) =>
  defineTask({ type: 'test', run: (_: undefined, ctx) => run(ctx) });
const greet = defineTask({ type: 'greet', run: (name: string) => `Hello ${name}` });

describe('C7 an event that a handler sends', () => {
  test('is a step, and resolves with how many it reached', async () => {
    const { outcome, calls } = await attempt(handler((ctx) => ctx.sendEvent('paid', { sum: 5 }, { to: 'other' })));
    expect(outcome).toEqual({ kind: 'succeeded', result: 2 });
    expect(calls).toMatchObject([
      { call: 'send', name: 'send paid', seq: 1, event: 'paid', payload: { sum: 5 }, to: 'other' },
    ]);
  });

  test('is not sent again once it is recorded', async () => {
    const steps = [{ name: 'send paid', kind: 'step' as const, result: 7 }];
    const { outcome, calls } = await attempt(
      handler((ctx) => ctx.sendEvent('paid')),
      { steps },
    );
    expect([outcome, calls]).toEqual([{ kind: 'succeeded', result: 7 }, []]);
  });

  test('has a name of its own the second time', async () => {
    const twice = await attempt(handler((ctx) => Promise.all([ctx.sendEvent('a'), ctx.sendEvent('a')])));
    expect(twice.outcome).toMatchObject({ kind: 'failed', error: { code: 'duplicate-step' } });
    const named = await attempt(
      handler((ctx) => Promise.all([ctx.sendEvent('a'), ctx.sendEvent('a', 1, { name: 'again' })])),
    );
    expect(named.names()).toEqual(['send send a', 'send again']);
  });
});

describe('A6 a child', () => {
  test('is known by its name, or else its type, and its place among those', async () => {
    const { outcome, calls } = await attempt(
      handler(async (ctx) => [
        await ctx.child(greet, 'a'),
        await ctx.child('greet', 'b', { priority: 'high' }),
        await ctx.child(greet, 'c', { name: 'third' }),
      ]),
    );
    expect(outcome).toMatchObject({
      result: [{ id: 'child-greet-1' }, { id: 'child-greet-2' }, { id: 'child-third-1' }],
    });
    expect(calls).toMatchObject([
      { call: 'child', type: 'greet', payload: 'a', options: {} },
      { call: 'child', type: 'greet', payload: 'b', options: { priority: 'high' } },
      { call: 'child', type: 'greet', payload: 'c' },
    ]);
  });
});

describe('B12 dependencies', () => {
  test('come with the job, in their order', async () => {
    const dependencies = [
      { id: 'b', status: 'completed' as const, result: 5, error: null },
      { id: 'a', status: 'deleted' as const, result: undefined, error: null },
    ];
    const all = handler((ctx) => ctx.dependencies);
    expect((await attempt(all, { dependencies })).outcome).toMatchObject({ result: dependencies });
    expect((await attempt(all)).outcome).toMatchObject({ result: [] });
  });
});

describe('B5 signs of life', () => {
  const busy = handler((ctx) => {
    for (let i = 0; i < 100; i++) {
      ctx.heartbeat();
      ctx.progress(i);
      ctx.log('still here');
    }
  });

  test('are gathered, and the first goes out at once', async () => {
    const { calls } = await attempt(busy, { heartbeatMs: 10_000 });
    expect(calls).toEqual([{ call: 'heartbeat' }]);
  });

  test('are not sent where nobody asks for them', async () => {
    expect((await attempt(busy)).calls).toEqual([]);
  });

  test('go out four times as often as they must', async () => {
    const { calls } = await attempt(
      handler((ctx) => {
        for (const end = systemClock.now() + 60; systemClock.now() < end;) ctx.heartbeat();
      }),
      { heartbeatMs: 40 },
    );
    expect(calls.length).toBeGreaterThanOrEqual(4);
    expect(calls.length).toBeLessThanOrEqual(8);
  });
});

describe('B7 retryIf', () => {
  const failing = (thrown: unknown, retryIf: (error: unknown, failed: { attempt: number }) => boolean) =>
    defineTask({
      type: 'test',
      retryIf,
      run: (_: undefined) => {
        throw thrown;
      },
    });

  test.each([true, false])('is asked with what was thrown and the attempt, and answers %s', async (answer) => {
    const asked = vi.fn(() => answer);
    const thrown = new Error('no');
    const { outcome } = await attempt(failing(thrown, asked), { attempt: 3 });
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'no', retryable: answer } });
    expect(asked).toHaveBeenCalledExactlyOnceWith(thrown, { attempt: 3 });
  });

  test('that throws has it not retried, and hides nothing', async () => {
    const broken = failing(new Error('no'), () => {
      throw new Error('odd');
    });
    expect((await attempt(broken)).outcome).toMatchObject({ error: { message: 'no', retryable: false } });
  });

  test('is not asked of an error that is not to be retried, and keeps the wait of one that says it', async () => {
    const asked = vi.fn(() => true);
    expect((await attempt(failing(doNotRetry('no'), asked))).outcome).toMatchObject({ error: { retryable: false } });
    expect(asked).not.toHaveBeenCalled();
    const later = await attempt(failing(retryAfter(5, 'no'), asked));
    expect(later.outcome).toMatchObject({ error: { retryable: true, retryAfterMs: 5 } });
  });
});

describe('B3 progress', () => {
  test('that was not sent comes with the outcome, whatever that is', async () => {
    const { outcome, progress, calls } = await attempt(
      handler((ctx) => {
        ctx.progress(30, 'a');
        ctx.progress(60, { toString: () => 'b' } as never);
        throw new Error('no');
      }),
    );
    expect([outcome.kind, progress, calls]).toEqual(['failed', { percent: 60, message: 'b' }, []]);
  });

  test('that was sent does not come again', async () => {
    const performed = await attempt(
      handler(async (ctx) => {
        ctx.progress(30);
        await new Promise<void>((resolve) => void systemClock.timer(resolve, 150));
      }),
    );
    expect(performed.calls).toEqual([{ call: 'progress', progress: { percent: 30 } }]);
    expect(performed).not.toHaveProperty('progress');
  });
});
