// `visible`: https://html.spec.whatwg.org/multipage/interaction.html#page-visibility, read in the page. Any page in sight
// will do: see `Reports`.

import { listen, type Sensor } from './sensor.ts';

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
