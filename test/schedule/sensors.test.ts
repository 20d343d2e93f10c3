// What each sensor makes of what a browser says, and of a browser that says nothing.

import { describe, expect, test, vi } from 'vitest';
import { readableSignals, type Realm } from '../../src/schedule/index.ts';
import { battery } from '../../src/schedule/signals/battery.ts';
import { idle } from '../../src/schedule/signals/idle.ts';
import { online } from '../../src/schedule/signals/online.ts';
import type { Sensor } from '../../src/schedule/signals/sensor.ts';
import { storage } from '../../src/schedule/signals/storage.ts';
import { unmetered } from '../../src/schedule/signals/unmetered.ts';
import { visible } from '../../src/schedule/signals/visible.ts';
import { SIGNALS } from '../../src/task/index.ts';
import { fakeRealm, idleDetectors, part } from '../support/fake-device.ts';
import { turningClock } from '../support/turning-clock.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

/** Watches, and says what is known. */
function watch(sensor: Sensor, realm: Realm) {
  const clock = turningClock();
  const known: Record<string, boolean | undefined> = {};
  const stop = sensor.watch(realm, (signal, state) => (known[signal] = state), clock);
  return { clock, known, stop };
}

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a browser that says nothing', () => {
  test.each([battery, idle, online, storage, unmetered, visible])('leaves $signals unknown', async (sensor) => {
    for (const realm of [{}, { navigator: {} }]) {
      const { known, clock, stop } = watch(sensor, realm);
      await soon();
      clock.turn(120_000);
      await soon();
      expect(Object.values(known).filter((state) => state !== undefined)).toEqual([]);
      expect(await sensor.isReadable(realm)).toBe(false);
      stop();
    }
  });
});

describe('online', () => {
  test('follows the events', () => {
    const navigator = { onLine: true };
    const realm = fakeRealm({ navigator });
    const { known, stop } = watch(online, realm);
    expect(known).toEqual({ online: true });
    navigator.onLine = false;
    realm.emit('offline');
    expect(known).toEqual({ online: false });
    stop();
    navigator.onLine = true;
    realm.emit('online');
    expect(known).toEqual({ online: false });
  });

  test('finds out without an event', () => {
    const navigator = { onLine: true };
    const { known, clock } = watch(online, { navigator });
    navigator.onLine = false;
    clock.turn(10_000);
    expect(known).toEqual({ online: false });
  });
});

describe('unmetered', () => {
  test.each([
    ['wifi', true],
    ['ethernet', true],
    ['cellular', false],
    ['bluetooth', undefined],
    ['unknown', undefined],
    ['none', undefined],
    [undefined, undefined],
  ])('%s: %s', (type, state) => {
    expect(watch(unmetered, { navigator: { connection: { ...(type && { type }) } } }).known.unmetered).toBe(state);
  });

  test('a wish to save data counts for more than the type, and tells where nothing else does', () => {
    expect(watch(unmetered, { navigator: { connection: { type: 'wifi', saveData: true } } }).known.unmetered).toBe(
      false,
    );
    expect(watch(unmetered, { navigator: { connection: { saveData: true } } }).known.unmetered).toBe(false);
    expect(watch(unmetered, { navigator: { connection: { saveData: false } } }).known.unmetered).toBeUndefined();
  });

  test('follows the network, also into the unknown', () => {
    const connection = part('change', { type: 'wifi' });
    const { known } = watch(unmetered, { navigator: { connection } });
    connection.set({ type: 'cellular' });
    expect(known).toEqual({ unmetered: false });
    connection.set({ type: 'other' });
    expect(known).toEqual({ unmetered: undefined });
  });
});

describe('storage not low', () => {
  const at = async (estimate: StorageEstimate) => {
    const { known } = watch(storage, { navigator: { storage: { estimate: () => Promise.resolve(estimate) } } });
    await soon();
    return known.storageNotLow;
  };

  test('less than a tenth, or than 200 MB, is low', async () => {
    expect(await at({ quota: 10 * GB, usage: 9 * GB })).toBe(true);
    expect(await at({ quota: 10 * GB, usage: 9 * GB + 1 })).toBe(false);
    expect(await at({ quota: GB, usage: GB - 200 * MB })).toBe(true);
    expect(await at({ quota: GB, usage: GB - 199 * MB })).toBe(false);
    expect(await at({ quota: 0, usage: 0 })).toBe(false);
  });

  test('half an answer, or none, is unknown', async () => {
    expect(await at({ quota: GB })).toBeUndefined();
    const estimate = () => Promise.reject(new TypeError('not here'));
    const { known } = watch(storage, { navigator: { storage: { estimate } } });
    await soon();
    expect(known).toEqual({ storageNotLow: undefined });
  });

  test('is asked again once a minute, and no more once it is stopped', async () => {
    const estimate = vi.fn(() => Promise.resolve({ quota: 10 * GB, usage: 0 }));
    const { clock, known, stop } = watch(storage, { navigator: { storage: { estimate } } });
    await soon();
    estimate.mockResolvedValue({ quota: 10 * GB, usage: 10 * GB });
    clock.turn(59_999);
    expect(estimate).toHaveBeenCalledTimes(1);
    clock.turn(1);
    await soon();
    expect(known).toEqual({ storageNotLow: false });
    estimate.mockResolvedValue({ quota: 10 * GB, usage: 0 });
    clock.turn(60_000);
    stop();
    clock.turn(600_000);
    await soon();
    expect(estimate).toHaveBeenCalledTimes(3);
    expect(known).toEqual({ storageNotLow: false });
  });
});

