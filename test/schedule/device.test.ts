// What a device is known to offer: read here, reported by pages, switched by a person, and forgotten in time.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { Device, type DeviceSetup } from '../../src/schedule/index.ts';
import type { EngineId, Signals } from '../../src/task/index.ts';
import { fakeRealm } from '../support/fake-device.ts';
import { turningClock } from '../support/turning-clock.ts';

const open = new Set<{ close(): void }>();
let databases = 0;

afterEach(() => {
  for (const each of open) each.close();
  open.clear();
});

function keep<T extends { close(): void }>(one: T): T {
  open.add(one);
  return one;
}

/** Several engines of one database, on one device. */
function stage() {
  const database = `signals-${++databases}`;
  const clock = turningClock();
  const device = (more: Partial<DeviceSetup> = {}) =>
    keep(new Device({ database, clock, changed: () => undefined, realm: {}, ...more }));
  const channel = () => keep(new BroadcastChannel(`errand:${database}:signals`));
  return { clock, device, channel };
}

/** Node 20 has none of its own. */
function withResolvers(): PromiseWithResolvers<void> {
  const made: Partial<PromiseWithResolvers<void>> = {};
  const promise = new Promise<void>((resolve, reject) => Object.assign(made, { resolve, reject }));
  return Object.assign({ resolve: () => undefined, reject: () => undefined }, made, { promise });
}

const known = (device: Device) => Object.fromEntries(device.signals);
const knows = (device: Device, expected: object) => vi.waitFor(() => expect(known(device)).toEqual(expected));

describe('one engine', () => {
  test('reads what it can, and tells of each change once', () => {
    const navigator = { onLine: true, connection: { type: 'wifi' } };
    const realm = fakeRealm({ navigator });
    const changed = vi.fn<(before: Signals, after: Signals) => void>();
    const device = stage().device({ realm, changed });
    expect(known(device)).toEqual({ online: true, unmetered: true });
    expect(changed).not.toHaveBeenCalled();
    navigator.onLine = false;
    realm.emit('offline');
    realm.emit('offline');
    expect(changed).toHaveBeenCalledTimes(1);
    const [before, after] = changed.mock.lastCall ?? [];
    expect([before?.get('online'), after?.get('online')]).toEqual([true, false]);
    expect(device.signals).toBe(after);
  });

  test('takes its page’s report whole: what is left out is unknown', () => {
    const device = stage().device();
    device.report({ charging: true, visible: true });
    expect(known(device)).toEqual({ charging: true, visible: true });
    device.report({ visible: false });
    expect(known(device)).toEqual({ visible: false });
    device.report({ charging: 'yes', online: true } as object);
    expect(known(device)).toEqual({});
  });

  test('a switch counts for more than what is read, and for nothing once it is taken back', () => {
    const device = stage().device({ realm: { navigator: { onLine: true, connection: { type: 'wifi' } } } });
    device.setCustom('vpn', true);
    device.override({ unmetered: false, charging: true, 'custom:vpn': false });
    expect(known(device)).toEqual({ online: true, unmetered: false, charging: true, 'custom:vpn': false });
    device.override({});
    expect(known(device)).toEqual({ online: true, unmetered: true, 'custom:vpn': true });
  });

  test('says nothing after its end', () => {
    const navigator = { onLine: true };
    const realm = fakeRealm({ navigator });
    const changed = vi.fn();
    const { device, clock } = stage();
    const closed = device({ realm, changed });
    closed.close();
    navigator.onLine = false;
    realm.emit('offline');
    clock.turn(600_000);
    closed.report({ visible: true });
    closed.setCustom('vpn', true);
    closed.override({ online: false });
    expect(changed).not.toHaveBeenCalled();
    closed.close();
  });
});

test('what is unknown at first may be known in a moment; then it is told that it is not', () => {
  const { device, clock } = stage();
  const changed = vi.fn();
  const engine = device({ changed });
  clock.turn(999);
  expect([engine.isSettled, changed.mock.calls.length]).toEqual([false, 0]);
  clock.turn(1);
  expect([engine.isSettled, changed.mock.calls.length]).toEqual([true, 1]);
  const closed = device({ changed });
  closed.close();
  clock.turn(1_000);
  expect(changed).toHaveBeenCalledTimes(1);
});

