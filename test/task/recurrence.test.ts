// D1–D3 as a task lives them: what its schedule makes of it, at its time, in its run, and after.

import { describe, expect, test } from 'vitest';
import { type EnqueueRequest, type TaskEvent, type TaskState, transition } from '../../src/task/index.ts';
import { NOON } from '../support/fake-clock.ts';
import { engine, frozen, newRow, tokenOf } from '../support/rows.ts';

const MINUTE = 60_000;

/** A task's life, told event by event. Nothing that it was is ever changed. */
class Life {
  state: TaskState;
  readonly pasts: TaskState['past'][] = [];
  #now = NOON;
  #token = 0;

  constructor(schedule: EnqueueRequest['schedule']) {
    this.state = frozen({ row: newRow({ ...(schedule !== undefined && { schedule }) }) });
  }

  at(minutes: number): this {
    this.#now = NOON + minutes * MINUTE;
    return this;
  }

  happens(event: TaskEvent): boolean {
    const after = transition(this.state, frozen(event), this.#now);
    if (after === undefined) return false;
    if (after.past !== undefined) this.pasts.push(after.past);
    this.state = frozen(after);
    return true;
  }

  claimed(): this {
    const token = tokenOf(++this.#token);
    expect(this.happens({ kind: 'claimed', token, engineId: engine('one'), alone: false })).toBe(true);
    return this;
  }

  succeeds(result: unknown = 'done'): this {
    const token = tokenOf(this.#token);
    expect(this.happens({ kind: 'succeeded', token, result, resultApart: false })).toBe(true);
    return this;
  }

  fails(retryable = false): this {
    const policy = { maxRetries: 1, initialBackoffMs: MINUTE, backoffMultiplier: 1, maxBackoffMs: MINUTE, jitter: 0 };
    const error = { code: 'oops', message: 'no', retryable };
    const token = tokenOf(this.#token);
    expect(this.happens({ kind: 'failed', token, error, policy, random: 0 })).toBe(true);
    return this;
  }

  occurs(): boolean {
    return this.happens({ kind: 'occurred', token: tokenOf(this.#token) });
  }

  /** What there is to see: minutes after noon. */
  get seen(): unknown {
    const { row, claim } = this.state;
    const { status, lane, waiting, dueAt, run } = row;
    if (claim !== undefined) return `runs ${run.index}`;
    if (status !== 'pending') return status;
    if (lane !== undefined) return `ready ${run.index}`;
    return `${waiting ?? ''} ${run.index} until ${((dueAt ?? 0) - NOON) / MINUTE}`;
  }
}

describe('a recurring task', () => {
  test('D1 every so often: it runs, waits for its next time, and keeps its schedule after a failed run', () => {
    const life = new Life({ everyMs: '10m' });
    expect(life.seen).toBe('ready 0');
    life.at(1).claimed().at(2).succeeds('first');
    expect(life.seen).toBe('time 1 until 10');
    expect(life.state.row.lastRun).toMatchObject({ index: 0, status: 'completed', result: 'first' });
    life.at(10).happens({ kind: 'due' });
    expect(life.seen).toBe('ready 1');
    life.claimed().at(11).fails();
    expect(life.seen).toBe('time 2 until 20');
    expect(life.pasts.map((past) => past?.status)).toEqual(['completed', 'failed']);
    expect(life.state.row).toMatchObject({ failures: 0, status: 'pending' });
  });

  test('D1 as often as it says, and then it is over with what its last run came to', () => {
    const life = new Life({ everyMs: '10m', count: 2 });
    life.claimed().at(1).succeeds();
    life.at(10).happens({ kind: 'due' });
    life.claimed().at(11).succeeds('last');
    expect(life.seen).toBe('completed');
    expect(life.state.row.result).toBe('last');
  });

  test('D2 a failed attempt is retried within its run', () => {
    const life = new Life({ everyMs: '10m' });
    life.claimed().at(1).fails(true);
    expect(life.seen).toBe('retry 0 until 2');
    life.at(2).happens({ kind: 'due' });
    life.claimed().at(3).succeeds();
    expect(life.seen).toBe('time 1 until 10');
  });

  test('D3 what comes due in a run is skipped, unless its schedule says otherwise', () => {
    const life = new Life({ everyMs: '10m' });
    life.claimed().at(25).succeeds();
    expect(life.seen).toBe('time 1 until 30');
  });

  test('D3 what is to queue has its runs after, one by one', () => {
    const life = new Life({ everyMs: '10m', overlap: 'queue' });
    life.claimed();
    expect(life.at(10).occurs()).toBe(true);
    expect(life.at(20).occurs()).toBe(true);
    expect(life.seen).toBe('runs 0');
    life.at(25).succeeds();
    expect(life.seen).toBe('ready 1');
    life.claimed().at(26).succeeds();
    expect(life.seen).toBe('ready 2');
    life.claimed().at(27).succeeds();
    expect(life.seen).toBe('time 3 until 30');
  });

  test('D3 a run that is to give way is cancelled, and the next one starts', () => {
    const life = new Life({ everyMs: '10m', overlap: 'cancel-running' });
    life.claimed();
    expect(life.at(10).occurs()).toBe(true);
    expect(life.seen).toBe('ready 1');
    expect(life.pasts).toMatchObject([{ index: 0, status: 'cancelled' }]);
    expect(life.state.row.scheduleState?.taken).toBe(2);
  });

  test('D3 a run that is to give way does so while it waits for its retry, too', () => {
    const life = new Life({ everyMs: '10m', overlap: 'cancel-running' });
    life.claimed().at(9).fails(true);
    life.at(9.5);
    const { row } = life.state;
    expect([row.waiting, row.dueAt]).toEqual(['retry', NOON + 10 * MINUTE]);
    life.at(10).happens({ kind: 'due' });
    expect(life.seen).toBe('ready 1');
  });

  test('D3 after an absence one run makes up for all that was missed', () => {
    const life = new Life({ everyMs: '10m' });
    life.claimed().at(1).succeeds();
    life.at(10_005).happens({ kind: 'due' });
    expect(life.seen).toBe('ready 1');
    life.claimed().at(10_006).succeeds();
    expect(life.seen).toBe('time 2 until 10010');
  });

  test('D2 can be run at once, which its schedule does not mind', () => {
    const life = new Life({ everyMs: '10m' });
    life.claimed().at(1).succeeds();
    expect(life.at(5).happens({ kind: 'hurried' })).toBe(true);
    life.claimed().at(6).succeeds();
    expect(life.seen).toBe('time 2 until 10');
  });

  test('D1 a trigger is waited for, without a time', () => {
    const life = new Life({ on: 'online' });
    expect(life.seen).toBe('event 0 until Infinity');
  });

  test('B4 is over once it is cancelled', () => {
    const life = new Life({ everyMs: '10m' });
    life.claimed().happens({ kind: 'cancelled', reason: 'enough' });
    expect(life.seen).toBe('cancelled');
  });
});

describe('a task that runs once', () => {
  test('D3 is over where its time was missed and is to be skipped', () => {
    const life = new Life({ at: NOON + MINUTE, missed: 'skip' });
    expect(life.seen).toBe('time 0 until 1');
    life.at(600).happens({ kind: 'due' });
    expect(life.seen).toBe('cancelled');
    expect(life.state.row.error?.code).toBe('missed');
  });

  test('D2 is hurried only while it waits for a time, a retry or an event', () => {
    const life = new Life({ at: NOON + MINUTE });
    expect(life.happens({ kind: 'hurried' })).toBe(true);
    expect(life.happens({ kind: 'hurried' })).toBe(false);
    life.claimed();
    expect(life.happens({ kind: 'hurried' })).toBe(false);
    life.succeeds();
    expect(life.happens({ kind: 'hurried' })).toBe(false);
  });
});
