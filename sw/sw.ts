// What wakes the app: listeners of one line each, registered at once. No global here is truth.

import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { answerApi } from './api.ts';
import { onSlice } from './errand.ts';
import { heedEnded, openClicked, tellOfSlice } from './notifications.ts';
import { takeShare } from './share.ts';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

self.addEventListener('fetch', answerApi);
self.addEventListener('fetch', takeShare);
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/api\//] }));

// The first page ever is taken over, so that it works offline without a reload. Later versions wait to be asked.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => isSkipWaiting(event.data) && event.waitUntil(self.skipWaiting()));

self.addEventListener('message', heedEnded);
self.addEventListener('notificationclick', openClicked);
onSlice(tellOfSlice);

function isSkipWaiting(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING';
}
