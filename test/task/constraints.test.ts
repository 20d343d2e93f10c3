// What the device must offer: what is asked for, what is known, what is unknown.

import { describe, expect, test } from 'vitest';
import {
  type Constraints,
  constraintsKey,
  normalConstraints,
  parseConstraintsKey,
  type SignalName,
  SIGNALS,
  unmetOf,
} from '../../src/task/index.ts';

const known = (signals: Partial<Record<SignalName, boolean>>) =>
  new Map(Object.entries(signals) as [SignalName, boolean][]);

describe('constraints', () => {
  test('D4 are kept as asked for; what is not asked for is not kept', () => {
    expect(normalConstraints({})).toBeUndefined();
    expect(normalConstraints({ charging: false, whenUnknown: 'wait' })).toBeUndefined();
    expect(normalConstraints({ charging: true, custom: ['b', 'a', 'b'], whenUnknown: 'allow' })).toEqual({
      charging: true,
      custom: ['a', 'b'],
    });
  });

  test('D4 all hold, or the task waits for those that do not', () => {
    const constraints: Constraints = { network: 'unmetered', charging: true, custom: ['vpn'] };
    const all = { online: true, unmetered: true, charging: true, 'custom:vpn': true };
    expect(unmetOf(constraints, known(all))).toEqual([]);
    for (const signal of Object.keys(all) as SignalName[]) {
      expect(unmetOf(constraints, known({ ...all, [signal]: false }))).toEqual([{ signal, unknown: false }]);
    }
  });

  test('D5 a signal that cannot be read is allowed, or waited for, as the task says', () => {
    expect(unmetOf({ charging: true }, known({}))).toEqual([]);
    expect(unmetOf({ charging: true, whenUnknown: 'wait' }, known({}))).toEqual([
      { signal: 'charging', unknown: true },
    ]);
    expect(unmetOf({ charging: true }, known({ charging: false }))).toEqual([{ signal: 'charging', unknown: false }]);
  });

  test('D4 are told from each other by a key that says all of them', () => {
    const each = SIGNALS.filter((name) => name !== 'online' && name !== 'unmetered');
    const some: Constraints[] = [
      { network: 'online' },
      { network: 'unmetered', whenUnknown: 'wait' },
      { network: 'online', charging: true, custom: ['a.b', 'vpn'] },
      ...each.map((name) => ({ [name]: true })),
      Object.fromEntries(each.map((name) => [name, true])),
    ];
    for (const constraints of some) expect(parseConstraintsKey(constraintsKey(constraints))).toEqual(constraints);
    expect(new Set(some.map(constraintsKey)).size).toBe(some.length);
    expect(parseConstraintsKey(constraintsKey(undefined))).toBeUndefined();
  });
});
