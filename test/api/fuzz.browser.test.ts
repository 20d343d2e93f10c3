// F1 Five thousand requests of any kind, over a real runner: none is too much, none that is refused changes anything.

import { afterEach, expect, test } from 'vitest';
import { type Api, createApi } from '../../src/api/index.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import type { Runner } from '../../src/index.ts';
import { closeRunners, newRunner } from '../support/runner.ts';
import { closeServedPages, throughServiceWorker } from '../support/served-page.ts';

afterEach(closeServedPages);
afterEach(closeRunners);

const REQUESTS = 5_000;
/** Each goes through the browser. */
const SERVED = 400;
const SEED = 20_301_131;

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = [
  '',
  'a',
  'b',
  'c',
  'nobody.knows',
  '__proto__',
  '<b>',
  '\u0000',
  '%',
  '../..',
  '🎈',
  '\ud800',
  'x'.repeat(3_000),
];
const VALUES: unknown[] = [
  ...TEXTS,
  ...[null, true, 0, -1, 1.5, 1e308, 9e15, [], [[]], {}, { $type: 'date', value: 'x' }, { $type: 'ref', place: 9 }],
  ...['2999-01-01T00:00:00Z', '2000-01-01', 'high', 'pending', ['a', 'b'], { at: 1 }, { cron: '* * * * *' }],
  ...[{ everyMs: 1 }, { on: { event: 'a' } }, { tasks: ['a'] }, { key: 'k', policy: 'keep' }, { type: 'x' }],
  JSON.parse('{"__proto__": {"polluted": true}}'),
];
const FIELDS = [
  ...[
    'id',
    'type',
    'payload',
    'name',
    'tags',
    'priority',
    'workspaceId',
    'parentId',
    'schedule',
    'constraints',
    'retry',
  ],
  ...['timeoutMs', 'deadline', 'unique', 'concurrencyKey', 'dependsOn', 'onComplete', 'tasks', 'reason', 'stepName'],
  ...[
    'triggeredBy',
    'rerunSteps',
    'preserveSteps',
    'decision',
    'taskId',
    'stepPattern',
    'expiresAt',
    'dryRun',
    'status',
  ],
  ...[
    'maxConcurrent',
    'retentionDays',
    'signals',
    'limit',
    'offset',
    'cursor',
    'sortBy',
    'sortOrder',
    'search',
    'from',
  ],
  ...['tag', 'creator', 'deleted', '__proto__', 'constructor', 'nonsense'],
];
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'BREW'];

class Fuzz {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = dice(seed);
  }

  pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#next() * of.length)] as T;
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  request(): Request {
    const route = this.pick(ROUTES);
    const method = this.chance(0.85) ? route.method : this.pick(METHODS);
    const id = this.chance(0.7) ? this.pick(['a', 'b', 'c']) : encodeURIComponent(this.pick(TEXTS).toWellFormed());
    const path = this.chance(0.97)
      ? route.path.replace(/\{\w+\}/, id)
      : `/api/${this.pick(['', 'v1/x', '%', '%ff', '//'])}`;
    const query = new URLSearchParams(path.endsWith('/wait') ? { timeoutSecs: '0' } : {});
    while (this.chance(0.12)) query.append(this.pick(FIELDS), this.pick(TEXTS));
    const takesBody = method !== 'GET' && method !== 'HEAD' && this.chance(0.9);
    const body = takesBody ? { body: this.#body(route.path) } : {};
    return new Request(`https://errand.test${path}?${query}`, { method, ...body });
  }

  #body(path: string): string {
    if (this.chance(0.05)) return this.pick(['', '{', 'null', '[]', '"', '{"a":1}x', '\ud800']);
    const said: [string, unknown][] =
      path === '/api/v1/tasks'
        ? [
            ['type', 'nobody.knows'],
            ['id', this.pick(['a', 'b', 'c'])],
          ]
        : [];
    while (this.chance(0.35))
      said.push([this.pick(FIELDS), this.chance(0.1) ? { deep: this.pick(VALUES) } : this.pick(VALUES)]);
    return `{${said.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
  }
}

/** All that a request could change. */
async function everything(runner: Runner): Promise<string> {
  const [{ tasks, total }, rules, settings] = await Promise.all([
    runner.list({ limit: 1_000 }),
    runner.pauses({ lifted: true }),
    runner.settings(),
  ]);
  return JSON.stringify([total, tasks.map(({ id, version, status }) => [id, version, status]), rules, settings]);
}

type ApiOf = (runner: Runner) => Pick<Api, 'fetch'>;

/** Sends so many odd requests. Counts the answers by their statuses. */
async function sendOdd(apiOf: ApiOf, requests: number): Promise<Map<number, number>> {
  const runner = await newRunner({ maxConcurrent: 1 });
  for (const id of ['a', 'b', 'c']) await runner.enqueue('nobody.knows', id, { id });
  const admin = apiOf(runner);
  const viewer = apiOf(runner.as({ user: 'ben', role: 'viewer' }));
  const fuzz = new Fuzz(SEED);
  const statuses = new Map<number, number>();
  let before = await everything(runner);
  for (let i = 0; i < requests; i++) {
    const request = fuzz.request();
    const isViewer = fuzz.chance(0.1);
    const asked = request.clone();
    const response = await (isViewer ? viewer : admin).fetch(request);
    const said = await response.text();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    const what = `${String(i)}: ${asked.method} ${asked.url} → ${String(response.status)} ${said.slice(0, 300)}`;
    if (response.status >= 500) expect.fail(`${what}\n${await asked.text()}`);
    if (!response.ok && asked.method !== 'HEAD')
      expect(JSON.parse(said), what).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/) as string });
    const mayChange = response.ok && !isViewer && !['GET', 'HEAD', 'OPTIONS'].includes(asked.method);
    // To look each time would take as long as all the rest.
    if (!mayChange && i % 5 !== 0) continue;
    const after = await everything(runner);
    if (!mayChange) expect(after, what).toBe(before);
    before = after;
  }
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  return statuses;
}

test('F1 five thousand odd requests end in no 500, and what is refused changes nothing', async () => {
  const statuses = await sendOdd(createApi, REQUESTS);
  // All kinds of answers came.
  const seen = [...statuses].filter(([, count]) => count >= 10).map(([status]) => status);
  expect(seen).toEqual(expect.arrayContaining([200, 201, 202, 204, 400, 403, 404, 405, 409, 422]));
}, 240_000);

test('F1 the same from a page, through a real service worker', async () => {
  const statuses = await sendOdd(throughServiceWorker, SERVED);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 403, 404, 405, 422]));
}, 240_000);
