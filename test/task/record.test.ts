// How a stored task is shown: one shape per status, every field there, absent ones as null.

import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY, defineTask, isFinal, type TaskRow, toTask } from '../../src/task/index.ts';
import { NOON } from '../support/fake-clock.ts';
import { claimOn, frozen, newRow } from '../support/rows.ts';

const definition = defineTask({ type: 'test.noop', retry: { maxRetries: 7 }, timeoutMs: 500, run: () => undefined });
const error = { code: 'oops', message: 'no', retryable: true };
const shown = (row: TaskRow, claim?: ReturnType<typeof claimOn>) => toTask(frozen(row), claim, definition);

function endedRow(status: 'completed' | 'failed' | 'cancelled', rest: Partial<TaskRow> = {}): TaskRow {
  const { lane: _, ...row } = newRow();
  return { ...row, status, startedAt: NOON, finishedAt: NOON + 250, run: { ...row.run, startedAt: NOON }, ...rest };
}

describe('a pending task', () => {
  test('A5 shows every field, with null for what is not there', () => {
    const row = newRow({ id: 'mine' });
    expect(shown(row)).toEqual({
      id: 'mine',
      type: 'test.noop',
      typeVersion: 1,
      version: 1,
      name: 'test.noop',
      description: null,
      tags: [],
      priority: 0,
      workspace: 'default',
      creator: 'local',
      parentId: null,
      payload: undefined,
      schedule: null,
      lastRun: null,
      retry: { ...DEFAULT_RETRY, maxRetries: 7 },
      timeoutMs: 500,
      constraints: null,
      deadline: null,
      concurrencyKey: null,
      unique: null,
      dependsOn: null,
      onComplete: null,
      progress: { percent: 0, message: null },
      retryCount: 0,
      attempt: 0,
      runId: 'mine#0',
      runCount: 1,
      createdAt: NOON,
      updatedAt: null,
      scheduledAt: null,
      startedAt: null,
      finishedAt: null,
      lastRunAt: null,
      nextRunAt: null,
      idempotencyKey: 'mine#0',
      status: 'pending',
      waitingFor: ['slot'],
      error: null,
    });
  });

  test('B6 shows its priority as a number, high above low', () => {
    expect(shown(newRow({ priority: 'high' })).priority).toBe(10);
    expect(shown(newRow({ priority: 'low' })).priority).toBe(-10);
    expect(Object.is(shown(newRow({ priority: 0 })).priority, 0)).toBe(true);
  });

  test('B2 waits for its handler where nobody here has one, and says so', () => {
    expect(toTask(newRow(), undefined, undefined)).toMatchObject({ waitingFor: ['handler'], retry: DEFAULT_RETRY });
  });

  test('D7 says what it waits for, and until when', () => {
    const at = NOON + 5_000;
    const later = shown(newRow({ schedule: { at } }));
    expect(later).toMatchObject({ waitingFor: ['time'], scheduledAt: at, nextRunAt: at });
    const { lane: _, ...row } = newRow();
    const retrying = shown({ ...row, waiting: 'retry', dueAt: at, failures: 1, error });
    expect(retrying).toMatchObject({ waitingFor: ['retry'], nextRunAt: at, error, retryCount: 1, attempt: 1 });
    expect(shown({ ...row, waiting: 'decision' })).toMatchObject({ waitingFor: ['decision'], nextRunAt: null });
  });

  test('B7 has the retry policy and timeout that it says itself, over its type', () => {
    const own = shown(newRow({ retry: { maxRetries: 0 }, timeoutMs: 9 }));
    expect(own).toMatchObject({ retry: { maxRetries: 0 }, timeoutMs: 9 });
  });
});

describe('a running task', () => {
  test('B3 is a pending row with a claim on it, and shows the progress of the claim', () => {
    const row = newRow();
    const claim = claimOn(row, 5, { progress: { percent: 40, message: 'half' } });
    expect(shown(row, claim)).toMatchObject({
      status: 'running',
      claim: { token: 5, engineId: 'one' },
      attempt: 1,
      startedAt: NOON,
      lastRunAt: NOON,
      nextRunAt: null,
      progress: { percent: 40, message: 'half' },
    });
  });

  test('counts its attempt above those that failed', () => {
    const row = { ...newRow(), failures: 2 };
    expect(shown(row, claimOn(row))).toMatchObject({ attempt: 3, retryCount: 2 });
  });
});

describe('a finished task', () => {
  test('B9 that completed has its result and duration, and is at 100 %', () => {
    expect(shown(endedRow('completed', { result: { a: 1 } }))).toMatchObject({
      status: 'completed',
      result: { a: 1 },
      durationMs: 250,
      attempt: 1,
      progress: { percent: 100 },
      lastRunAt: NOON,
      finishedAt: NOON + 250,
    });
  });

  test('B9 that failed has its error, and keeps how far it came', () => {
    const row = endedRow('failed', { error, failures: 4, progress: { percent: 60 } });
    expect(shown(row)).toMatchObject({ status: 'failed', error, attempt: 4, retryCount: 4, progress: { percent: 60 } });
  });

  test('that was cancelled says by whom, and whether it ever began', () => {
    const reason = { code: 'cancelled', message: 'enough', retryable: false };
    expect(shown(endedRow('cancelled', { error: reason, cutShort: true }))).toMatchObject({
      error: reason,
      attempt: 1,
    });
    const { startedAt: _, ...never } = endedRow('cancelled');
    const { startedAt: __, ...run } = never.run;
    expect(shown({ ...never, run })).toMatchObject({ status: 'cancelled', error: null, attempt: 0, startedAt: null });
  });

  test('has no negative duration, however the clock jumped', () => {
    expect(shown(endedRow('completed', { finishedAt: NOON - 5_000 }))).toMatchObject({ durationMs: 0 });
    expect(shown(endedRow('failed', { finishedAt: NOON - 5_000 }))).toMatchObject({ durationMs: 0 });
  });

  test('is final, which pending and running are not', () => {
    const all = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
    expect(all.filter(isFinal)).toEqual(['completed', 'failed', 'cancelled']);
  });
});

test('C2 a later run is named by its index', () => {
  const row = newRow({ id: 'mine' });
  expect(shown({ ...row, run: { ...row.run, index: 2 } })).toMatchObject({ runId: 'mine#2', runCount: 3 });
});
