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
      return page.fetch(pathname + search, { method, headers, body });
    },
  };
}

/** The page whose service worker answers for a database. */
function servedPage(database: string): Promise<ServedFrame> {
  const script = new URL('./rest.sw.ts', import.meta.url);
  script.search = `?database=${encodeURIComponent(database)}`;
  // A path beside the script, said so that the bundler does not take it for a file: one scope for all would have one worker.
  const page = open.get(database) ?? openServedFrame(script, new URL(`./${database}/`, script).pathname);
  open.set(database, page);
  return page;
}