describe('reports grow old', () => {
  test('a page in sight that falls silent counts as seen no more, then for nothing at all', () => {
    const { device, clock } = stage();
    const engine = device();
    engine.report({ visible: true, charging: true });
    engine.setCustom('vpn', true);
    clock.turn(44_999);
    expect(known(engine)).toEqual({ visible: true, charging: true, 'custom:vpn': true });
    clock.turn(5_001);
    expect(known(engine)).toEqual({ charging: true, 'custom:vpn': true });
    clock.turn(100_000);
    expect(known(engine)).toEqual({});
  });

  test('a hidden page, whose timers fire once a minute, stays fresh', () => {
    const { device, clock } = stage();
    const engine = device();
    for (let minute = 0; minute < 10; minute++) {
      engine.report({ visible: false });
      clock.turn(60_000);
      expect(known(engine)).toEqual({ visible: false });
    }
  });

  test('a clock that is set back keeps nothing fresh', () => {
    const { device, clock } = stage();
    const engine = device();
    engine.report({ visible: true });
    clock.jump(-3_600_000);
    clock.turn(5_000);
    expect(known(engine)).toEqual({});
    engine.report({ visible: true });
    expect(known(engine)).toEqual({ visible: true });
  });
});

describe('several engines', () => {
  test('hear each other’s pages; one in sight is enough', async () => {
    const { device, clock } = stage();
    const [one, other] = [device(), device()];
    one.report({ visible: true, charging: false });
    await knows(other, { visible: true, charging: false });
    clock.turn(1_000);
    other.report({ visible: false, charging: true });
    await knows(one, { visible: true, charging: true });
    expect(known(other)).toEqual({ visible: true, charging: true });
    one.report({ visible: false, charging: true });
    await knows(other, { visible: false, charging: true });
  });

  test('none is in sight only if all that live say so', async () => {
    const { device, clock } = stage();
    const [one, other] = [device(), device()];
    one.report({ visible: true });
    await knows(other, { visible: true });
    clock.turn(100_000);
    other.report({ visible: false });
    expect(known(other)).toEqual({});
    clock.turn(50_000);
    expect(known(other)).toEqual({ visible: false });
  });

  test('one that starts asks for what it missed, as old as it is', async () => {
    const { device, clock } = stage();
    const first = device();
    first.report({ visible: true, charging: true });
    first.setCustom('vpn', false);
    clock.turn(60_000);
    const second = device();
    await knows(second, { charging: true, 'custom:vpn': false });
    clock.turn(90_000);
    expect(known(second)).toEqual({});
  });

  test('one that ends takes back what it said', async () => {
    const { device } = stage();
    const [one, other] = [device(), device()];
    one.report({ visible: true });
    one.setCustom('vpn', true);
    await knows(other, { visible: true, 'custom:vpn': true });
    one.close();
    await knows(other, {});
  });

  test('what a tab said goes with it, though it dies without a word', async () => {
    const { device } = stage();
    const deaths = new Map<string, PromiseWithResolvers<void>>();
    const life = (name: string) => ({
      engineId: name as EngineId,
      death: (other: string) => {
        const death = withResolvers();
        deaths.set(`${other}, to ${name}`, death);
        return death.promise;
      },
    });
    const [one, other] = [device({ life: life('one') }), device({ life: life('other') })];
    one.report({ visible: true });
    one.setCustom('vpn', true);
    other.report({ charging: true });
    await knows(other, { visible: true, charging: true, 'custom:vpn': true });
    await knows(one, { visible: true, charging: true, 'custom:vpn': true });
    expect([...deaths.keys()].sort()).toEqual(['one, to other', 'other, to one']);
    deaths.get('one, to other')?.resolve();
    await knows(other, { charging: true });
    deaths.get('other, to one')?.reject(new Error('closed'));
    one.report({ visible: false });
    await knows(other, { visible: false, charging: true, 'custom:vpn': true });
    await knows(one, { visible: false, charging: true, 'custom:vpn': true });
  });

  test('engines of another database hear nothing', async () => {
    const { device } = stage();
    const [one, other, stranger] = [device(), device(), stage().device()];
    one.report({ visible: true });
    await knows(other, { visible: true });
    expect(known(stranger)).toEqual({});
  });
});

