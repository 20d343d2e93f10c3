// One history from beginning to end: the story is told in a tab until something befalls it, told again in another, and
// then everything is looked at; at last the database is deleted, and made again of its log.

import type { Runner } from '../../../src/runner/index.ts';
import { chance } from '../world/chance.ts';
import type { Script } from '../world/script.ts';
import type { Fate, Op } from '../world/storage/meter.ts';
import type { Tab } from '../world/tab.ts';
import { World } from '../world/world.ts';
import { Ledger } from './ledger.ts';
import type * as Page from './page.ts';
import { Story } from './story.ts';
import { tablesOf } from './tables.ts';
import { complaintsOf, DATABASE, differences, type Expected } from './verdict.ts';

export interface HistorySetup extends Expected {
  scripts: Readonly<Record<string, Script>>;
  /** Decides the fate of each operation on storage, until the story is told. `lost`: the database goes under the tab, or the log's tails. */
  decide: (op: Op) => Fate | 'lost' | 'tails-lost';
  /** What happens to storage when the first tab is gone. */
  loss?: 'database' | 'tails' | 'power';
  /** Another tab is open from the start, and goes on with the story. */
  neighbour?: boolean;
  seed?: number;
  /** Its engines have no sync access handles. */
  looseFiles?: boolean;
  /** Chance decides whose turn is next, and a third of what tabs tell each other is lost. */
  shuffled?: boolean;
}

const NAME = `errand:${DATABASE}`;
const TAILS = `${NAME}:log`;
const SWEPT_AFTER_MS = 11_000;
const CAUGHT_UP_AFTER_MS = 3_000;
const SCRUBBED_AFTER_MS = 3_000;
const MOST_TABS = 8;
/** Three times as much as a file of the log may hold before it is rolled. */
const MOST_LOGGED = 12_288;

/** Lets a history happen. Gives what is wrong with it. */
export async function complaintsAbout(setup: HistorySetup): Promise<string[]> {
  const ledger = new Ledger();
  const { scripts, seed = 1, shuffled = false } = setup;
  const world = new World({ scripts, witness: (_, ...words) => ledger.witness(...words), seed, shuffled });
  world.origin.hasSyncFiles = setup.looseFiles !== true;
  const drawn = chance(seed ^ 0x1057);
  if (shuffled) world.origin.channels.loses = () => drawn.below(3) === 0;
  world.origin.databases.onCommit = ledger.committed;
  world.origin.meter.decide = (op) => {
    const fate = setup.decide(op);
    if (fate === 'tails-lost') {
      world.origin.bucket.lose(TAILS);
      return op.area === 'bucket' ? { fail: 'AbortError' } : 'done';
    }
    if (fate !== 'lost') return fate;
    world.origin.databases.lose(NAME);
    ledger.forgetCommits();
    return op.area === 'database' ? { fail: 'AbortError' } : 'done';
  };
  try {
    return await new History(world, ledger, setup).happen();
  } catch (error) {
    return [...ledger.complaints, `it ended with ${String(error)}`];
  } finally {
    world.end();
  }
}

class History {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #setup: HistorySetup;
  #neighbour: Runner | undefined;

  constructor(world: World, ledger: Ledger, setup: HistorySetup) {
    this.#world = world;
    this.#ledger = ledger;
    this.#setup = setup;
  }

  async happen(): Promise<string[]> {
    const world = this.#world;
    for (let tabs = 1; tabs <= MOST_TABS; tabs++) {
      const tab = world.newTab();
      const lived = await world.play(Promise.race([this.#life(tab), tab.crashed.then(() => undefined)]));
      if (typeof lived === 'string') return [...this.#ledger.complaints, lived];
      if (lived !== undefined) return this.#afterwards(lived);
      tab.crash();
      if (tabs === 1) await this.#suffer();
    }
    return ['no tab could be opened'];
  }

  /** Gives the runner when the story is told in this tab, nothing where it could not be opened, or a complaint. */
  async #life(tab: Tab): Promise<Runner | string | undefined> {
    const own = this.#neighbour ?? (await open(tab).catch(() => undefined));
    if (own === undefined) return undefined;
    if (this.#setup.neighbour === true) this.#neighbour ??= await open(this.#world.newTab());
    const story = new Story(own, this.#ledger, (ms) => this.#world.sleep(ms));
    const lost = await story.missing();
    if (lost.length > 0) return `accepted and not there: ${lost.join(', ')}`;
    await story.tell();
    return own;
  }

  async #suffer(): Promise<void> {
    const { origin } = this.#world;
    if (this.#setup.loss === 'power') {
      origin.cutPower();
      this.#ledger.forgetRecords();
    } else if (this.#setup.loss === 'database') {
      await origin.deleteDatabase(NAME);
      this.#ledger.forgetCommits();
    } else if (this.#setup.loss === 'tails') origin.bucket.lose(TAILS);
  }

  /** All has ended: everything is looked at, now and again once the database was made anew of its log. */
  async #afterwards(runner: Runner): Promise<string[]> {
    const world = this.#world;
    world.origin.meter.decide = () => 'done';
    // What a crash has left between database and tail is found by whoever leads next.
    if (this.#setup.looseFiles === true) await world.pass(SCRUBBED_AFTER_MS);
    const kept = await this.#untilKept(runner);
    const complaints = await complaintsOf(world, kept, this.#ledger, this.#setup);
    const before = await tablesOf(world, DATABASE);
    complaints.push(...this.#endlessFiles());
    world.crashAll();
    await world.origin.deleteDatabase(NAME);
    for (const [, file] of world.origin.disk.files()) file.lastModified = 0;
    await world.play(open(world.newTab()));
    await world.pass(SWEPT_AFTER_MS);
    const after = await tablesOf(world, DATABASE);
    return [...complaints, ...differences(before, after), ...this.#strays(after.files.map((file) => file.id))];
  }

  /** The log catches up with the next commit; where this tab has none, with the next tab. */
  async #untilKept(runner: Runner): Promise<Runner> {
    const world = this.#world;
    let now = runner;
    for (let tries = 0; tries < MOST_TABS; tries++) {
      const { log } = await world.play(now.status());
      if (log === 'kept') return now;
      if (log === 'none') {
        world.crashAll();
        now = await world.play(open(world.newTab()));
      }
      await world.pass(CAUGHT_UP_AFTER_MS);
      await world.play(now.configure({ maxConcurrent: 2 }));
    }
    throw new Error('The log does not catch up.');
  }

  /** Files of the log that are not rolled any more. */
  #endlessFiles(): string[] {
    const engines = [...this.#world.origin.disk.files()].filter(([path]) => /\/log\/[0-9a-f]+\.\d+$/.test(path));
    return engines.flatMap(([path, { size }]) => (size > MOST_LOGGED ? [`${path} has grown to ${size} bytes`] : []));
  }

  /** Files that no row names: they are to be swept when they are old. */
  #strays(ids: readonly string[]): string[] {
    const folder = `errand/${DATABASE}/files/`;
    const paths = [...this.#world.origin.disk.files()].map(([path]) => path).filter((path) => path.startsWith(folder));
    return paths.filter((path) => !ids.includes(path.slice(folder.length))).map((path) => `${path} was not swept`);
  }
}

function open(tab: Tab): Promise<Runner> {
  return tab.open<typeof Page>('page').openRunner(DATABASE);
}
