// What happens when the browser comes back on its profile: a database that was deleted is noticed and made again, and
// nothing that was acknowledged is missing.

import type { Arena } from './arena.ts';
import { type Browser, type Tab, Unopenable } from './browser.ts';
import { lost, type Violation } from './check.ts';
import { type Damage, wipe } from './damage.ts';
import type { Dice } from './dice.ts';

/** What is known of the database's fate before it is opened. */
export interface Before {
  damage: Damage;
  /** Somebody began to open it and was killed: what that one restored, nobody told. */
  interrupted?: boolean;
  /** It was seen to be gone before that. */
  wasGone?: boolean;
}

/** Launches the browser, opens so many tabs on the database, and checks. */
export async function reopen(arena: Arena, before: Before, tabs: number): Promise<Browser> {
  const { browser, wasThere, fresh } = await openFirst(arena);
  while (browser.tabs.length < tabs) await browser.openTab(arena.url);
  const [tab] = browser.living;
  if (tab === undefined) throw new Error('No tab lives though nothing was killed.');
  const fate = await fateOf(arena, fresh ? { ...before, damage: 'wipe' } : before, !wasThere);
  if (fate.bothDamaged) arena.ledger.note({ kind: 'forget', names: [...arena.ledger.tasks.keys()] });
  let violations: Violation[];
  try {
    violations = await arena.check(tab, true);
  } catch (error) {
    // Chromium finds out about damage when it reads there; it deletes the database when it is opened next.
    if (before.damage !== 'flip database' || !String(error).includes('UnknownError')) throw error;
    await browser.kill();
    return reopen(arena, { ...before, damage: 'none' }, tabs);
  }
  if (arena.state.kept.isMade) await judge(arena, fate, violations);
  arena.state.kept.isMade = true;
  return browser;
}

interface First {
  browser: Browser;
  wasThere: boolean;
  /** It was deleted before that, because it could not be opened. */
  fresh: boolean;
}

/** Opens the first tab. A database that cannot be opened for good is deleted, as a person would, and must be restored. */
async function openFirst(arena: Arena): Promise<First> {
  const browser = await arena.launch();
  try {
    return { browser, wasThere: (await browser.openTab(arena.url)).opened.wasThere, fresh: false };
  } catch (error) {
    if (!(error instanceof Unopenable)) throw error;
    await arena.reporter.unopenable(error);
    await browser.kill();
    wipe(arena.state.profile);
    arena.state.totals.wipesForced += 1;
    const another = await arena.launch();
    return { browser: another, wasThere: (await another.openTab(arena.url)).opened.wasThere, fresh: true };
  }
}

interface Fate {
  forced: boolean;
  wiped: boolean;
  /** By what the engine says. */
  restored: boolean;
  redone: boolean;
  lost: boolean;
  /** Who restored it may have been killed before it could say so. */
  interrupted: boolean;
  /** The browser deleted the database when the log had been damaged and nobody had had the time to read it: nobody promises anything then. */
  bothDamaged: boolean;
}

/** What befell the database, by what was seen before it was opened and by what the engine says. */
async function fateOf(arena: Arena, before: Before, isGone: boolean): Promise<Fate> {
  const notices = await noticesOf(arena.browser?.living ?? []);
  const said = (kind: string, words = '') => notices.some((each) => each.kind === kind && each.message.includes(words));
  const { damage, interrupted = false, wasGone = false } = before;
  const forced = damage === 'wipe';
  const restored = said('database-restored', 'deleted');
  // Chromium may list a database whose damage it finds only when it opens it.
  const wiped = forced || isGone || wasGone || restored;
  const bothDamaged = wiped && arena.state.kept.logIsDoubtful === true;
  const told = notices.map(({ kind, message }) => `${kind}: ${message}`);
  Object.assign(arena.reporter.story, { notices: told, isGone, wasGone });
  const redone = said('database-restored', 'latest changes');
  return { forced, wiped, restored, redone, lost: said('database-lost'), interrupted, bothDamaged };
}

/** Counts it, and what was made of it. */
async function judge(arena: Arena, fate: Fate, found: readonly Violation[]): Promise<void> {
  const { totals } = arena.state;
  const { forced, wiped, restored, redone, interrupted, bothDamaged } = fate;
  const isWhole = !found.some(({ kind }) => kind === 'lost');
  if (redone) totals.redone += 1;
  if (wiped && !forced) totals.wipesSeen += 1;
  if (wiped && (restored || interrupted) && isWhole) totals.wipesRestored += 1;
  if (bothDamaged) totals.bothDamaged += 1;
  const violations: Violation[] = [];
  if (fate.lost && !bothDamaged) violations.push(lost('the engine says that the database is lost', undefined, fate));
  if (wiped && !restored && !interrupted) violations.push(lost('a wipe was not noticed', undefined, fate));
  await arena.reporter.tell(violations);
}

async function noticesOf(tabs: readonly Tab[]) {
  const each = await Promise.all(tabs.map((tab) => tab.notices()));
  return each.flat();
}

/** Kills the browser again while it opens the database. Says whether that was seen to be gone by then. */
export async function killWhileOpening(arena: Arena, dice: Dice): Promise<boolean> {
  const browser = await arena.launch();
  const opening = browser.openTab(arena.url).catch(() => undefined);
  await Promise.race([opening, new Promise((resolve) => setTimeout(resolve, dice.below(500)))]);
  arena.broken();
  await browser.kill();
  await opening;
  return arena.foundGone;
}
