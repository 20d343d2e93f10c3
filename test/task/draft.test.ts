// A request is checked whole, and its refusal names the field at fault; what is taken becomes the row.

import { describe, expect, test } from 'vitest';
import { checkRequest, type EnqueueRequest, ErrandError, SUSPECTS } from '../../src/task/index.ts';
import { NOON } from '../support/fake-clock.ts';
import { newRow } from '../support/rows.ts';

/** The field that a refusal names, or `accepted`. */
function refusedField(request: unknown): unknown {
  try {
    newRow(request as EnqueueRequest);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ErrandError)) throw error;
    expect(error.code).toBe('invalid-request');
    expect(error.message.length).toBeGreaterThan(10);
    return error.details.field;
  }
}

describe('a request', () => {
  test('A5 needs nothing but a type', () => {
    const row = newRow({ type: 'photo.resize' });
    expect(row).toMatchObject({
      type: 'photo.resize',
      typeVersion: 1,
      name: 'photo.resize',
      workspace: 'default',
      creator: 'local',
      rank: 0,
      createdAt: NOON,
      status: 'pending',
      lane: 'photo.resize',
      failures: 0,
      version: 1,
      run: { index: 0, trigger: 'initial', triggeredBy: 'local', createdAt: NOON, stepSet: 0 },
    });
    expect(row).not.toHaveProperty('updatedAt');
  });

  test('A5 keeps all that it says', () => {
    const said = {
      id: 'mine',
      name: 'Holiday',
      description: 'All of it',
      tags: ['a', 'b'],
      workspace: 'home',
      creator: 'kim',
      parentId: 'theirs',
      retry: { maxRetries: 0, jitter: 0 },
      payload: { deep: [new Map([[1, new Date(0)]])] },
    };
    const row = newRow({ ...said, timeoutMs: '5m', typeVersion: 2 });
    expect(row).toMatchObject({ ...said, timeoutMs: 300_000, typeVersion: 2, run: { triggeredBy: 'kim' } });
    expect(row.payload).toBe(said.payload);
  });

  test.each([
    ['high', -10],
    ['normal', 0],
    ['low', 10],
    [7, -7],
    [-3, 3],
    [-0, 0],
    [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER],
  ] as const)('B6 of priority %s has rank %d, so that high sorts first', (priority, rank) => {
    expect(newRow({ priority }).rank).toBe(rank);
  });

  test('D1 waits for its time, given as an instant or a date', () => {
    for (const at of [NOON + 1, new Date(NOON + 1)]) {
      const row = newRow({ schedule: { at } });
      expect(row).toMatchObject({ waiting: 'time', dueAt: NOON + 1, schedule: { at: NOON + 1 } });
      expect(row).not.toHaveProperty('lane');
    }
  });

  test('D1 with a time that is past simply runs at once', () => {
    for (const at of [NOON, NOON - 1, 0]) {
      const row = newRow({ schedule: { at } });
      expect(row.lane).toBe('test.noop');
      expect(row).not.toHaveProperty('dueAt');
    }
  });

  test('keeps a large payload out of the row', () => {
    const row = newRow({ payload: 'large' }, NOON, true);
    expect(row).not.toHaveProperty('payload');
    expect(row.payloadApart).toBe(true);
  });

  test('has a retry policy of its own only where it says something', () => {
    expect(newRow({ retry: {} }).retry).toEqual({});
    expect(newRow({ retry: { maxRetries: undefined } as never }).retry).toEqual({});
  });
});

describe('hostile text', () => {
  const html = '<img src=x onerror=alert(1)>';

  test('is kept as the text it is', () => {
    const row = newRow({ name: html, description: html, tags: [html], creator: html, workspace: html, id: html });
    expect(row).toMatchObject({
      name: html,
      description: html,
      tags: [html],
      creator: html,
      workspace: html,
      id: html,
    });
  });

  test('pollutes no prototype by a key like __proto__', () => {
    const payload: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    const row = newRow({ payload });
    expect(row.payload).toBe(payload);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get(row, 'polluted')).toBeUndefined();
  });

  test('cannot name the lane of the suspects', () => {
    expect(refusedField({ type: SUSPECTS })).toBe('type');
  });
});

