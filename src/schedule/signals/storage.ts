// `storageNotLow`: https://storage.spec.whatwg.org/#dom-storagemanager-estimate, read in the engine's worker. It is what
// the browser gives to this site, and an estimate: Chromium may name a quota that the disk does not have. A write that
// does not fit is refused whatever this says.

import { every, ignore, type Realm, type Sensor } from './sensor.ts';

/** An estimate costs the browser a look at all that the site stores. */
const LOOK_MS = 60_000;
/** Low is less than either: a tenth of what the site may have, which is little on a small disk; or room for some photos. */
const LEAST_SHARE = 0.1;
const LEAST_BYTES = 200 * 1024 * 1024;

export const storage: Sensor<'storageNotLow'> = {
  signals: ['storageNotLow'],
  isReadable: (realm) => realm.navigator?.storage !== undefined,
  watch(realm, tell, clock) {
    let isStopped = false;
    const look = async () => {
      const state = await read(realm);
      if (!isStopped) tell('storageNotLow', state);
    };
    const stop = realm.navigator?.storage === undefined ? ignore : every(clock, LOOK_MS, () => void look());
    void look();
    return () => {
      isStopped = true;
      stop();
    };
  },
};

async function read({ navigator }: Realm): Promise<boolean | undefined> {
  const { quota, usage } = (await navigator?.storage?.estimate().catch(ignore)) ?? {};
  if (quota === undefined || usage === undefined) return undefined;
  const left = quota - usage;
  return left >= LEAST_BYTES && left >= quota * LEAST_SHARE;
}
