// What the page alone can tell of the device, for its engine: told on each change, and as a heartbeat, since a report that
// grows old counts for nothing.

import { every, PAGE_SENSORS, type PageReport, type PageSignal, type Realm } from '../schedule/index.ts';
import type { Clock } from '../task/index.ts';

/** Twice within the time that a page in sight counts as seen. A hidden page's timers fire once a minute, which is enough, too. */
const HEARTBEAT_MS = 20_000;

/** Watches the signals that only a page can read. `report` is called soon, with each change, and again and again. */
export function watchPageSignals(
  clock: Clock,
  report: (fromPage: PageReport) => void,
  realm: Realm = globalThis,
): { stop: () => void } {
  const told = new Map<PageSignal, boolean>();
  let isDue = false;
  let isStopped = false;
  const say = () => {
    isDue = false;
    if (!isStopped) report(Object.fromEntries(told));
  };
  // Not by a timer: a page that goes out of sight may not see it fire.
  const sayOnce = () => {
    if (!isDue) queueMicrotask(say);
    isDue = true;
  };
  const tell = (signal: PageSignal, state: boolean | undefined) => {
    if (told.get(signal) === state) return;
    if (state === undefined) told.delete(signal);
    else told.set(signal, state);
    sayOnce();
  };
  const stops = PAGE_SENSORS.map((sensor) => sensor.watch(realm, tell, clock));
  stops.push(every(clock, HEARTBEAT_MS, sayOnce));
  sayOnce();
  return {
    stop: () => {
      isStopped = true;
      for (const stop of stops) stop();
    },
  };
}
