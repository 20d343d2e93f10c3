// The kill matrix: reads its options, plays cycles on one profile per back end, and prints the totals of all runs.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../support/paths.ts';
import { Arena } from './arena.ts';
import { limited } from './browser.ts';
import { playCycle } from './cycle.ts';
import { drain } from './drain.ts';
import { buildPages } from './stage.ts';
import { type Backend, State } from './state.ts';
import { isClean, printTotals } from './totals.ts';

const CYCLE_MS = 90_000;
/** After so many cycles everything is let end, and the back ends take turns. */
const CHAPTER = 25;
const BACKENDS: readonly Backend[] = ['leveldb', 'sqlite'];

interface Options {
  cycles: number;
  backends: readonly Backend[];
  directory: string;
  seed: string;
  fresh: boolean;
  flipLeveldb: boolean;
  spareLog: boolean;
}

/** Plays, and says with which code to exit: 0 where every promise was kept in all runs so far. */
export async function main(args: string[]): Promise<number> {
  const options = optionsOf(args);
  mkdirSync(options.directory, { recursive: true });
  const states = options.backends.map((each) => new State(options.directory, each, options.seed, options.fresh));
  if (options.cycles > 0) await buildPages();
  const stop = { asked: false };
  process.once('SIGINT', () => {
    stop.asked = true;
    console.log('Stopping after this cycle. Once more ends it at once.');
  });
  for (const { state, cycles } of chapters(states, options.cycles)) {
    if (!stop.asked) await playChapter(state, cycles, options, stop);
  }
  printTotals(new Map(states.map((state) => [state.backend, state.totals])));
  return states.every(({ totals }) => isClean(totals)) ? 0 : 1;
}

function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      cycles: { type: 'string', default: '100' },
      backend: { type: 'string', default: 'both' },
      state: { type: 'string', default: join(ROOT, 'node_modules/.kill') },
      seed: { type: 'string', default: String(Date.now()) },
      fresh: { type: 'boolean', default: false },
      'flip-leveldb': { type: 'boolean', default: false },
      'spare-log': { type: 'boolean', default: false },
    },
  });
  const cycles = Number(values.cycles);
  if (!Number.isInteger(cycles) || cycles < 0) throw new Error('--cycles takes a whole number from 0.');
  const backends = BACKENDS.filter((each) => values.backend === 'both' || values.backend === each);
  if (backends.length === 0) throw new Error('--backend takes leveldb, sqlite or both.');
  const { seed, fresh, 'flip-leveldb': flipLeveldb, 'spare-log': spareLog } = values;
  return { cycles, backends, directory: resolve(values.state), seed, fresh, flipLeveldb, spareLog };
}

/** Each back end has its share of the cycles; they take turns. */
function* chapters(states: readonly State[], cycles: number): Generator<{ state: State; cycles: number }> {
  const left = states.map((_, i) => Math.floor(cycles / states.length) + (i < cycles % states.length ? 1 : 0));
  while (left.some((count) => count > 0)) {
    for (const [i, state] of states.entries()) {
      const count = Math.min(CHAPTER, left[i] ?? 0);
      left[i] = (left[i] ?? 0) - count;
      if (count > 0) yield { state, cycles: count };
    }
  }
}

async function playChapter(state: State, cycles: number, options: Options, stop: { asked: boolean }): Promise<void> {
  const arena = await Arena.open(state);
  const began = Date.now();
  for (let i = 0; i < cycles && !stop.asked; i++) await guarded(arena, () => playCycle(arena, options));
  await guarded(arena, () => drain(arena));
  await arena.close();
  const { totals } = state;
  totals.ms += Date.now() - began;
  state.save();
  console.log(
    `${state.backend}: ${totals.cycles} cycles, ${totals.acknowledged} acknowledged, ${totals.lost} lost, ` +
      `${totals.twice} recorded twice, ${totals.other + totals.hung + totals.unopenable} other, ` +
      `${totals.wipesRestored} of ${totals.wipesForced + totals.wipesSeen} wipes restored`,
  );
}

/** No cycle may hang, nor end the run. */
async function guarded(arena: Arena, play: () => Promise<void>): Promise<void> {
  try {
    await limited(play(), CYCLE_MS, 'a cycle');
  } catch (error) {
    await arena.fail(error);
  }
  arena.state.save();
}
