// One router over a runner: in the service worker for every page, and in a page, a worker or a test as well.

import { Hono } from 'hono/tiny';
import type { Principal, Runner } from '../runner/index.ts';
import { guarded } from './answer.ts';
import { readFile, readJson } from './body.ts';
import { docsRoutes } from './docs/routes.ts';
import { Problem, problemOf } from './problem.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';

export interface ApiOptions {
  /** The largest body that is taken in, in bytes. Default 32 MiB. */
  maxBodyBytes?: number;
}

export interface Api {
  /** Answers a request. Never rejects: what goes wrong is an answer, too. */
  fetch(request: Request): Promise<Response>;
}

/** A runner, or where to ask for one. */
type Asked = Runner | (() => Promise<Runner>);

const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The REST surface over a runner, in the name of the runner's principal; or over one that is asked for with each request.
 * @example
 * const api = createApi(runner);
 * const response = await api.fetch(new Request('https://any.host/api/v1/tasks?status=failed'));
 */
export function createApi(runner: Asked, { maxBodyBytes = MOST_BYTES }: ApiOptions = {}): Api {
  const routes = [...ROUTES, ...docsRoutes(ROUTES)];
  const asker = new Asker(runner);
  const app = new Hono();
  for (const route of routes) {
    const [, name = ''] = /\{(\w+)\}/.exec(route.path) ?? [];
    app.on(route.method, route.path.replace(`{${name}}`, `:${name}`), async ({ req }) => {
      const param = name === '' ? '' : (req.param(name) ?? '');
      try {
        return await answer(asker, route, param, req.raw, maxBodyBytes);
      } catch (thrown) {
        return problemOf(thrown);
      }
    });
  }
  const addresses = addressesOf(routes);
  app.notFound(({ req }) => elsewhere(addresses, req.raw));
  return { fetch: async (request) => app.fetch(request) };
}

async function answer(asker: Asker, route: Route, param: string, request: Request, mostBytes: number) {
  const reads = route.method === 'GET';
  // A form on another site can send a page here with POST; nothing of this surface is a page but what is read.
  if (!reads && request.mode === 'navigate')
    throw new Problem(403, 'forbidden', 'A page cannot be sent here. Ask by a script of this site.');
  const query = queryOf(new URL(request.url).searchParams);
  if (reads) return asker.read((runner) => route.run(runner, param, query, {}));
  // The runner is asked for while the body comes in.
  const asking = asker.ask();
  asking.catch(ignore);
  const body = route.method === 'DELETE' ? {} : await bodyOf(route, request, mostBytes);
  return route.run(await asking, param, query, body);
}

/** Knows whom to ask: always the same runner, or one that is asked for each time, because it may be in another name by then. */
class Asker {
  readonly #asked: Asked;
  #last: Runner | undefined;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  async ask(): Promise<Runner> {
    if (typeof this.#asked !== 'function') return this.#asked;
    return (this.#last = await this.#asked());
  }

  /** Reads from the last one while it is asked for anew. If that is in another name, or reading failed, it is read again. */
  async read(run: (runner: Runner) => Promise<Response>): Promise<Response> {
    const last = this.#last;
    const early = last && run(last);
    early?.catch(ignore);
    const now = await this.ask();
    if (early === undefined) return run(now);
    if (isSame(last?.principal, now.principal)) return early.catch(() => run(now));
    void early.then(({ body }) => body?.cancel()).catch(ignore);
    return run(now);
  }
}

function isSame(a: Principal | undefined, b: Principal): boolean {
  return a?.user === b.user && a.role === b.role;
}

function ignore(): void {
  // Whoever waits for it hears of it.
}

function bodyOf({ takesFile }: Route, request: Request, mostBytes: number): Promise<unknown> {
  return takesFile === undefined
    ? readJson(request, mostBytes)
    : readFile(request, takesFile.mediaType, takesFile.mostBytes);
}

/** Each parameter as a text, or as a list where it is said more than once. */
function queryOf(params: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(params.keys());
  return Object.fromEntries(
    Array.from(names, (name) => {
      const [first = '', ...rest] = params.getAll(name);
      return [name, rest.length === 0 ? first : [first, ...rest]];
    }),
  );
}

interface Address {
  pattern: RegExp;
  methods: string[];
}

function addressesOf(routes: readonly Route[]): Address[] {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  return Array.from(methods, ([path, each]) => ({ pattern: patternOf(path), methods: each }));
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/, '[^/]+')}/?$`);
}

/** A request that no route takes: the address is not there, or does other things. */
function elsewhere(addresses: readonly Address[], { method, url }: Request): Response {
  const { pathname } = new URL(url);
  const methods = addresses.filter(({ pattern }) => pattern.test(pathname)).flatMap((each) => each.methods);
  if (methods.length === 0)
    return problemOf(new Problem(404, 'not_found', 'There is nothing at this address. See /api/docs for all routes.'));
  const allow = [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].join(', ');
  if (method === 'OPTIONS') return guarded(null, { allow }, 204);
  const message = `This address does not support ${method.slice(0, 50)}. Use ${allow}.`;
  return problemOf(new Problem(405, 'method_not_allowed', message, { headers: { allow } }));
}
