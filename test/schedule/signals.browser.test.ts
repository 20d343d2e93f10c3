// Signals in a real browser: what a page and a worker can read there, and that engines of one database hear each other.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { watchPageSignals } from '../../src/runner/page-signals.ts';
import { Device, Leadership, type PageReport, readableSignals } from '../../src/schedule/index.ts';
import { type EngineId, idMaker, systemClock } from '../../src/task/index.ts';
import type { DeviceNews, DeviceRequest } from '../support/device.worker.ts';

const ends: (() => void)[] = [];
let databases = 0;

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** As an engine has it: with a lock of its own, by which others learn of its death. */
async function deviceHere(database: string): Promise<Device> {
  const engineId = idMaker(systemClock)() as string as EngineId;
  const leadership = new Leadership(database, engineId, systemClock);
  ends.push(() => leadership.close());
  await leadership.start();
  const life = { engineId, death: (other: EngineId) => leadership.death(other) };
  const device = new Device({ database, clock: systemClock, changed: () => undefined, life });
  ends.push(() => device.close());
  return device;
}

function deviceInWorker(database: string) {
  const worker = new Worker(new URL('../support/device.worker.ts', import.meta.url), { type: 'module' });
  ends.push(() => worker.terminate());
  const told: Partial<Record<'known' | 'readable', Record<string, boolean>>> = {};
  worker.onmessage = ({ data }: MessageEvent<DeviceNews>) => Object.assign(told, data);
  const ask = (request: DeviceRequest) => worker.postMessage(request);
  ask({ kind: 'open', database });
  return { told, ask, kill: () => worker.terminate() };
}

const newDatabase = () => `signals-${++databases}`;

describe('what this browser can tell', () => {
  test('a worker reads the network and the storage, and says what it cannot read', async () => {
    const { told } = deviceInWorker(newDatabase());
    await vi.waitFor(() => expect(told.known).toHaveProperty('storageNotLow'));
    expect(told.known?.online).toBe(true);
    await vi.waitFor(() => expect(told.readable).toBeDefined());
    expect(told.readable).toMatchObject({ online: true, storageNotLow: true, charging: false, visible: false });
    expect(told.known).not.toHaveProperty('visible');
  });

  test('a page reads the rest, and asks nobody for permission', async () => {
    const reports: PageReport[] = [];
    const { stop } = watchPageSignals(systemClock, (report) => reports.push(report));
    ends.push(stop);
    const { charging, visible, deviceIdle } = await readableSignals();
    expect([visible, deviceIdle]).toEqual([true, false]);
    await vi.waitFor(() => expect(reports.at(-1)?.visible).toBe(document.visibilityState === 'visible'));
    if (charging) await vi.waitFor(() => expect(reports.at(-1)?.charging).toBeTypeOf('boolean'));
    expect(reports.at(-1)).not.toHaveProperty('deviceIdle');
  });
});

describe('engines of one database', () => {
  test('hear each other’s pages, also what was said before they came', async () => {
    const database = newDatabase();
    const here = await deviceHere(database);
    here.report({ visible: true, charging: false });
    const { told, ask } = deviceInWorker(database);
    await vi.waitFor(() => expect(told.known).toMatchObject({ visible: true, charging: false }));
    ask({ kind: 'custom', name: 'vpn', state: true });
    await vi.waitFor(() => expect(here.signals.get('custom:vpn')).toBe(true));
    ask({ kind: 'close' });
    await vi.waitFor(() => expect(here.signals.has('custom:vpn')).toBe(false));
    expect(here.signals.get('visible')).toBe(true);
  });

  test('a tab that dies without a word is forgotten at once', async () => {
    const database = newDatabase();
    const here = await deviceHere(database);
    const { told, ask, kill } = deviceInWorker(database);
    here.setCustom('ours', true);
    await vi.waitFor(() => expect(told.known).toMatchObject({ 'custom:ours': true }));
    ask({ kind: 'custom', name: 'theirs', state: true });
    await vi.waitFor(() => expect(here.signals.get('custom:theirs')).toBe(true));
    kill();
    await vi.waitFor(() => expect(here.signals.has('custom:theirs')).toBe(false));
    expect(here.signals.get('custom:ours')).toBe(true);
  });

  test('each hears of the network itself', async () => {
    const { told, ask } = deviceInWorker(newDatabase());
    await vi.waitFor(() => expect(told.known?.online).toBe(true));
    ask({ kind: 'network', online: false });
    await vi.waitFor(() => expect(told.known?.online).toBe(false));
    ask({ kind: 'network', online: true });
    await vi.waitFor(() => expect(told.known?.online).toBe(true));
  });
});
