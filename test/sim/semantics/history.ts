// One history from beginning to end: actors in tabs ask for whatever they like while this and that befalls the world;
// then all faults stop, what holds anything back is lifted, and time goes on until everything that can end has ended.

import { createHash } from 'node:crypto';
import type { Runner } from '../../../src/runner/index.ts';
import type { Task } from '../../../src/task/index.ts';
import { chance, type Chance } from '../world/chance.ts';
import type { Script } from '../world/script.ts';
import type { Tab } from '../world/tab.ts';
import { World } from '../world/world.ts';
import type * as Page from '../scenario/page.ts';
import { Actor } from './actor.ts';
import { brokenAtEnd } from './checks/index.ts';
import { Standing } from './checks/standing.ts';
import { Disk } from './disk.ts';
import { endAll } from './ending.ts';
import { Facts } from './facts.ts';
import { Faults } from './faults.ts';

export interface HistorySetup {
  scripts: Readonly<Record<string, Script>>;
  seed: number;
  /** No more calls than these are made: a shorter history of the same beginning. */
  mostCalls?: number;
}

export interface Told {
  seed: number;
  complaints: string[];
  facts: Facts;
  /** Of all that happened: two histories of one seed have the same. */
  hash: string;
  calls: number;
}

export const DATABASE = 'sim';
const NAME = `errand:${DATABASE}`;
const LONGEST_PAUSE_MS = 600;
const NOTICED_MS = 1_500;
/** Calls that are not answered by then are left hanging. */
const PATIENCE_MS = 300_000;

export interface Seat {
  tab: Tab;
  runner: Runner;
  actor: Actor;
  /** What it was shown last of all there is, for as long as it lives. */
  watched: () => readonly Task[] | undefined;
}

/** Lets a history happen, and says what is wrong with it. */
export async function live(setup: HistorySetup): Promise<Told> {
  const { scripts, seed } = setup;
  const facts = new Facts();
  const world = new World({ scripts, seed, shuffled: true, witness: facts.witness });
  facts.origin = world.origin;
  const history = new History(world, facts, setup);
  const complaints = await history.happen().catch((error: unknown) => [`it ended with ${textOf(error)}`]);
  world.end();
  const hash = createHash('sha256').update(JSON.stringify(facts.all)).digest('hex').slice(0, 16);
  return { seed, complaints: [...facts.complaints, ...complaints], facts, hash, calls: history.calls };
}

class History {
  readonly #world: World;
  readonly #facts: Facts;
  readonly #disk: Disk;
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #mostCalls: number;
  #seats: Seat[] = [];
  #lastId = 0;
  calls = 0;

  constructor(world: World, facts: Facts, { seed, mostCalls = Infinity }: HistorySetup) {
    this.#world = world;
    this.#facts = facts;
    this.#chance = chance(seed ^ 0xac7);
    this.#mostCalls = mostCalls;
    this.#disk = new Disk(facts);
    world.origin.hasFolders = this.#chance.below(2) === 0;
    world.origin.hasSyncFiles = seed % 4 !== 0;
    world.origin.databases.onCommit = this.#disk.committed;
    const standing = new Standing(this.#disk, facts);
    this.#disk.onCommit = (claimed) => {
      standing.look(claimed);
    };
    const tabs = () => this.#seats.map(({ tab }) => tab).filter((tab) => !tab.hasCrashed);
    this.#faults = new Faults({ world, facts, disk: this.#disk, chance: chance(seed ^ 0xfa7e), tabs, database: NAME });
  }

  async happen(): Promise<string[]> {
    const world = this.#world;
    const visits = Array.from({ length: 1 + this.#chance.below(2) }, () => this.#visit(5 + this.#chance.below(8)));
    await world.play(Promise.all(visits), PATIENCE_MS);
    this.#faults.stop();
    // Whoever lost its engine just now learns of it.
    await world.pass(NOTICED_MS);
    const seat = await world.play(this.#lastSeat());
    const end = await endAll({ world, seat, facts: this.#facts });
    return brokenAtEnd({ facts: this.#facts, disk: this.#disk, ...end });
  }

  /** Somebody comes, makes some calls, and comes again where their tab has crashed. */
  async #visit(calls: number): Promise<void> {
    let seat: Seat | undefined;
    for (let left = calls; left > 0 && this.calls < this.#mostCalls; left--) {
      await this.#world.sleep(this.#chance.below(LONGEST_PAUSE_MS));
      if (seat === undefined || seat.tab.hasCrashed) seat = await this.#sit();
      if (seat === undefined) continue;
      this.calls += 1;
      await seat.actor.act();
    }
  }

  async #lastSeat(): Promise<Seat> {
    const living = this.#seats.find(({ tab }) => !tab.hasCrashed);
    const seat = living ?? (await this.#sit());
    if (seat === undefined) throw new Error('No tab could be opened.');
    return seat;
  }

  /** Opens a tab; `undefined` where it crashes, or cannot open the database, before it has. */
  async #sit(): Promise<Seat | undefined> {
    const tab = this.#world.newTab();
    const opening = tab.open<typeof Page>('page').openRunner(DATABASE);
    const runner = await Promise.race([opening, tab.crashed]).catch(() => undefined);
    if (runner === undefined || runner === 'crashed') {
      tab.crash();
      return undefined;
    }
    // A page whose engine is lost is loaded again.
    runner.onNotice(({ kind }) => {
      this.#facts.note(tab.name, { what: 'befell', fault: kind });
      if (kind === 'engine-lost' || kind === 'database-closed') tab.crash();
    });
    const actor = new Actor({
      ...{ tab, runner, facts: this.#facts, chance: this.#chance },
      around: () => ({
        wallNow: this.#world.origin.wallNow,
        known: [...new Set([...this.#disk.tasks.keys(), ...this.#disk.trash])],
        newId: () => `t${++this.#lastId}`,
      }),
    });
    let watched: readonly Task[] | undefined;
    runner.watchList({ limit: 1_000 }, ({ tasks }) => (watched = tasks));
    const seat = { tab, runner, actor, watched: () => watched };
    this.#seats.push(seat);
    return seat;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
