// The REST surface: a server with no server. What a page's engine can do, that does; else it is done here.

import { createApi } from '../src/api/index.ts';
import { errand } from './errand.ts';

const api = createApi(() => errand.runner());

/** Answers what is asked of this site's `/api/`. */
export function answerApi(event: FetchEvent): void {
  const { url, method } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin || !pathname.startsWith('/api/')) return;
  const answer = api.fetch(event.request);
  event.respondWith(answer);
  if (method !== 'GET' && method !== 'HEAD') event.waitUntil(answer.then(() => errand.resume()));
}
