// Who reads what: the engine's worker what it can see for itself, the page the rest.

import { battery } from './battery.ts';
import { idle } from './idle.ts';
import { online } from './online.ts';
import type { BuiltInSignal, Realm, Sensor } from './sensor.ts';
import { storage } from './storage.ts';
import { unmetered } from './unmetered.ts';
import { pagesInSight, visible } from './visible.ts';

/** A signal that only a page can read. */
export type PageSignal = 'charging' | 'batteryNotLow' | 'deviceIdle' | 'visible';
/** What an engine reads itself: in a service worker, that pages are in sight, too. */
export type EngineSignal = Exclude<BuiltInSignal, PageSignal> | 'visible';

export const ENGINE_SENSORS: readonly Sensor<EngineSignal>[] = [online, unmetered, storage, pagesInSight];
export const PAGE_SENSORS: readonly Sensor<PageSignal>[] = [battery, idle, visible];
export const PAGE_SIGNALS: readonly PageSignal[] = PAGE_SENSORS.flatMap(({ signals }) => signals);

/**
 * Which signals this browser can tell, as seen from a page; a worker sees fewer. One that it cannot is unknown for good,
 * but for `deviceIdle`, which it can as soon as the person allows it.
 */
export async function readableSignals(realm: Realm = globalThis): Promise<Record<BuiltInSignal, boolean>> {
  const found: Record<BuiltInSignal, boolean> = {
    online: false,
    unmetered: false,
    charging: false,
    batteryNotLow: false,
    deviceIdle: false,
    storageNotLow: false,
    visible: false,
  };
  for (const sensor of [...ENGINE_SENSORS, ...PAGE_SENSORS]) {
    const isReadable = await sensor.isReadable(realm);
    for (const signal of sensor.signals) found[signal] ||= isReadable;
  }
  return found;
}
