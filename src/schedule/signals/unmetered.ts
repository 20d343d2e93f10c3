// `unmetered`: https://wicg.github.io/netinfo/, read in the engine's worker. Chromium on Android and ChromeOS tells the
// type; elsewhere Chromium tells only of the wish to save data; Firefox and Safari tell nothing. A phone's hotspot looks
// like any other wifi: that a network is paid for after all is for the person to say.

import { every, listen, type Realm, type Sensor } from './sensor.ts';

/** As for `online`. */
const LOOK_MS = 10_000;

/** https://wicg.github.io/netinfo/#dom-connectiontype; what is not here may be either. */
const BY_TYPE: ReadonlyMap<string | undefined, boolean> = new Map([
  ['cellular', false],
  ['wifi', true],
  ['ethernet', true],
]);

export const unmetered: Sensor<'unmetered'> = {
  signals: ['unmetered'],
  isReadable: (realm) => realm.navigator?.connection?.type !== undefined || read(realm) !== undefined,
  watch(realm, tell, clock) {
    const look = () => tell('unmetered', read(realm));
    const stops = [listen(realm.navigator?.connection ?? {}, ['change'], look), every(clock, LOOK_MS, look)];
    look();
    return () => {
      for (const stop of stops) stop();
    };
  },
};

function read({ navigator }: Realm): boolean | undefined {
  const { type, saveData } = navigator?.connection ?? {};
  return saveData === true ? false : BY_TYPE.get(type);
}
