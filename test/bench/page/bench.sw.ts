// The service worker of the benchmarks: the REST surface of one database, an empty answer to measure it against, and Workbox's
// queue for the outbox's.

import { Queue } from 'workbox-background-sync';
import { createApi, resumeOnSync } from '../../../src/service-worker.ts';
import { defineTask } from '../../../src/worker.ts';

declare const self: ServiceWorkerGlobalScope;

const noop = defineTask({ type: 'bench.noop', run: () => undefined });
const database = new URL(location.href).searchParams.get('database') ?? '';
const errand = resumeOnSync([noop], { database });
const api = createApi(() => errand.runner());
const ISOLATED = { 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-resource-policy': 'same-origin' };

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (pathname === '/empty') {
    event.respondWith(new Response(null, { status: 204 }));
  } else if (pathname.startsWith('/api/')) {
    const answer = api.fetch(request);
    event.respondWith(answer);
    if (request.method === 'POST') event.waitUntil(answer.then(() => errand.resume()));
  } else if (request.mode === 'navigate') {
    event.respondWith(new Response('<!doctype html>', { headers: { ...ISOLATED, 'content-type': 'text/html' } }));
  }
});

/** Only replayed when it is asked for: events of the browser's would come in between. */
const queue = new Queue('bench', { forceSyncFallback: true });

const calls = {
  push,
  pushAtOnce: (url: string, count: number) => Promise.all(Array.from({ length: count }, (_, n) => push(url, n))),
  pushEach: async (url: string, count: number) => {
    for (let n = 0; n < count; n++) await push(url, n);
  },
  replay: () => queue.replayRequests(),
  drop: async () => {
    while ((await queue.shiftRequest()) !== undefined);
  },
};

export type QueueCalls = typeof calls;

function push(url: string, n: number): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  return queue.pushRequest({ request: new Request(url, { method: 'POST', headers, body: JSON.stringify({ n }) }) });
}

self.addEventListener('message', ({ data, ports: [port] }) => {
  const { call, args } = data as { call: keyof QueueCalls; args: [string, number] };
  const start = performance.now();
  calls[call](...args).then(
    () => port?.postMessage({ ms: performance.now() - start }),
    (error: unknown) => port?.postMessage({ error: String(error) }),
  );
});
