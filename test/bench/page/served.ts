// Through a service worker: the REST surface against the same rows and an empty answer, and the outbox against Workbox's.

import type { Runner } from '../../../src/index.ts';
import { openServedFrame, type ServedFrame } from '../../support/served-frame.ts';
import type { QueueCalls } from './bench.sw.ts';
import { errandDatabase } from './database.ts';
import { both, type First, newName, onFreshDatabases, type Round, startRunner, takeTurns, timed } from './measure.ts';
import { Raw } from './raw.ts';
import { filledMany } from './scale.ts';

const SAMPLES = 40;
const PAGE = 20;
/** What a POST leads to, in the page and in the service worker, is over by then: it must not fall on the next figure. */
const QUIET_MS = 60;
const REQUESTS = 1_000;
const EACH = 300;
const SINK = new URL('/sink', location.href).href;

/** A page of 20 among 100,000 tasks; one task made and run. */
export async function rest(first: First): Promise<Round> {
  const many = await filledMany();
  const runner = await startRunner(many);
  const frame = await openFrame(many);
  const raw = new Raw();
  await raw.call('openThere', errandDatabase(many));
  const text = async (path: string) => (await frame.fetch(path)).text();
  const rowsAndEmpty = async () => {
    await raw.call('firstRows', PAGE);
    await text('/empty');
  };
  const get = {
    ours: () => timed(async () => JSON.parse(await text(`/api/v1/tasks?limit=${PAGE}`)) as unknown),
    limit: () => timed(rowsAndEmpty),
  };
  await takeTurns(5, first, get);
  const page = await takeTurns(SAMPLES, first, get);
  raw.end();
  const post = await onFreshDatabases(({ runner: fresh, raw: other, database }) =>
    posts(first, fresh, other, database),
  );
  await frame.close();
  await runner.close();
  return { 'rest-page': page, 'rest-post': post };
}

async function posts(first: First, runner: Runner, raw: Raw, database: string) {
  const frame = await openFrame(database);
  const body = JSON.stringify({ type: 'bench.noop', payload: { n: 0 } });
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
  const sides = {
    ours: async () => {
      await quiet();
      const start = performance.now();
      const { task } = (await (await frame.fetch('/api/v1/tasks', init)).json()) as { task: { id: string } };
      const ms = performance.now() - start;
      await runner.wait(task.id);
      return ms;
    },
    limit: async () => {
      await quiet();
      const start = performance.now();
      await (await frame.fetch('/empty', init)).text();
      return performance.now() - start + (await raw.call('strictPut'));
    },
  };
  await takeTurns(5, first, sides);
  const round = await takeTurns(SAMPLES, first, sides);
  await frame.close();
  return round;
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}

/** What the service worker measures of its own is in milliseconds. */
type AskQueue = (call: keyof QueueCalls, ...args: [string, number] | []) => Promise<number>;

/** Requests queued at once, one by one from a page, and delivered to the same server; per second. */
export function outbox(first: First): Promise<Round> {
  return besideQueue(async (runner, queue) => {
    const atOnce = await both(first, {
      ours: async () => REQUESTS / (await timed(() => enqueueAtOnce(runner, REQUESTS))),
      limit: async () => REQUESTS / (await queue('pushAtOnce', SINK, REQUESTS)),
    });
    const delivered = await both(first, {
      ours: async () => REQUESTS / (await timed(() => deliver(runner))),
      limit: async () => REQUESTS / (await queue('replay')),
    });
    await runner.pause({ type: 'http.request' });
    const each = await both(first, {
      ours: () => oneByOne(runner),
      limit: async () => EACH / (await timed(() => times(EACH, (n) => queue('push', SINK, n)))),
    });
    return {
      'outbox-burst': perSecond(atOnce),
      'outbox-lone': perSecond(each),
      'outbox-delivery': perSecond(delivered),
    };
  });
}

/** One by one again, ours from a page, and Workbox's where nothing has to come to it. */
export function outboxInside(first: First): Promise<Round> {
  return besideQueue(async (runner, queue) => {
    const each = await both(first, {
      ours: () => oneByOne(runner),
      limit: async () => EACH / (await queue('pushEach', SINK, EACH)),
    });
    return { 'outbox-inside': perSecond(each) };
  });
}

/** An outbox that sends nothing yet, and Workbox's queue, both warm and empty. */
async function besideQueue(play: (runner: Runner, queue: AskQueue) => Promise<Round>): Promise<Round> {
  const frame = await openFrame(newName());
  const queue: AskQueue = (call, ...args) => callQueue(frame.worker, call, args);
  try {
    return await onFreshDatabases(async ({ runner }) => {
      await runner.pause({ type: 'http.request' });
      await oneByOne(runner);
      await queue('pushEach', SINK, EACH);
      await clear(runner, queue);
      const round = await play(runner, queue);
      await clear(runner, queue);
      return round;
    });
  } finally {
    await frame.close();
  }
}

const request = (n: number) => ({ url: SINK, body: { json: { n } } });

async function enqueueAtOnce(runner: Runner, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => runner.enqueue('http.request', request(n))));
}

async function oneByOne(runner: Runner): Promise<number> {
  return EACH / (await timed(() => times(EACH, (n) => runner.enqueue('http.request', request(n)))));
}

async function times(count: number, call: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n++) await call(n);
}

async function deliver(runner: Runner): Promise<void> {
  await runner.resume({ type: 'http.request' });
  await new Promise<void>((resolve) => {
    const stop = runner.watchStats(({ byType }) => {
      const { pending = 0, running = 0 } = byType['http.request'] ?? {};
      if (pending + running > 0) return;
      stop();
      resolve();
    });
  });
}

async function clear(runner: Runner, queue: AskQueue): Promise<void> {
  await runner.bulk('delete', { type: 'http.request' });
  await queue('drop');
}

function perSecond({ ours, limit }: { ours: number; limit: number }): { ours: number; limit: number } {
  return { ours: ours * 1_000, limit: limit * 1_000 };
}

function openFrame(database: string): Promise<ServedFrame> {
  return openServedFrame(`/bench.sw.js?database=${database}`, `/served/${database}/`, 'classic');
}

/** In milliseconds, as the service worker has measured it. */
function callQueue(worker: ServiceWorker, call: keyof QueueCalls, args: readonly unknown[]): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ call, args }, [port2]);
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<{ ms: number } | { error: string }>) => {
      port1.close();
      if ('ms' in data) resolve(data.ms);
      else reject(new Error(data.error));
    };
  });
}
