// Each way that a task's status changes, one by one.

import { describe, expect, test } from 'vitest';
import {
  DEFAULT_RETRY,
  type InterruptCause,
  statusOf,
  SUSPECTS,
  type TaskError,
  type TaskEvent,
  type TaskState,
  transition,
} from '../../src/task/index.ts';
import { NOON } from '../support/fake-clock.ts';
import { claimOn, engine, frozen, newRow, tokenOf } from '../support/rows.ts';

const token = tokenOf(1);
const ALONE = `${SUSPECTS}test.noop`;
const policy = { ...DEFAULT_RETRY, jitter: 0 };
const error = (rest: Partial<TaskError> = {}): TaskError => ({ code: 'oops', message: 'no', retryable: true, ...rest });

const claimed = (alone = false): TaskEvent => ({ kind: 'claimed', token, engineId: engine('one'), alone });
const succeeded = (result?: unknown): TaskEvent => ({ kind: 'succeeded', token, result, resultApart: false });
const failed = (rest?: Partial<TaskError>): TaskEvent => ({
  kind: 'failed',
  token,
  error: error(rest),
  policy,
  random: 0,
});
const interrupted = (cause: InterruptCause = 'death'): TaskEvent => ({ kind: 'interrupted', token, cause });
const once = { once: true } as const;
const cancelled: TaskEvent = { kind: 'cancelled', reason: 'enough' };
const retried: TaskEvent = { kind: 'retried', triggeredBy: 'kim', trigger: 'retry' };

const pending = (rest = {}): TaskState => frozen({ row: { ...newRow(), ...rest } });
const running = (rest = {}, claim = {}): TaskState => {
  const row = { ...newRow(), ...rest };
  return frozen({ row, claim: claimOn(row, 1, claim) });
};

/** The state after an event that is not too late. */
function after(state: TaskState, event: TaskEvent, now = NOON + 1_000): TaskState {
  const next = transition(state, frozen(event), now);
  if (next === undefined) throw new Error(`${event.kind} came too late`);
  return frozen(next);
}

/** A task that has ended as the event says. */
const ended = (event: TaskEvent) => after(running(), event);

describe('claimed', () => {
  test('makes a ready task running without a change of its row', () => {
    const state = pending({ progress: { percent: 40 } });
    const next = after(state, claimed());
    expect(statusOf(next)).toBe('running');
    expect(next.row).toBe(state.row);
    expect(next.claim).toEqual(claimOn(state.row, 1, { claimedAt: NOON + 1_000, progress: { percent: 40 } }));
  });

  test('says whether it runs alone', () => {
    expect(after(pending(), claimed(true)).claim?.alone).toBe(true);
    expect(after(pending(), claimed(false)).claim).not.toHaveProperty('alone');
  });

  test('B6 comes too late for a task that is running, ended, or waits', () => {
    expect(transition(running(), claimed(), NOON)).toBeUndefined();
    expect(transition(ended(succeeded()), claimed(), NOON)).toBeUndefined();
    expect(transition(after(running(), failed()), claimed(), NOON)).toBeUndefined();
    expect(transition(after(running({}, once), interrupted('death')), claimed(), NOON)).toBeUndefined();
  });
});

describe('due', () => {
  const at = NOON + 5_000;
  const waits = frozen({ row: newRow({ schedule: { at } }) });

  test('D1 makes a task ready once its time has come, not before', () => {
    expect(waits.row).toMatchObject({ waiting: 'time', dueAt: at });
    expect(waits.row).not.toHaveProperty('lane');
    expect(transition(waits, { kind: 'due' }, at - 1)).toBeUndefined();
    const { row } = after(waits, { kind: 'due' }, at);
    expect(row).toMatchObject({ lane: 'test.noop', version: 2, updatedAt: at });
    expect(row).not.toHaveProperty('dueAt');
    expect(row).not.toHaveProperty('waiting');
  });

  test('comes too late for a task that waits for no time', () => {
    expect(transition(pending(), { kind: 'due' }, at)).toBeUndefined();
    expect(transition(running(), { kind: 'due' }, at)).toBeUndefined();
  });
});

