// What 100,000 tasks at rest cost those that come after them. The two databases are filled once and used in every round.

import type { Runner } from '../../../src/index.ts';
import { errandDatabase } from './database.ts';
import { enqueueOne } from './latency.ts';
import { both, type First, newName, type Round, startRunner, takeTurns, timed, warmUp } from './measure.ts';
import { Raw } from './raw.ts';

const MANY = 100_000;
const FEW = 1_000;
const SAMPLES = 40;
const STARTS = 5;
const PAGE = 20;

interface Filled {
  many: string;
  few: string;
}

let filling: Promise<Filled> | undefined;

/** The default list, as a page asks for it, against a worker that is asked for the first rows of one index. */
export async function firstPage(first: First): Promise<Round> {
  const { many } = await (filling ??= fillBoth());
  const raw = new Raw();
  await raw.call('openThere', errandDatabase(many));
  const runner = await startRunner(many);
  const sides = {
    ours: () => timed(() => runner.list({ limit: PAGE })),
    limit: () => timed(() => raw.call('firstRows', PAGE)),
  };
  await takeTurns(5, first, sides);
  const round = await takeTurns(SAMPLES, first, sides);
  await runner.close();
  raw.end();
  return { 'first-page': round };
}

/** The same database code at two sizes: ours is the large one, the small one is the limit. */
export async function atRest(first: First): Promise<Round> {
  const { many, few } = await (filling ??= fillBoth());
  const ready = await takeTurns(STARTS, first, { ours: () => start(many), limit: () => start(few) });
  const [large, small] = [await startRunner(many), await startRunner(few)];
  await Promise.all([warmUp(large, 50), warmUp(small, 50)]);
  const compare = (sample: (runner: Runner) => Promise<number>) =>
    takeTurns(SAMPLES, first, { ours: () => sample(large), limit: () => sample(small) });
  const round = {
    'page-at-rest': await compare((runner) => timed(() => runner.list({ limit: PAGE }))),
    'claim-at-rest': await compare((runner) => timed(async () => (await runner.enqueue('bench.noop', null)).result())),
    'enqueue-at-rest': await compare(enqueueOne),
    'ready-at-rest': ready,
  };
  await both(first, { ours: () => timed(() => large.close()), limit: () => timed(() => small.close()) });
  return round;
}

/** How long `createRunner` takes. */
export async function start(database: string): Promise<number> {
  const before = performance.now();
  const runner = await startRunner(database);
  const ms = performance.now() - before;
  await runner.close();
  return ms;
}

/** The name of the large one. */
export async function filledMany(): Promise<string> {
  return (await (filling ??= fillBoth())).many;
}

async function fillBoth(): Promise<Filled> {
  return { many: await filled(MANY), few: await filled(FEW) };
}

async function filled(count: number): Promise<string> {
  const name = newName();
  await (await startRunner(name)).close();
  const raw = new Raw();
  await raw.call('fill', name, count);
  raw.end();
  await checkFilled(name, count);
  return name;
}

async function checkFilled(name: string, count: number): Promise<void> {
  const runner = await startRunner(name);
  const { completed, pending, failed, cancelled, running } = await runner.stats();
  const page = await runner.list();
  // The log has yet to learn of rows that were put beneath it; that is no part of what is measured.
  while ((await runner.status()).log === 'behind') await new Promise((resolve) => setTimeout(resolve, 100));
  await runner.close();
  const isTrue = completed + pending + failed + cancelled === count && running === 0 && page.tasks.length === PAGE;
  if (!isTrue) throw new Error(`The database was not filled as it should be: ${completed} of ${count} are completed.`);
}
