// `charging` and `batteryNotLow`: https://www.w3.org/TR/battery-status/, read in the page, since workers have no
// `getBattery`. Chromium alone has it. A device without a battery, or one that does not tell, is charging and full.

import { ignore, listen, type Sensor } from './sensor.ts';

/** Where Android begins to warn. */
const LOW_LEVEL = 0.15;

export const battery: Sensor<'charging' | 'batteryNotLow'> = {
  signals: ['charging', 'batteryNotLow'],
  isReadable: (realm) => realm.navigator?.getBattery !== undefined,
  watch(realm, tell) {
    let isStopped = false;
    let stop = ignore;
    const begin = async () => {
      const manager = await realm.navigator?.getBattery?.();
      if (manager === undefined || isStopped) return;
      const read = () => {
        tell('charging', manager.charging);
        tell('batteryNotLow', manager.charging || manager.level > LOW_LEVEL);
      };
      stop = listen(manager, ['chargingchange', 'levelchange'], read);
      read();
    };
    // A permissions policy may forbid it.
    begin().catch(ignore);
    return () => {
      isStopped = true;
      stop();
    };
  },
};