describe('succeeded', () => {
  test('B9 keeps the result, the times and nothing of the errors before', () => {
    const next = after(running({ error: error(), progress: { percent: 50 } }), succeeded({ a: 1 }));
    expect(next.claim).toBeUndefined();
    expect(next.row).toMatchObject({
      status: 'completed',
      result: { a: 1 },
      startedAt: NOON,
      finishedAt: NOON + 1_000,
      run: { index: 0, startedAt: NOON },
    });
    for (const gone of ['lane', 'error', 'progress', 'deaths']) expect(next.row).not.toHaveProperty(gone);
  });

  test('keeps no result where there is none, or where it lies apart', () => {
    expect(ended(succeeded()).row).not.toHaveProperty('result');
    const apart = ended({ kind: 'succeeded', token, result: 'large', resultApart: true }).row;
    expect(apart).not.toHaveProperty('result');
    expect(apart.resultApart).toBe(true);
  });
});

describe('failed', () => {
  test('B7 waits for its backoff, with its error, then is ready again', () => {
    const once = after(running(), failed());
    expect(once.row).toMatchObject({ status: 'pending', waiting: 'retry', failures: 1, dueAt: NOON + 2_000 });
    expect(once.row.error?.code).toBe('oops');
    expect(once.row).not.toHaveProperty('lane');
    expect(after(once, { kind: 'due' }, NOON + 2_000).row.lane).toBe('test.noop');
    const twice = after(running({ failures: 1 }), failed());
    expect(twice.row.dueAt).toBe(NOON + 1_000 + 2_000);
  });

  test('B7 ends once its retries are used up', () => {
    const { row } = after(running({ failures: 3 }), failed());
    expect(row).toMatchObject({ status: 'failed', failures: 4, error: { code: 'oops' }, finishedAt: NOON + 1_000 });
  });

  test('B7 ends at once if the error says "do not retry"', () => {
    expect(after(running(), failed({ retryable: false })).row).toMatchObject({ status: 'failed', failures: 1 });
  });

  test('B7 waits as long as the error asks, which still counts as a retry', () => {
    expect(after(running(), failed({ retryAfterMs: 9_000 })).row.dueAt).toBe(NOON + 10_000);
    expect(after(running({ failures: 3 }), failed({ retryAfterMs: 1 })).row.status).toBe('failed');
  });
});

describe('snoozed', () => {
  test('waits and costs no attempt', () => {
    const { row } = after(running({ failures: 2, deaths: 1 }), { kind: 'snoozed', token, delayMs: 300 });
    expect(row).toMatchObject({ status: 'pending', waiting: 'time', dueAt: NOON + 1_300, failures: 2 });
    expect(row).not.toHaveProperty('deaths');
  });
});

describe('interrupted', () => {
  test('B13 is not failed: it costs no attempt and is ready at once', () => {
    const { row } = after(running({ failures: 2 }), interrupted());
    expect(row).toMatchObject({ status: 'pending', lane: 'test.noop', failures: 2, deaths: 1 });
    expect(row).not.toHaveProperty('error');
  });

  test('B13 by an orderly end counts no death', () => {
    expect(after(running(), interrupted('released')).row).not.toHaveProperty('deaths');
    expect(after(running({ deaths: 1 }), interrupted('released')).row.deaths).toBe(1);
  });

  test.each(['death', 'gone', 'released'] as const)('B13 by %s, "once" waits for a decision', (cause) => {
    const { row } = after(running({ failures: 1 }, once), interrupted(cause));
    expect(row).toMatchObject({ status: 'pending', waiting: 'decision', failures: 1 });
    expect(row).not.toHaveProperty('lane');
    expect(row.dueAt).toBe(Infinity);
  });

  test('B13 keeps the progress that the claim knew', () => {
    const { row } = after(running({}, { progress: { percent: 70, message: 'most' } }), interrupted());
    expect(row.progress).toEqual({ percent: 70, message: 'most' });
  });
});

