// A simulated world: an origin, its tabs, and time. `play` lets it run while a test's own promise is waited for.

import { chance } from './chance.ts';
import { Origin } from './origin.ts';
import { type Lane, Scheduler } from './scheduler.ts';
import type { Witness } from './scope.ts';
import type { Script } from './script.ts';
import { lendTasks } from './storage/databases.ts';
import { Tab } from './tab.ts';

export interface WorldSetup {
  /** Whatever is drawn by chance is drawn from this. */
  seed?: number;
  /** Chance decides whose turn is next, too; else it is first come, first served. */
  shuffled?: boolean;
  /** The scripts that can be loaded, by their address. */
  scripts: Readonly<Record<string, Script>>;
  witness?: Witness;
}

/** Any day will do: 2024-06-01, noon. */
const NOON = Date.UTC(2024, 5, 1, 12);

export class World {
  readonly scheduler: Scheduler;
  readonly origin: Origin;
  readonly #setup: WorldSetup;
  readonly #tabs = new Set<Tab>();
  readonly #giveBack: () => void;
  /** The test's own. */
  readonly #lane: Lane;

  constructor(setup: WorldSetup) {
    const { seed = 1, shuffled = false } = setup;
    this.#setup = setup;
    this.scheduler = new Scheduler(NOON, shuffled ? chance(seed ^ 0x5eed) : undefined);
    this.origin = new Origin(this.scheduler, chance(seed));
    this.#lane = this.scheduler.newLane();
    this.#giveBack = lendTasks(this.scheduler);
  }

  newTab(session?: Map<string, string>): Tab {
    const { scripts, witness } = this.#setup;
    const name = `tab${this.#tabs.size + 1}`;
    const tab = new Tab({ name, origin: this.origin, scripts, witness, ...(session && { session }) });
    this.#tabs.add(tab);
    return tab;
  }

  /** Runs until a promise is settled. Throws where the world comes to rest, or an hour has passed, before it is. */
  async play<T>(promise: Promise<T>, forMs = 3_600_000): Promise<T> {
    let isSettled = false;
    const done = () => {
      isSettled = true;
    };
    promise.then(done, done);
    if (!(await this.scheduler.until(() => isSettled, this.scheduler.now + forMs)))
      throw new Error('It hangs: nothing is left to do, and what was waited for has not come.');
    return promise;
  }

  /** Resolves so many milliseconds later. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.scheduler.timer(this.#lane, resolve, ms));
  }

  /** Lets so many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const end = this.scheduler.now + ms;
    await this.scheduler.until(() => this.scheduler.now >= end, end);
  }

  /** The network comes or goes. */
  setOnline(isOnline: boolean): void {
    if (this.origin.isOnline === isOnline) return;
    this.origin.isOnline = isOnline;
    for (const tab of this.#tabs) tab.tell(isOnline ? 'online' : 'offline');
  }

  /** The browser is killed: every tab goes at once. */
  crashAll(): void {
    for (const tab of this.#tabs) tab.crash();
  }

  /** Everything in it is over. */
  end(): void {
    this.crashAll();
    this.#giveBack();
  }
}
