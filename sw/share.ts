// What is shared to the app: files are laid down for the page that opens, texts go with its address. It may come from anywhere,
// so that it only prepares a task: a person starts it.

import { idMaker, systemClock } from '../src/task/index.ts';

const CACHE = 'errand-shared';
const MOST_FILES = 5_000;
const LONGEST_TEXT = 8_000;
const TEXTS = ['title', 'text', 'url'] as const;
const newId = idMaker(systemClock);

/** Answers the form that the system sends for a share. */
export function takeShare(event: FetchEvent): void {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'POST' || mode !== 'navigate' || origin !== location.origin || pathname !== '/share') return;
  event.respondWith(shared(event.request));
}

async function shared(request: Request): Promise<Response> {
  const path = await kept(request).catch(() => '/?shared=failed');
  return Response.redirect(path, 303);
}

/** Where the page goes on. */
async function kept(request: Request): Promise<string> {
  const form = await request.formData();
  const files = form.getAll('files').filter((each) => typeof each !== 'string');
  const query = new URLSearchParams();
  for (const name of TEXTS) {
    const text = form.get(name);
    if (typeof text === 'string' && text !== '') query.set(name, text.slice(0, LONGEST_TEXT));
  }
  if (files.length === 0) return `/new?${query}`;
  if (files.length > MOST_FILES) throw new Error('Too many files.');
  query.set('shared', await layDown(files));
  return `/?${query}`;
}

/** Only the last share is kept: a page takes it up at once. */
async function layDown(files: readonly File[]): Promise<string> {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  const id = newId();
  for (const [i, file] of files.entries()) {
    const headers = {
      'content-type': 'application/octet-stream',
      'x-type': text(file.type),
      'x-name': text(file.name),
    };
    await cache.put(`/share/${id}/${i}`, new Response(file, { headers }));
  }
  return id;
}

/** A header holds ASCII alone. */
function text(said: string): string {
  return encodeURIComponent(said.slice(0, 500).toWellFormed());
}