describe('a killer', () => {
  const suspect = { deaths: 2, lane: ALONE };

  test('B13 is a suspect after two deaths', () => {
    expect(after(running({ deaths: 1 }), interrupted()).row).toMatchObject({ deaths: 2, lane: ALONE });
  });

  test('B13 fails as worker-crashed at its third death, alone', () => {
    const { row } = after(running(suspect, { alone: true }), interrupted());
    expect(row).toMatchObject({ status: 'failed', failures: 0, error: { code: 'worker-crashed', retryable: false } });
  });

  test('B13 never fails by a death beside others', () => {
    expect(after(running({ ...suspect, deaths: 9 }), interrupted()).row).toMatchObject({
      status: 'pending',
      lane: ALONE,
      deaths: 10,
    });
  });

  test('B13 is not convicted by the end of the browser, until it has ended ten times on it alone', () => {
    const state = running({ ...suspect, vanished: 8 }, { alone: true });
    const ninth = after(state, interrupted('gone'));
    expect(ninth.row).toMatchObject({ status: 'pending', lane: ALONE, deaths: 2, vanished: 9 });
    const tenth = after(running({ ...suspect, vanished: 9 }, { alone: true }), interrupted('gone'));
    expect(tenth.row).toMatchObject({ status: 'failed', error: { code: 'worker-crashed' } });
    expect(tenth.row).not.toHaveProperty('vanished');
  });

  test('B13 becomes a suspect by the end of the browser, too, beside others', () => {
    const { row } = after(running({ deaths: 1 }), interrupted('gone'));
    expect(row).toMatchObject({ deaths: 2, lane: ALONE });
    expect(row).not.toHaveProperty('vanished');
  });

  test('B13 is not convicted by an orderly end', () => {
    expect(after(running(suspect, { alone: true }), interrupted('released')).row.status).toBe('pending');
  });

  test('B13 is cleared by anything it records', () => {
    const state = running(suspect, { alone: true });
    const { row, claim } = after(state, { kind: 'recorded', token });
    expect(row).not.toHaveProperty('deaths');
    expect(claim).not.toHaveProperty('alone');
    const dies = after(frozen({ row, claim }), interrupted());
    expect(dies.row).toMatchObject({ status: 'pending', deaths: 1, lane: 'test.noop' });
  });

  test('B13 is cleared by a failure of its own', () => {
    expect(after(running(suspect), failed()).row).not.toHaveProperty('deaths');
  });

  test('is not known by the task that is retried by hand', () => {
    const verdict = after(running(suspect, { alone: true }), interrupted());
    expect(after(verdict, retried).row).toMatchObject({ status: 'pending', lane: 'test.noop', failures: 0 });
  });
});

describe('recorded', () => {
  test('changes nothing where nobody died', () => {
    const state = running();
    expect(transition(state, { kind: 'recorded', token }, NOON)).toBe(state);
  });
});

describe('cancelled', () => {
  test('B4 ends a pending task', () => {
    const { row } = after(pending(), cancelled);
    expect(row).toMatchObject({ status: 'cancelled', error: { code: 'cancelled', message: 'enough' }, version: 2 });
    expect(row).not.toHaveProperty('lane');
    expect(row).not.toHaveProperty('startedAt');
  });

  test('B4 ends a running task and voids its claim, keeping its progress', () => {
    const next = after(running({}, { progress: { percent: 10 } }), cancelled);
    expect(next.claim).toBeUndefined();
    expect(next.row).toMatchObject({ status: 'cancelled', progress: { percent: 10 }, run: { startedAt: NOON } });
    for (const late of [succeeded(), failed(), interrupted()]) expect(transition(next, late, NOON)).toBeUndefined();
  });

  test('B4 ends a task that waits for a time or a decision', () => {
    expect(after(after(running(), failed()), cancelled).row).not.toHaveProperty('dueAt');
    expect(after(after(running({}, once), interrupted('death')), cancelled).row).not.toHaveProperty('waiting');
  });

  test('comes too late for a task that has ended', () => {
    for (const event of [succeeded(), failed({ retryable: false }), cancelled]) {
      expect(transition(ended(event), cancelled, NOON)).toBeUndefined();
    }
  });
});

describe('retried', () => {
  test('C4 makes a new run that keeps the recorded steps', () => {
    const { row } = after(ended(failed({ retryable: false })), retried, NOON + 9_000);
    expect(row).toMatchObject({ status: 'pending', lane: 'test.noop', failures: 0 });
    expect(row.run).toEqual({ index: 1, trigger: 'retry', triggeredBy: 'kim', createdAt: NOON + 9_000, stepSet: 0 });
    expect(row).not.toHaveProperty('finishedAt');
  });

  test('comes too late for a task that is under way, and is not for one that completed', () => {
    for (const state of [pending(), running(), ended(succeeded())]) {
      expect(transition(state, retried, NOON)).toBeUndefined();
    }
  });
});

describe('an old token', () => {
  const stale = frozen({ row: newRow(), claim: claimOn(newRow(), 2) });
  const kinds: TaskEvent[] = [
    succeeded(),
    failed(),
    interrupted(),
    { kind: 'snoozed', token, delayMs: 1 },
    { kind: 'recorded', token },
  ];
  test.each(kinds.map((event) => [event.kind, event] as const))('changes nothing: %s', (_, event) => {
    expect(transition(stale, event, NOON)).toBeUndefined();
    expect(transition(pending(), event, NOON)).toBeUndefined();
  });
});
