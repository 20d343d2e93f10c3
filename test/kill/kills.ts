// The ways in which something is killed while the browser lives on, and how its tabs are made whole again.

import type { Arena } from './arena.ts';
import { type Browser, limited, type Tab } from './browser.ts';
import type { Dice } from './dice.ts';
import type { Kill } from './totals.ts';

const CRASH_MS = 10_000;
const CONDEMNED_MS = 700;

/** Kills something. Tabs that it takes along are dead then. Says what was really killed. */
export async function killWithin(kill: Kill, arena: Arena, browser: Browser, dice: Dice): Promise<Kill> {
  const tab = dice.pick(browser.living);
  arena.broken();
  switch (kill) {
    case 'renderer crashed':
      await crash(tab);
      return kill;
    case 'engine terminated':
      await tab.endEngine();
      // Its page is not told: what it has asked for is never answered.
      tab.isDead = true;
      return kill;
    case 'slot terminated':
      await tab.terminateSlot(dice.below(8));
      return kill;
    case 'slot ended itself':
      return (await letSlotDie(arena, dice)) ? kill : 'nothing killed';
    case 'service worker stopped':
      await stopServiceWorkers(tab);
      return kill;
    case 'tab reloaded':
      tab.isDead = true;
      return kill;
    default:
      return 'nothing killed';
  }
}

/** Puts a living tab in the place of each dead one: the same one, loaded again, or a new one. */
export async function heal(arena: Arena, browser: Browser, dice: Dice, tabs: number): Promise<void> {
  arena.broken();
  for (const tab of browser.tabs) {
    if (!tab.isDead || tab.hasCrashed || dice.chance(0.3)) continue;
    await tab.open(arena.url);
    tab.isDead = false;
  }
  await browser.bury();
  while (browser.living.length < tabs) await browser.openTab(arena.url);
}

async function crash(tab: Tab): Promise<void> {
  const session = await tab.context.newCDPSession(tab.page);
  const crashed = tab.page.waitForEvent('crash', { timeout: CRASH_MS });
  session.send('Page.crash').catch(() => undefined); // Nobody is left to answer.
  await crashed;
}

/** One of the next parts that begin is told to end its worker. Says whether one began in time. */
async function letSlotDie(arena: Arena, dice: Dice): Promise<boolean> {
  const death = arena.condemn(dice.below(12)).then(() => true);
  const none = new Promise<false>((resolve) => setTimeout(resolve, CONDEMNED_MS, false));
  const died = await Promise.race([death, none]);
  arena.pardon();
  return died;
}

async function stopServiceWorkers(tab: Tab): Promise<void> {
  const session = await tab.context.newCDPSession(tab.page);
  await session.send('ServiceWorker.enable');
  await limited(session.send('ServiceWorker.stopAllWorkers'), CRASH_MS, 'stopping the service worker');
  await session.detach();
}
