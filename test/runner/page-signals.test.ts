// What a page tells its engine of the device: at once what changes, and all of it again and again.

import { expect, test } from 'vitest';
import type { PageReport } from '../../src/schedule/index.ts';
import { watchPageSignals } from '../../src/runner/page-signals.ts';
import { fakeRealm, idleDetectors, part } from '../support/fake-device.ts';
import { turningClock } from '../support/turning-clock.ts';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

function stage() {
  const clock = turningClock();
  const document = part('visibilitychange', { visibilityState: 'visible' });
  const battery = part('chargingchange', { charging: true, level: 0.1 });
  const { IdleDetector } = idleDetectors({ userState: 'idle', screenState: 'unlocked' });
  const query = () => Promise.resolve(part('change', { state: 'granted' }));
  const navigator = { getBattery: () => Promise.resolve(battery), permissions: { query }, onLine: true };
  const reports: PageReport[] = [];
  const realm = fakeRealm({ document, navigator, IdleDetector });
  const watching = watchPageSignals(clock, (report) => reports.push(report), realm);
  return { clock, document, battery, reports, watching };
}

test('it tells what the page alone can tell, and each change by one report', async () => {
  const { reports, battery, document } = stage();
  await soon();
  expect(reports.at(-1)).toEqual({ visible: true, charging: true, batteryNotLow: true, deviceIdle: true });
  const before = reports.length;
  battery.set({ charging: false });
  battery.set({ level: 0.09 });
  document.set({ visibilityState: 'hidden' });
  await soon();
  expect(reports.slice(before)).toEqual([{ visible: false, charging: false, batteryNotLow: false, deviceIdle: true }]);
});

test('it tells again and again, until it is stopped', async () => {
  const { reports, clock, watching, document } = stage();
  await soon();
  const before = reports.length;
  for (let beat = 1; beat <= 3; beat++) {
    clock.turn(20_000);
    await soon();
    expect(reports.length).toBe(before + beat);
  }
  watching.stop();
  document.set({ visibilityState: 'hidden' });
  clock.turn(600_000);
  await soon();
  expect(reports.length).toBe(before + 3);
});

test('a page that can tell nothing says that it lives', async () => {
  const reports: PageReport[] = [];
  const { stop } = watchPageSignals(turningClock(), (report) => reports.push(report), {});
  await soon();
  expect(reports).toEqual([{}]);
  stop();
});
