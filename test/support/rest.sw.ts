// A service worker for tests: it answers the REST surface of the database that its address names, and one empty page.

import { createApi, resumeOnSync } from '../../src/service-worker.ts';
import { testTasks } from './tasks.ts';

declare const self: ServiceWorkerGlobalScope;

const database = new URL(location.href).searchParams.get('database') ?? '';
const errand = resumeOnSync(testTasks, { database });
const api = createApi(() => errand.runner());
const PAGE = { headers: { 'content-type': 'text/html' } };

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (new URL(request.url).pathname.startsWith('/api/')) event.respondWith(api.fetch(request));
  else if (request.mode === 'navigate') event.respondWith(new Response('<!doctype html><title>Test</title>', PAGE));
});
