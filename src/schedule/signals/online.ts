// `online`: https://html.spec.whatwg.org/multipage/system-state.html#navigator.online, read in the engine's worker.
// `false` is certain; `true` may lie: it says that there is a network, not that it leads anywhere (a captive portal, a
// router without a line). So it opens a lane, and what then fails is for the handler and its retries.

import { every, listen, type Sensor } from './sensor.ts';

/** A worker that was frozen may have missed an event, and a service worker gets none. */
const LOOK_MS = 10_000;

export const online: Sensor<'online'> = {
  signals: ['online'],
  isReadable: (realm) => realm.navigator?.onLine !== undefined,
  watch(realm, tell, clock) {
    const read = () => tell('online', realm.navigator?.onLine);
    const stops = [listen(realm, ['online', 'offline'], read), every(clock, LOOK_MS, read)];
    read();
    return () => {
      for (const stop of stops) stop();
    };
  },
};