describe('the battery', () => {
  test('is low below a level, but not while it is charged', async () => {
    const manager = part('levelchange', { charging: false, level: 0.16 });
    const { known, stop } = watch(battery, { navigator: { getBattery: () => Promise.resolve(manager) } });
    await soon();
    expect(known).toEqual({ charging: false, batteryNotLow: true });
    manager.set({ level: 0.15 });
    expect(known).toEqual({ charging: false, batteryNotLow: false });
    manager.set({ charging: true });
    expect(known).toEqual({ charging: true, batteryNotLow: true });
    stop();
    manager.set({ charging: false });
    expect(known).toEqual({ charging: true, batteryNotLow: true });
  });

  test('is unknown where a policy forbids it', async () => {
    const getBattery = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    const { known } = watch(battery, { navigator: { getBattery } });
    await soon();
    expect(known).toEqual({});
  });

  test('that answers after the end is not listened to', async () => {
    const manager = part('levelchange', { charging: true, level: 1 });
    const { known, stop } = watch(battery, { navigator: { getBattery: () => Promise.resolve(manager) } });
    stop();
    await soon();
    expect(known).toEqual({});
  });
});

describe('idle', () => {
  function stage(state: string) {
    const permission = part('change', { state });
    const query = vi.fn(() => Promise.resolve(permission));
    const detectors = idleDetectors({ userState: 'active', screenState: 'unlocked' });
    const realm: Realm = { navigator: { permissions: { query } }, IdleDetector: detectors.IdleDetector };
    return { permission, query, started: detectors.started, realm };
  }

  test('is told by the person’s absence or a locked screen', async () => {
    const { realm, started, query } = stage('granted');
    const { known, stop } = watch(idle, realm);
    await soon();
    expect(query).toHaveBeenCalledWith({ name: 'idle-detection' });
    expect(known).toEqual({ deviceIdle: false });
    started[0]?.set({ userState: 'idle' });
    expect(known).toEqual({ deviceIdle: true });
    started[0]?.set({ userState: 'active', screenState: 'locked' });
    expect(known).toEqual({ deviceIdle: true });
    stop();
    expect(started[0]?.signal.aborted).toBe(true);
  });

  test('is never asked for: begins when the person allows it, and is unknown once that is taken back', async () => {
    const { realm, started, permission } = stage('prompt');
    const { known } = watch(idle, realm);
    await soon();
    expect([started.length, known, await idle.isReadable(realm)]).toEqual([0, {}, false]);
    permission.set({ state: 'granted' });
    await soon();
    expect([started.length, known, await idle.isReadable(realm)]).toEqual([1, { deviceIdle: false }, true]);
    permission.set({ state: 'denied' });
    expect(known).toEqual({ deviceIdle: undefined });
    expect(started[0]?.signal.aborted).toBe(true);
    started[0]?.set({ userState: 'idle' });
    expect(known).toEqual({ deviceIdle: undefined });
  });

  test('is unknown to a browser that does not know the permission', async () => {
    const { realm } = stage('granted');
    const permissions = { query: () => Promise.reject(new TypeError('idle-detection')) };
    const { known } = watch(idle, { ...realm, navigator: { permissions } });
    await soon();
    expect(known).toEqual({});
  });
});

test('visible follows the page, and its return from the back/forward cache', () => {
  const document = part('visibilitychange', { visibilityState: 'visible' });
  const realm = fakeRealm({ document });
  const { known } = watch(visible, realm);
  expect(known).toEqual({ visible: true });
  document.set({ visibilityState: 'hidden' });
  expect(known).toEqual({ visible: false });
  document.visibilityState = 'visible';
  realm.emit('pageshow');
  expect(known).toEqual({ visible: true });
});

test('a browser says which signals it can tell', async () => {
  const none = Object.fromEntries(SIGNALS.map((signal) => [signal, false]));
  expect(await readableSignals({})).toEqual(none);
  const navigator = { onLine: false, connection: { saveData: false } };
  expect(await readableSignals({ navigator })).toEqual({ ...none, online: true });
  const document = part('visibilitychange', { visibilityState: 'hidden' });
  const connection = { type: 'unknown' };
  expect(await readableSignals({ document, navigator: { connection } })).toEqual({
    ...none,
    unmetered: true,
    visible: true,
  });
});