describe('signals of the embedder’s own', () => {
  test('whoever set one last wins, while that tab lives', async () => {
    const { device, clock } = stage();
    const [one, other] = [device(), device()];
    one.setCustom('vpn', true);
    await knows(other, { 'custom:vpn': true });
    clock.jump(-1_000);
    other.setCustom('vpn', false);
    one.report({});
    await knows(one, { 'custom:vpn': false });
    one.setCustom('vpn', undefined);
    await knows(other, {});
    one.close();
    await knows(other, { 'custom:vpn': false });
  });

  test('odd names, odd values and too many are refused', () => {
    const device = stage().device();
    for (const name of ['', 'a b', 'custom:vpn', 'x'.repeat(51), 5 as unknown as string]) {
      expect(() => device.setCustom(name, true)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    }
    expect(() => device.setCustom('vpn', 'on' as unknown as boolean)).toThrow('true, false or undefined');
    for (let i = 0; i < 100; i++) device.setCustom(`of-${i}`, true);
    device.setCustom('of-7', false);
    expect(() => device.setCustom('one-more', true)).toThrow('no more than 100');
    expect(device.signals.size).toBe(100);
    device.setCustom('of-8', undefined);
    expect(device.signals.size).toBe(99);
  });
});

describe('anybody may speak in the channel', () => {
  const report = { kind: 'report', from: 'someone', at: 0, page: [], custom: [] };
  const nonsense = [
    null,
    'report',
    { kind: 'report' },
    { kind: 'tell' },
    { ...report, page: [['online', false]] },
    { ...report, page: [['visible', 1]] },
    { ...report, page: 'visible' },
    { ...report, page: Array.from({ length: 9 }, () => ['visible', true]) },
    { ...report, at: NaN },
    { ...report, at: '0' },
    { ...report, from: 'x'.repeat(1_000) },
    { ...report, custom: [{ name: 'a b', state: true, at: 0 }] },
    { ...report, custom: [{ name: 'vpn', state: 'on', at: 0 }] },
    { ...report, custom: [{ name: 'vpn', state: true, at: 1e300 }] },
    { ...report, custom: Array.from({ length: 101 }, (_, i) => ({ name: `of-${i}`, state: true, at: 0 })) },
    { ...report, more: true },
    { kind: 'gone' },
  ];

  test('nonsense is not heard', async () => {
    const { device, clock, channel } = stage();
    const engine = device();
    const stranger = channel();
    for (const each of nonsense) {
      const at = typeof each === 'object' && each !== null && 'at' in each && each.at === 0 ? { at: clock.now() } : {};
      stranger.postMessage(typeof each === 'object' && each !== null ? { ...each, ...at } : each);
    }
    stranger.postMessage({ ...report, at: clock.now(), page: [['charging', true]] });
    await knows(engine, { charging: true });
  });

  test('a report from the future is as old as its arrival; a crowd does not fill the memory', async () => {
    const { device, clock, channel } = stage();
    const engine = device();
    const stranger = channel();
    stranger.postMessage({ ...report, at: clock.now() + 1e12, page: [['charging', true]] });
    await knows(engine, { charging: true });
    for (let i = 0; i < 300; i++) {
      const custom = [{ name: `of-${i}`, state: true, at: clock.now() }];
      stranger.postMessage({ ...report, from: `tab-${i}`, at: clock.now(), custom });
    }
    await vi.waitFor(() => expect(engine.signals.has('custom:of-299')).toBe(true));
    expect(engine.signals.size).toBe(200);
    clock.turn(150_000);
    expect(known(engine)).toEqual({});
  });
});
