// Asks the REST surface of a database through a service worker of its own.

import type { Runner } from '../../src/index.ts';
import { openServedFrame, type ServedFrame } from './served-frame.ts';

const open = new Map<string, Promise<ServedFrame>>();

export async function closeServedPages(): Promise<void> {
  for (const page of open.values()) await (await page).close();
  open.clear();
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
      const ask = () => page.fetch(pathname + search, { method, headers, body });
      const answer = await ask();
      // A service worker that cannot be started is passed by, and the test server knows no such address: nothing was done.
      // Source: https://w3c.github.io/ServiceWorker/#handle-fetch
      const isPassedBy = answer.status === 404 && answer.headers.get('content-type')?.includes('json') !== true;
      return isPassedBy ? ask() : answer;
    },
  };
}

/** The page whose service worker answers for a database. */
function servedPage(database: string): Promise<ServedFrame> {
  const script = new URL('./rest.sw.ts', import.meta.url);
  script.search = `?database=${encodeURIComponent(database)}`;
  const page = open.get(database) ?? openServedFrame(script, new URL(`./${database}/`, import.meta.url).pathname);
  open.set(database, page);
  return page;
}
