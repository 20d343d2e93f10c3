// How a handler waits without a slot: the attempt ends, and a later one goes on where it stopped.

import { describe, expect, test } from 'vitest';
import { type TaskContext, defineTask, systemClock } from '../../src/task/index.ts';
import { perform } from '../../src/worker/perform.ts';
import { attempt, fakeHost, jobOf } from '../support/fake-host.ts';

const handler = (run: (ctx: TaskContext) => unknown) =>
  defineTask({ type: 'test', run: (_: undefined, ctx) => run(ctx) });
const soon = () => systemClock.now() + 60_000;
const turn = (ms = 0) => new Promise<void>((resolve) => void systemClock.timer(resolve, ms));

describe('C7 a sleep', () => {
  const sleeper = handler(async (ctx) => {
    await ctx.sleep('rest', '1m');
    return 'awake';
  });

  test('ends the attempt, until its time', async () => {
    const before = systemClock.now();
    const { outcome, calls } = await attempt(sleeper);
    expect(outcome).toMatchObject({
      kind: 'parked',
      park: { kind: 'sleep', step: 'rest' },
      waits: [{ name: 'rest', seq: 1, kind: 'sleep' }],
    });
    if (outcome.kind !== 'parked') throw new Error('not parked');
    expect(outcome.park.until).toBeGreaterThanOrEqual(before + 60_000);
    expect(outcome.waits[0]?.until).toBe(outcome.park.until);
    expect(calls).toEqual([]);
  });

  test('is recorded as over by whoever comes after its time, and once', async () => {
    const first = await attempt(sleeper, { steps: [{ name: 'rest', kind: 'sleep', until: 1 }] });
    expect(first.outcome).toEqual({ kind: 'succeeded', result: 'awake' });
    expect(first.calls).toMatchObject([{ call: 'step', name: 'rest', kind: 'sleep', status: 'completed', tries: [] }]);
    const second = await attempt(sleeper, { steps: [{ name: 'rest', kind: 'sleep' }] });
    expect(second.outcome).toEqual({ kind: 'succeeded', result: 'awake' });
    expect(second.calls).toEqual([]);
  });

  test('goes on until the time that was recorded first', async () => {
    const until = soon() + 1_000_000;
    const { outcome } = await attempt(sleeper, { steps: [{ name: 'rest', kind: 'sleep', until }] });
    expect(outcome).toMatchObject({ park: { until }, waits: [{ until }] });
  });

  test('of no time at all is over at once', async () => {
    const { outcome, names } = await attempt(handler((ctx) => ctx.sleep('rest', 0)));
    expect([outcome.kind, names()]).toEqual(['succeeded', ['step rest']]);
  });

  test('lets a step beside it be recorded, and those that follow it', async () => {
    const both = handler((ctx) =>
      Promise.all([
        ctx.sleep('rest', '1m'),
        ctx.step('a', () => turn(5)).then(() => ctx.step('b', () => turn(5))),
        ctx.map('items', [] as never[]),
        ctx.artifact('c', 'text'),
      ]),
    );
    const { outcome, names } = await attempt(both);
    expect(outcome).toMatchObject({ kind: 'parked', park: { step: 'rest' } });
    expect(names()).toEqual(['map items', 'artifact', 'step a', 'step b']);
  });

  test('that comes second in a race leaves the handler its result', async () => {
    const race = handler((ctx) => Promise.race([ctx.sleep('limit', '1m'), ctx.step('work', () => 'done')]));
    expect((await attempt(race)).outcome).toEqual({ kind: 'succeeded', result: 'done' });
  });

  test('of several, the soonest decides, and all are recorded', async () => {
    const several = handler((ctx) =>
      Promise.all([ctx.sleep('long', '1h'), ctx.sleep('short', '1s'), ctx.sleep('middle', '1m')]),
    );
    const { outcome } = await attempt(several);
    expect(outcome).toMatchObject({
      park: { step: 'short' },
      waits: [{ name: 'long' }, { name: 'short' }, { name: 'middle' }],
    });
  });

  test('cannot be kept up by what the handler leaves behind', async () => {
    const said: unknown[] = [];
    const stubborn = handler(async (ctx) => {
      void turn(5)
        .then(() => ctx.step('stray', () => 1))
        .catch((error: unknown) => said.push(error));
      try {
        await ctx.sleep('rest', '1m');
      } finally {
        await new Promise(() => undefined);
      }
    });
    const { outcome, abort, calls } = await attempt(stubborn);
    expect(outcome.kind).toBe('parked');
    expect(abort.signal.reason).toMatchObject({ code: 'parked' });
    await turn(20);
    expect(said).toMatchObject([{ code: 'parked' }]);
    expect(calls).toEqual([]);
  });

  test('neither logs nor reports anything after the attempt has ended', async () => {
    let ctx: TaskContext | undefined;
    const { log, progress, calls } = await attempt(
      handler((given) => {
        ctx = given;
        given.log('before');
        given.progress(40);
        return given.sleep('rest', '1m');
      }),
    );
    ctx?.log('after');
    ctx?.progress(99);
    ctx?.heartbeat();
    await turn(300);
    expect([log.map((line) => line.message), progress, calls]).toEqual([['before'], { percent: 40 }, []]);
  });

  test('is refused without a duration, and under a name that is taken', async () => {
    const odd = await attempt(handler((ctx) => ctx.sleep('rest', 'long' as never)));
    expect(odd.outcome).toMatchObject({ kind: 'failed', error: { code: 'invalid-request' } });
    const twice = await attempt(
      handler(async (ctx) => {
        await ctx.step('rest', () => 1);
        await ctx.sleep('rest', 5);
      }),
    );
    expect(twice.outcome).toMatchObject({ kind: 'failed', error: { code: 'duplicate-step', retryable: false } });
  });
});

