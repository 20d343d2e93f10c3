// Where the element's runner comes from: a worker of the host's, the element's own file started again as a worker, or, where
// no worker may start, this very page. Elements of one page and database share one engine, whatever their version.

import { ErrandError, type TaskDefinition } from '../task/index.ts';
import { createRunner, openInPage, type Runner } from '../runner/index.ts';

/**
 * How far a board has come: the runner it was `given`, a worker of the host's (`worker-url`), the element's own file as a
 * `worker`, or handlers in slices on the `page`'s own thread.
 */
export type BoardMode = 'given' | 'worker-url' | 'worker' | 'page';

/** What there is to begin with. */
export interface Sources {
  readonly database: string;
  /** The address of a file of this origin that calls `serve`. */
  readonly workerUrl: string | undefined;
  /** The address of a file that is this element and serves `definitions` where a worker runs it. */
  readonly selfUrl: string | undefined;
  /** What can be done where no worker may start. */
  readonly definitions: readonly TaskDefinition[];
}

export interface Started {
  readonly runner: Runner;
  readonly mode: BoardMode;
  /** What did not work before that. */
  readonly failures: readonly unknown[];
}

interface Shared {
  readonly starting: Promise<Started>;
  users: number;
}

interface Way {
  readonly mode: BoardMode;
  readonly start: () => Promise<Runner>;
}

declare global {
  /** The engines that the elements of this page share. */
  var __errandEngines: Map<string, Shared> | undefined;
}

/** Joins the engine of a database on this page, or starts it. `leave` is called once for each `join`. */
export function join(sources: Sources): { started: Promise<Started>; leave: () => void } {
  const engines = onThisPage();
  const shared = engines.get(sources.database) ?? { starting: start(sources), users: 0 };
  engines.set(sources.database, shared);
  shared.users += 1;
  // What could not be started may be tried again.
  shared.starting.catch(() => {
    if (engines.get(sources.database) === shared) engines.delete(sources.database);
  });
  let hasLeft = false;
  const leave = () => {
    if (hasLeft) return;
    hasLeft = true;
    shared.users -= 1;
    if (shared.users > 0) return;
    if (engines.get(sources.database) === shared) engines.delete(sources.database);
    void shared.starting.then(({ runner }) => runner.close()).catch(() => undefined);
  };
  return { started: shared.starting, leave };
}

/** Two scripts with this element may be on one page: what they share lies outside of both. */
function onThisPage(): Map<string, Shared> {
  return (globalThis.__errandEngines ??= new Map<string, Shared>());
}

/** Tries one way after the other. */
async function start(sources: Sources): Promise<Started> {
  const failures: unknown[] = [];
  for (const { mode, start } of waysOf(sources)) {
    try {
      return { runner: await start(), mode, failures };
    } catch (error) {
      // It is the database that cannot be had: no other way leads to it.
      if (error instanceof ErrandError && error.code !== 'engine-lost') throw error;
      failures.push(error);
    }
  }
  const message = 'No engine could be started: set worker-url to a file of this origin, or the property runner.';
  throw new ErrandError('engine-lost', message, {}, { cause: failures.at(-1) });
}

function waysOf({ database, workerUrl, selfUrl, definitions }: Sources): Way[] {
  const inWorker = (address: () => string | URL) =>
    createRunner({ database, worker: () => new Worker(address(), { type: 'module' }) });
  const ways: Way[] = [];
  if (workerUrl !== undefined) ways.push({ mode: 'worker-url', start: () => inWorker(() => workerUrl) });
  if (selfUrl !== undefined) ways.push({ mode: 'worker', start: () => inWorker(() => ownAddress(selfUrl)) });
  if (definitions.length > 0) ways.push({ mode: 'page', start: () => openInPage(definitions, database) });
  return ways;
}

/**
 * A worker's script must be of the page's own origin; one of another origin is imported by a script that is. Its address is
 * never revoked: slots are started from it as long as the page lives.
 */
function ownAddress(selfUrl: string): string {
  if (new URL(selfUrl, location.href).origin === location.origin) return selfUrl;
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(selfUrl)};`], { type: 'text/javascript' }));
}
