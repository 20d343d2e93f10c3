// A page of a service worker of its own, in a frame: what it fetches goes through that, as an app's page does.

import type { Runner } from '../../src/index.ts';

interface ServedPage {
  fetch: typeof fetch;
  close(): Promise<void>;
}

const open = new Map<string, Promise<ServedPage>>();

/** The page whose service worker answers for a database. */
export function servedPage(database: string): Promise<ServedPage> {
  const page = open.get(database) ?? openPage(database);
  open.set(database, page);
  return page;
}

export async function closeServedPages(): Promise<void> {
  for (const page of open.values()) await (await page).close();
  open.clear();
}

async function openPage(database: string): Promise<ServedPage> {
  const script = new URL('./rest.sw.ts', import.meta.url);
  script.search = `?database=${encodeURIComponent(database)}`;
  const scope = new URL(`./${database}/`, import.meta.url).pathname;
  const registration = await navigator.serviceWorker.register(script, { type: 'module', scope });
  await activated(registration);
  const frame = document.createElement('iframe');
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.src = scope;
  document.body.append(frame);
  await loaded;
  const view = frame.contentWindow as (Window & typeof globalThis) | null;
  if (view?.navigator.serviceWorker.controller == null) throw new Error('The frame is nobody’s.');
  return {
    fetch: view.fetch.bind(view),
    close: async () => {
      frame.remove();
      await registration.unregister();
    },
  };
}

function activated({ active, installing, waiting }: ServiceWorkerRegistration): Promise<unknown> {
  const worker = installing ?? waiting;
  if (worker === null || active !== null) return Promise.resolve();
  return new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('The service worker could not be installed.'));
    });
  });
}

/** Asks in the name of the runner's principal: its database has one at a time. */
export function throughServiceWorker(runner: Runner): { fetch: (request: Request) => Promise<Response> } {
  return {
    fetch: async (request) => {
      await runner.actAs(runner.principal);
      const page = await servedPage(runner.database);
      const { pathname, search } = new URL(request.url);
      const body = request.body === null ? null : await request.blob();
      const { method, headers } = request;
      return page.fetch(pathname + search, { method, headers, body });
    },
  };
}
