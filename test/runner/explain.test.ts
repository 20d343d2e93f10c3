// What a waiting task is told to wait for: a sentence, and a clause that goes on from "Goes ahead when".

import { describe, expect, test } from 'vitest';
import { explain, type Situation } from '../../src/runner/explain.ts';
import type { Closed } from '../../src/runner/gate.ts';
import type { SignalName, TaskRow, Trigger } from '../../src/task/index.ts';
import { fakeClock, NOON } from '../support/fake-clock.ts';
import { newRow } from '../support/rows.ts';

function said(row: Partial<TaskRow>, closed: Closed[] = [], rest: Partial<Situation> = {}) {
  const gate = { reasons: () => closed } as unknown as Situation['gate'];
  const situation = { clock: fakeClock(), gate, head: undefined, claims: new Map(), slots: 2, isLed: true };
  const state = { row: { ...newRow({ type: 'mail' }), ...row } };
  const { waitingFor } = explain(state, { ...situation, signalSince: () => undefined, ...rest });
  return waitingFor.map(({ message, wakes }) => `${message} | ${wakes}`);
}

describe('D7 a ready task', () => {
  test('waits for a slot, or for somebody who leads', () => {
    expect(said({})).toEqual(['It is ready to run. Busy slots: 0 of 2. | a slot is free']);
    expect(said({}, [], { isLed: false })).toEqual([
      'No open page runs tasks at the moment. | a page that can run tasks is open',
    ]);
  });

  test.each<[SignalName, boolean, string]>([
    ['online', false, 'The device is offline. | the device is online'],
    ['batteryNotLow', false, 'The battery is low. | the battery has enough charge'],
    [
      'deviceIdle',
      true,
      'It is not known whether the device is idle, and the task is set to wait. | the device is idle',
    ],
    ['custom:moon', false, '“moon” does not hold. | “moon” holds'],
  ])('waits for %s', (signal, unknown, words) => {
    expect(said({}, [{ kind: 'constraint', unmet: { signal, unknown } }])).toEqual([words]);
  });

  test('waits for a limit, and for a pause', () => {
    expect(said({}, [{ kind: 'limit', limit: 2 }])).toEqual([
      'At most 2 of mail may run at once. | a running task of mail ends',
    ]);
    expect(said({}, [{ kind: 'limit', limit: 2, perMs: 1_500, until: NOON }])).toEqual([
      'At most 2 of mail may start within 1.5 s. | its time comes',
    ]);
    const rule = { ruleId: 'r', createdAt: NOON, createdBy: 'ana', type: 'mail' };
    expect(said({}, [{ kind: 'pause', rule }])).toEqual(['All mail tasks were paused by ana. | the pause is lifted']);
  });
});

describe('D7 a task that waits', () => {
  test.each<[Partial<TaskRow>, string]>([
    [{ waiting: 'time', dueAt: NOON + 1 }, 'It is scheduled for later. | its time comes'],
    [
      { waiting: 'time', parked: { kind: 'sleep', step: 'cool', until: NOON } },
      'It is sleeping in step “cool”. | its time comes',
    ],
    [{ waiting: 'retry' }, 'The last attempt failed. It will be tried again. | its time comes'],
    [{ waiting: 'decision' }, 'It was interrupted and must not run twice. | someone decides what to do with it'],
    [
      { waiting: 'sign-in', parked: { kind: 'sign-in', credential: 'shop', until: Infinity } },
      'The server refused it. Sign in to “shop” to go on. | someone signs in to “shop”',
    ],
  ])('%o', (row, words) => {
    expect(said(row)).toEqual([words]);
  });

  test.each<[Trigger, string]>([
    ['online', 'the device comes online'],
    ['share', 'a file is shared to this app'],
    [{ event: 'paid' }, 'the event “paid” is sent'],
  ])('runs on a trigger: %o', (on, happens) => {
    expect(said({ waiting: 'event', schedule: { kind: 'on', on } })).toEqual([
      `It runs each time ${happens}. | ${happens}`,
    ]);
  });
});
