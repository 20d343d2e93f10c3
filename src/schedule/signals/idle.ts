// `deviceIdle`: https://wicg.github.io/idle-detection/, read in the page, and only where the person has allowed it
// already: we never ask on our own. Chromium alone has it.

import { ignore, listen, type Realm, type Sensor, type Tell } from './sensor.ts';

/** The least that the browser takes. */
const IDLE_MS = 60_000;

export const idle: Sensor<'deviceIdle'> = {
  signals: ['deviceIdle'],
  isReadable: async (realm) => (await permissionOf(realm))?.state === 'granted',
  watch(realm, tell) {
    const stopped = new AbortController();
    const begin = async () => {
      const permission = await permissionOf(realm);
      if (permission === undefined || stopped.signal.aborted) return;
      let detecting: AbortController | undefined;
      const look = () => {
        const isGranted = permission.state === 'granted' && !stopped.signal.aborted;
        if (isGranted === (detecting !== undefined)) return;
        detecting?.abort();
        detecting = isGranted ? detect(realm, tell) : undefined;
      };
      const stopListening = listen(permission, ['change'], look);
      stopped.signal.addEventListener('abort', () => {
        stopListening();
        look();
      });
      look();
    };
    void begin();
    return () => stopped.abort();
  },
};

function detect({ IdleDetector }: Realm, tell: Tell<'deviceIdle'>): AbortController {
  const stop = new AbortController();
  const { signal } = stop;
  if (IdleDetector === undefined) return stop;
  const detector = new IdleDetector();
  const read = () => {
    if (signal.aborted) return;
    const { userState, screenState } = detector;
    tell('deviceIdle', userState === null ? undefined : userState === 'idle' || screenState === 'locked');
  };
  const stopListening = listen(detector, ['change'], read);
  signal.addEventListener('abort', () => {
    stopListening();
    tell('deviceIdle', undefined);
  });
  void detector.start({ threshold: IDLE_MS, signal }).then(read, ignore);
  return stop;
}

/** `undefined` where there is no such thing. */
async function permissionOf({ IdleDetector, navigator }: Realm) {
  if (IdleDetector === undefined) return undefined;
  try {
    return await navigator?.permissions?.query({ name: 'idle-detection' });
  } catch {
    return undefined;
  }
}