describe('C7 a wait for an event', () => {
  const waiter = handler(async (ctx) => ['got', await ctx.waitForEvent('pay', { event: 'paid', timeoutMs: '1m' })]);

  test('ends the attempt, with the name of the event', async () => {
    const { outcome } = await attempt(waiter);
    expect(outcome).toMatchObject({
      park: { kind: 'event', step: 'pay', event: 'paid' },
      waits: [{ name: 'pay', kind: 'event' }],
    });
  });

  test('resolves with the payload, or with undefined when the time has passed', async () => {
    const paid = await attempt(waiter, { steps: [{ name: 'pay', kind: 'event', result: 5 }] });
    expect([paid.outcome, paid.calls]).toEqual([{ kind: 'succeeded', result: ['got', 5] }, []]);
    const late = await attempt(waiter, { steps: [{ name: 'pay', kind: 'event', until: 1 }] });
    expect(late.outcome).toEqual({ kind: 'succeeded', result: ['got', undefined] });
    expect(late.calls).toMatchObject([{ call: 'step', name: 'pay', kind: 'event', status: 'completed' }]);
  });

  test('goes before a sleep, and no longer than that', async () => {
    const both = handler((ctx) => Promise.race([ctx.waitForEvent('pay', { event: 'paid' }), ctx.sleep('limit', '1m')]));
    const { outcome } = await attempt(both);
    expect(outcome).toMatchObject({
      park: { kind: 'event', step: 'pay' },
      waits: [{ name: 'pay', until: Infinity }, { name: 'limit' }],
    });
    if (outcome.kind === 'parked') expect(outcome.park.until).toBe(outcome.waits[1]?.until);
  });

  test('is one at a time', async () => {
    const two = handler((ctx) =>
      Promise.all([ctx.waitForEvent('a', { event: 'a' }), ctx.waitForEvent('b', { event: 'b' })]),
    );
    expect((await attempt(two)).outcome).toMatchObject({ kind: 'failed', error: { code: 'invalid-request' } });
  });

  test.each([undefined, '', 5, 'x'.repeat(201)])('is refused for an event named %s', async (event) => {
    const { outcome } = await attempt(handler((ctx) => ctx.waitForEvent('a', { event: event as never })));
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'invalid-request', details: { field: 'event' } } });
  });
});

describe('D6 a pause of steps', () => {
  const pausedSteps = [{ ruleId: 'r', pattern: 'send*', until: Infinity }];
  const sender = handler(async (ctx) => {
    await ctx.step('make', () => 1);
    return ctx.step('send mail', () => 2);
  });

  test('ends the attempt before a step that it matches', async () => {
    const { outcome, names } = await attempt(sender, { pausedSteps });
    expect(outcome).toEqual({
      kind: 'parked',
      park: { kind: 'pause', step: 'send mail', ruleId: 'r', until: Infinity },
      waits: [],
    });
    expect(names()).toEqual(['step make']);
  });

  test('does not concern what is recorded', async () => {
    const { outcome } = await attempt(sender, { pausedSteps, steps: [{ name: 'send mail', kind: 'step', result: 3 }] });
    expect(outcome).toEqual({ kind: 'succeeded', result: 3 });
  });

  test('that has expired pauses nothing', async () => {
    const { outcome } = await attempt(sender, { pausedSteps: [{ ruleId: 'r', pattern: '*', until: 1 }] });
    expect(outcome).toEqual({ kind: 'succeeded', result: 2 });
  });

  test.each([
    ['a map', (ctx: TaskContext) => ctx.map('send', [] as never[])],
    ['a sleep', (ctx: TaskContext) => ctx.sleep('send later', 5)],
    ['a wait', (ctx: TaskContext) => ctx.waitForEvent('send on', { event: 'e' })],
    ['an event', (ctx: TaskContext) => ctx.sendEvent('e')],
  ])('concerns %s as well', async (_, run) => {
    const { outcome, calls } = await attempt(handler(run), { pausedSteps });
    expect([outcome, calls]).toMatchObject([{ kind: 'parked', park: { kind: 'pause', ruleId: 'r' } }, []]);
  });

  test('lets a map that is recorded answer', async () => {
    const { outcome } = await attempt(
      handler((ctx) => ctx.map('send', [] as never[])),
      { pausedSteps, steps: [{ name: 'send', kind: 'map' }] },
    );
    expect(outcome).toEqual({ kind: 'succeeded', result: [] });
  });

  test('that comes while it runs holds from the next step on', async () => {
    const job = jobOf();
    const { host, names } = fakeHost();
    const run = async (_: undefined, ctx: TaskContext) => {
      await ctx.step('make', () => void (job.pausedSteps = pausedSteps));
      return ctx.step('send', () => 2);
    };
    const { outcome } = await perform(defineTask({ type: 'test', run }), job, host, new AbortController(), systemClock);
    expect([outcome, names()]).toMatchObject([{ kind: 'parked', park: { step: 'send' } }, ['step make']]);
  });
});
