// A task type is checked where it is defined, and cannot be changed after.

import { describe, expect, test } from 'vitest';
import { defineTask } from '../../src/task/index.ts';

const run = () => 'done';
const define = (change: Record<string, unknown>) => () => defineTask({ type: 'test.noop', run, ...change });

describe('a definition', () => {
  test('A5 needs nothing but a type and a handler', () => {
    const task = defineTask({ type: 'test.noop', run });
    expect(task).toMatchObject({ type: 'test.noop', version: 1, effects: 'idempotent', graceMs: 5_000, items: {} });
    for (const unsaid of ['description', 'payload', 'retry', 'timeoutMs']) expect(task).not.toHaveProperty(unsaid);
  });

  test('keeps what it says, its durations in milliseconds', () => {
    const task = defineTask({
      type: 'photo.resize',
      version: 3,
      description: 'Makes it smaller.',
      effects: 'once',
      retry: { maxRetries: 1 },
      timeoutMs: '5m',
      graceMs: 0,
      run,
    });
    expect(task).toMatchObject({
      version: 3,
      description: 'Makes it smaller.',
      effects: 'once',
      retry: { maxRetries: 1 },
      timeoutMs: 300_000,
      graceMs: 0,
    });
  });

  test('B10 says how many run and start, what follows and where it runs, and none of it can be changed', () => {
    expect(defineTask({ type: 'test.noop', run }).runsIn).toEqual(['worker']);
    const task = defineTask({
      type: 'test.noop',
      heartbeatMs: '30s',
      concurrency: 2,
      rateLimit: { limit: 10, perMs: '1m' },
      constraints: { network: 'online' },
      onComplete: { type: 'after', payload: 5 },
      runsIn: ['worker', 'service-worker'],
      run,
    });
    expect(task).toMatchObject({
      constraints: { network: 'online' },
      heartbeatMs: 30_000,
      concurrency: 2,
      rateLimit: { limit: 10, perMs: 60_000 },
      onComplete: { type: 'after', payload: 5 },
      runsIn: ['worker', 'service-worker'],
    });
    for (const part of [task.rateLimit, task.onComplete, task.runsIn]) expect(Object.isFrozen(part)).toBe(true);
  });

  test('cannot be changed', () => {
    const task = defineTask({ type: 'test.noop', run, items: { one: () => 1 } });
    expect(() => Object.assign(task, { type: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(task.items, { two: () => 2 })).toThrow(TypeError);
  });

  test('runs its handler as a method of what was handed in', () => {
    const task = defineTask({
      type: 'test.noop',
      description: 'mine',
      run() {
        return (this as { description?: string }).description;
      },
    });
    expect(task.run(undefined, {} as never)).toBe('mine');
  });

  test.each(['a', 'photo.resize', 'a/b:c-d_e', '__proto__', 'x'.repeat(100)])('may be of type %s', (type) => {
    expect(defineTask({ type, run }).type).toBe(type);
  });
});

describe('a definition is refused', () => {
  const bad: [field: string, change: Record<string, unknown>][] = [
    ['type', { type: undefined }],
    ['type', { type: '' }],
    ['type', { type: 'two words' }],
    ['type', { type: '!alone' }],
    ['type', { type: 'x'.repeat(101) }],
    ['version', { version: 0 }],
    ['version', { version: 1.5 }],
    ['version', { version: '1' }],
    ['run', { run: undefined }],
    ['run', { run: 'run' }],
    ['migrate', { migrate: 1 }],
    ['retryIf', { retryIf: true }],
    ['heartbeatMs', { heartbeatMs: 'often' }],
    ['heartbeatMs', { heartbeatMs: 0 }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['concurrency', { concurrency: 1_001 }],
    ['rateLimit', { rateLimit: 5 }],
    ['rateLimit', { rateLimit: null }],
    ['rateLimit.limit', { rateLimit: { limit: 0, perMs: 5 } }],
    ['rateLimit.limit', { rateLimit: { limit: 1_001, perMs: 5 } }],
    ['rateLimit.perMs', { rateLimit: { limit: 1, perMs: 0 } }],
    ['rateLimit.perMs', { rateLimit: { limit: 1 } }],
    ['rateLimit.per', { rateLimit: { limit: 1, per: 5 } }],
    ['constraints', { constraints: 'online' }],
    ['constraints.wifi', { constraints: { wifi: true } }],
    ['onComplete', { onComplete: 'after' }],
    ['onComplete.type', { onComplete: { type: 'two words' } }],
    ['onComplete.delay', { onComplete: { type: 'after', delay: 5 } }],
    ['runsIn', { runsIn: [] }],
    ['runsIn', { runsIn: 'worker' }],
    ['runsIn', { runsIn: ['page'] }],
    ['runsIn', { runsIn: ['worker', 'worker'] }],
  ];
  test.each(bad)('at %s, with %j', (field, change) => {
    expect(define(change)).toThrow(expect.objectContaining({ code: 'invalid-definition', details: { field } }));
  });

  test('in words that say the rule', () => {
    expect(define({ version: 0 })).toThrow("A task definition's version must be a whole number from 1.");
  });
});
