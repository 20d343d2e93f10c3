// `visible`: https://html.spec.whatwg.org/multipage/interaction.html#page-visibility, read in the page. Any page in sight
// will do: see `Reports`. A service worker sees all pages, and that there is none: it takes nobody's word for it.

import { every, ignore, listen, type Sensor } from './sensor.ts';

/** Nobody tells a service worker of a change. */
const LOOK_MS = 2_000;

export const visible: Sensor<'visible'> = {
  signals: ['visible'],
  isReadable: (realm) => realm.document !== undefined,
  watch(realm, tell) {
    const { document } = realm;
    if (document === undefined) return () => undefined;
    const read = () => tell('visible', document.visibilityState === 'visible');
    // A page that comes back from the back/forward cache, or leaves into it.
    const stops = [listen(document, ['visibilitychange'], read), listen(realm, ['pageshow'], read)];
    read();
    return () => {
      for (const stop of stops) stop();
    };
  },
};

export const pagesInSight: Sensor<'visible'> = {
  signals: ['visible'],
  isReadable: (realm) => realm.clients !== undefined,
  watch(realm, tell, clock) {
    const { clients } = realm;
    if (clients === undefined) return ignore;
    const read = async () => {
      const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
      tell(
        'visible',
        pages.some(({ visibilityState }) => visibilityState === 'visible'),
      );
    };
    const look = () => void read().catch(ignore);
    look();
    return every(clock, LOOK_MS, look);
  },
};
