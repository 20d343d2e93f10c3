// What 99,000 tasks that are held back cost those that are not: delayed, paused, unmet, and waiting for others.

import type { EnqueueItem, Runner } from '../../../src/index.ts';
import { type First, newName, type Round, startRunner, takeTurns, timed, untilSettled, warmUp } from './measure.ts';
import { farAway } from './rows.ts';

const READY = 1_000;
const HELD_OF_A_KIND = 24_750;
const AT_ONCE = 2_750;
const SAMPLES = 3;

/** Some rules and signals that hold back what must not run, and how each of it is asked for. */
const HELD: ((parent: string) => EnqueueItem)[] = [
  () => ({ type: 'bench.noop', options: { schedule: { at: farAway() } } }),
  () => ({ type: 'bench.paused' }),
  () => ({ type: 'bench.noop', options: { constraints: { custom: ['never'] } } }),
  (parent) => ({ type: 'bench.noop', options: { dependsOn: [parent] } }),
];

let filling: Promise<{ ours: Runner; limit: Runner }> | undefined;

/** A thousand ready tasks, claimed and run, beside those that are held back; the limit has nothing beside. */
export async function heldBack(first: First): Promise<Round> {
  const { ours, limit } = await (filling ??= openBoth());
  const sides = { ours: () => thousand(ours), limit: () => thousand(limit) };
  await takeTurns(1, first, sides);
  return { 'held-back': await takeTurns(SAMPLES, first, sides) };
}

async function openBoth(): Promise<{ ours: Runner; limit: Runner }> {
  const [ours, limit] = [await startRunner(newName()), await startRunner(newName())];
  await fill(ours);
  await Promise.all([warmUp(ours), warmUp(limit)]);
  return { ours, limit };
}

async function fill(runner: Runner): Promise<void> {
  await runner.pause({ type: 'bench.paused' });
  await runner.setSignal('never', false);
  const parent = await runner.enqueue('bench.noop', null, { schedule: { at: farAway() } });
  for (const held of HELD) {
    for (let made = 0; made < HELD_OF_A_KIND; made += AT_ONCE)
      await runner.enqueueMany(Array.from({ length: AT_ONCE }, () => held(parent.id)));
  }
}

/** Milliseconds from the moment at which they may run until all have. */
async function thousand(runner: Runner): Promise<number> {
  const before = (await runner.stats()).completed;
  const rule = await runner.pause({ type: 'bench.noop' });
  await runner.enqueueMany(Array.from({ length: READY }, (_, n) => ({ type: 'bench.noop', payload: { n } })));
  const settled = untilSettled(runner, before + READY);
  return timed(async () => {
    await runner.resume({ ruleId: rule.ruleId });
    await settled;
  });
}
