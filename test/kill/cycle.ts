// One cycle: tabs work, something is killed at a random moment, and what is there afterwards is compared with what was
// acknowledged. All of its chances come from the seed and its number.

import type { Arena } from './arena.ts';
import { type Browser, limited } from './browser.ts';
import { DAMAGES, type Damage, DATABASE_FLIPS, doDamage } from './damage.ts';
import { Dice } from './dice.ts';
import { heal, killWithin } from './kills.ts';
import { killWhileOpening, reopen } from './opening.ts';
import { type Known, planCycle } from './plan.ts';
import { type Kill, KILLS } from './totals.ts';

const WORK_MS = 20_000;
const KEPT_MS = 8_000;
const LOOK_AGAIN_MS = 50;
const MOST_EVENTS = 200;
const LONGEST_MS = 1_000;

export interface CycleOptions {
  /** Changes bytes of LevelDB's files, too. */
  flipLeveldb: boolean;
  /** Does no damage to the log. */
  spareLog: boolean;
}

/** What a cycle is going to be. */
interface Script {
  cycle: string;
  dice: Dice;
  kill: Kill;
  damage: Damage;
  /** How many tabs there are after it. */
  tabs: number;
}

export async function playCycle(arena: Arena, options: CycleOptions): Promise<void> {
  const { state } = arena;
  const script = scriptOf(arena, options);
  const { cycle, kill, damage, dice, tabs } = script;
  state.kept.next += 1;
  state.save();
  const browser = arena.browser ?? (await reopen(arena, { damage: 'none' }, tabs));
  arena.reporter.story = { cycle, kill, damage };
  const bursts = planCycle(dice, cycle, browser.living.length, knownTo(arena));
  arena.ledger.note({ kind: 'plan', ops: bursts.flat().flatMap(({ ops }) => ops) });
  const moment = momentIn(arena, dice);
  browser.living.forEach((tab, i) => {
    tab.work(bursts[i] ?? []);
  });
  await moment;
  const done =
    kill === 'browser killed' ? await killAll(arena, browser, script) : await killOne(arena, browser, script);
  state.totals.kills[done] = (state.totals.kills[done] ?? 0) + 1;
  state.totals.cycles += 1;
  arena.reporter.close();
}

function scriptOf({ state }: Arena, { flipLeveldb, spareLog }: CycleOptions): Script {
  const cycle = `${state.backend.slice(0, 1)}${state.kept.next}`;
  const dice = new Dice(`${state.kept.seed}:${cycle}`);
  const kill = dice.weighed(KILLS);
  const flips = flipLeveldb && state.backend === 'leveldb' ? { 'flip database': DATABASE_FLIPS } : {};
  const spared = spareLog ? { 'cut log': 0, 'flip log': 0 } : {};
  const damage = kill === 'browser killed' ? dice.weighed({ ...DAMAGES, ...flips, ...spared }) : 'none';
  return { cycle, dice, kill, damage, tabs: dice.between(2, 3) };
}

/** The tasks that are there as far as anybody knows. */
function knownTo({ ledger }: Arena): Known[] {
  return [...ledger.tasks.values()].flatMap(({ id, gone, seen }) =>
    id === undefined || gone || seen === undefined ? [] : [{ id, status: seen.status }],
  );
}

/** Resolves after a random number of things that were heard of, or after a while. */
function momentIn({ ledger }: Arena, dice: Dice): Promise<void> {
  let left = dice.below(MOST_EVENTS);
  const ms = dice.between(20, LONGEST_MS);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      ledger.onEvent = undefined;
      resolve();
    };
    const timer = setTimeout(end, ms);
    ledger.onEvent = () => {
      if (--left < 0) end();
    };
  });
}

async function killAll(arena: Arena, browser: Browser, { damage: asked, dice, tabs }: Script): Promise<Kill> {
  const { state } = arena;
  const damage = asked === 'none' || (await isLogKept(arena, browser)) ? asked : 'none';
  if (damage !== asked) state.totals.damageLeft += 1;
  arena.broken();
  await browser.kill();
  arena.reporter.story.done = doDamage(damage, state.profile, dice);
  countDamage(arena, damage);
  state.keepRemains();
  const interrupted = dice.chance(0.15);
  const wasGone = interrupted && (await killWhileOpening(arena, dice));
  arena.reporter.story.interrupted = interrupted;
  const again = await reopen(arena, { damage, interrupted, wasGone }, tabs);
  if (dice.chance(0.15)) await probeOn(arena, again);
  return 'browser killed';
}

async function killOne(arena: Arena, browser: Browser, { cycle, kill, dice, tabs }: Script): Promise<Kill> {
  const done = await killWithin(kill, arena, browser, dice);
  arena.reporter.story.kill = done;
  await limited(Promise.all(browser.living.map((tab) => tab.working)), WORK_MS, 'the work of tabs that live');
  if (browser.living.length > 0) await probeOn(arena, browser, `p${cycle}`);
  await heal(arena, browser, dice, tabs);
  const [tab] = browser.living;
  if (tab !== undefined) await arena.check(tab, false);
  return done;
}

async function probeOn(arena: Arena, browser: Browser, name = `p${arena.reporter.story.cycle}`): Promise<void> {
  const [tab] = browser.living;
  if (tab !== undefined) await arena.probe(tab, name);
}

/** Only one of log and database may be damaged at a time: the other must be whole by then, and proven to be. */
async function isLogKept({ state }: Arena, browser: Browser): Promise<boolean> {
  for (const end = Date.now() + KEPT_MS; Date.now() < end;) {
    const states = await Promise.all(browser.living.map((tab) => tab.status()));
    if (states.some(({ logProvenAt }) => logProvenAt !== null)) state.kept.logIsDoubtful = false;
    if (state.kept.logIsDoubtful !== true && states.every(({ log }) => log === 'kept')) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return false;
}

function countDamage(arena: Arena, damage: Damage): void {
  const { totals } = arena.state;
  if (damage === 'wipe') totals.wipesForced += 1;
  if (damage === 'cut log' || damage === 'flip log') arena.state.kept.logIsDoubtful = true;
  if (damage === 'cut log') totals.logCut += 1;
  if (damage === 'flip log') totals.logFlipped += 1;
  if (damage === 'flip database') totals.databaseFlipped += 1;
}