describe('a request is refused', () => {
  const bad: [field: string, change: Record<string, unknown>][] = [
    ['type', { type: undefined }],
    ['type', { type: '' }],
    ['type', { type: 7 }],
    ['type', { type: 'two words' }],
    ['type', { type: 'x'.repeat(101) }],
    ['typeVersion', { typeVersion: 0 }],
    ['typeVersion', { typeVersion: 1.5 }],
    ['id', { id: '' }],
    ['id', { id: 5 }],
    ['id', { id: 'x'.repeat(201) }],
    ['name', { name: 7 }],
    ['name', { name: null }],
    ['name', { name: 'x'.repeat(50_000_000) }],
    ['description', { description: ['a'] }],
    ['description', { description: 'x'.repeat(20_001) }],
    ['tags', { tags: 'a' }],
    ['tags', { tags: Array.from({ length: 101 }, () => 'a') }],
    ['tags.1', { tags: ['a', ''] }],
    ['tags.0', { tags: [5] }],
    ['priority', { priority: 'urgent' }],
    ['priority', { priority: '5' }],
    ['priority', { priority: 1.5 }],
    ['priority', { priority: Number.NaN }],
    ['priority', { priority: Infinity }],
    ['priority', { priority: 2 ** 53 }],
    ['workspace', { workspace: '' }],
    ['creator', { creator: {} }],
    ['parentId', { parentId: 5 }],
    ['parentId', { parentId: '' }],
    ['schedule', { schedule: 'tomorrow' }],
    ['schedule', { schedule: {} }],
    ['schedule.at', { schedule: { at: 'tomorrow' } }],
    ['schedule.at', { schedule: { at: Number.NaN } }],
    ['schedule.at', { schedule: { at: new Date(Number.NaN) } }],
    ['schedule.at', { schedule: { at: 9e15 } }],
    ['schedule.cron', { schedule: { at: NOON, cron: '* * * * *' } }],
    ['retry', { retry: 3 }],
    ['retry.maxRetries', { retry: { maxRetries: -1 } }],
    ['retry.maxRetries', { retry: { maxRetries: 1.5 } }],
    ['retry.maxRetries', { retry: { maxRetries: '3' } }],
    ['retry.maxRetries', { retry: { maxRetries: Infinity } }],
    ['retry.initialBackoffMs', { retry: { initialBackoffMs: -1 } }],
    ['retry.backoffMultiplier', { retry: { backoffMultiplier: 0.5 } }],
    ['retry.maxBackoffMs', { retry: { maxBackoffMs: Number.NaN } }],
    ['retry.jitter', { retry: { jitter: 1.1 } }],
    ['retry.times', { retry: { times: 3 } }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: -1 }],
    ['timeoutMs', { timeoutMs: '5 minutes' }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
    ['colour', { colour: 'red' }],
    ['toString', { toString: 'own' }],
    ['constructor', { constructor: 'own' }],
    ['__proto__', JSON.parse('{"__proto__": {"type": "own"}}') as Record<string, unknown>],
  ];

  for (const [field, change] of bad) {
    test(`at ${field}, with ${JSON.stringify(change).slice(0, 60)}`, () => {
      expect(refusedField({ type: 'test.noop', ...change })).toBe(field);
    });
  }

  test('when it is no request at all', () => {
    for (const request of [undefined, null, 5, 'test.noop', []]) {
      const check = () => checkRequest(request as unknown as EnqueueRequest);
      expect(check).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    }
  });
});

test('a date travels on as an instant', () => {
  expect(newRow({ schedule: { at: new Date(NOON) } }).schedule).toEqual({ kind: 'at', at: NOON });
});
