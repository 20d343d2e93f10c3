// What befalls the world while actors use it, and when: drawn by chance before anything happens.

import type { Chance } from '../world/chance.ts';
import type { Lands } from '../world/realm.ts';
import type { Fate, Op } from '../world/storage/meter.ts';
import type { Tab } from '../world/tab.ts';
import type { World } from '../world/world.ts';
import type { Disk } from './disk.ts';
import {
  ALL_DEAF,
  DISK_IS_FULL,
  type Facts,
  FAULTS_STOP,
  IS_HELD_UP,
  NETWORK_COMES,
  NETWORK_GOES,
  NEXT_WRITE,
} from './facts.ts';
import { pick, weighed } from './requests.ts';

export interface FaultsSetup {
  world: World;
  facts: Facts;
  disk: Disk;
  chance: Chance;
  /** The tabs that live. */
  tabs: () => readonly Tab[];
  database: string;
}

type Fault =
  | 'tab'
  | 'engine'
  | 'slot'
  | 'browser'
  | 'database'
  | 'clock'
  | 'network'
  | 'deaf'
  | 'late'
  | 'frozen'
  | 'full'
  | Fated;
/** It befalls one operation on storage. */
type Fated = 'crash' | 'fail' | 'unheard';

const FAULTS: readonly (readonly [Fault, number])[] = [
  ['tab', 3],
  ['engine', 2],
  ['slot', 4],
  ['browser', 2],
  ['database', 1],
  ['clock', 2],
  ['network', 3],
  ['deaf', 2],
  ['late', 3],
  ['frozen', 2],
  ['full', 1],
  ['crash', 4],
  ['fail', 1],
  ['unheard', 1],
];
/** Turns within which something may befall. */
const SPAN = 1_500;
const MOST = 4;
const LONGEST_LATE_MS = 3_000;
const LONGEST_FROZEN_MS = 30_000;
const LANDS: readonly Lands[] = ['nothing', 'half', 'all'];

export class Faults {
  readonly #setup: FaultsSetup;
  #planned: { turn: number; fault: Fault }[];
  /** What becomes of the next operations on storage that change anything. */
  #fates: Fate[] = [];

  constructor(setup: FaultsSetup) {
    this.#setup = setup;
    const { chance, world } = setup;
    const count = chance.below(5) === 0 ? 0 : 1 + chance.below(MOST);
    this.#planned = Array.from({ length: count }, () => ({ turn: chance.below(SPAN), fault: weighed(chance, FAULTS) }));
    world.scheduler.onTurn = (turn) => {
      const due = this.#planned.filter((each) => each.turn <= turn);
      if (due.length === 0) return;
      this.#planned = this.#planned.filter((each) => each.turn > turn);
      for (const { fault } of due) this.#befall(fault);
    };
    world.origin.meter.decide = (op) => this.#fateOf(op);
  }

  /** From now on nothing befalls any more, and what can be made good is. */
  stop(): void {
    const { world, facts } = this.#setup;
    this.#planned = [];
    this.#fates = [];
    world.scheduler.onTurn = undefined;
    world.scheduler.thaw();
    world.origin.channels.loses = () => false;
    world.setOnline(true);
    facts.note('world', { what: 'befell', fault: FAULTS_STOP });
  }

  #fateOf(op: Op): Fate {
    const fate = this.#fates[0];
    if (fate === undefined || fate === 'done') return 'done';
    if ('unheard' in fate ? op.what !== 'commit' : !op.changes) return 'done';
    this.#fates.shift();
    if ('crash' in fate) this.#note(`${op.tab} crashes in ${op.what}, of which ${fate.crash} lands`);
    return fate;
  }

  #befall(fault: Fault): void {
    const { chance, world } = this.#setup;
    const [lands, amount] = [pick(chance, LANDS), chance.below(30_000)];
    switch (fault) {
      case 'tab':
      case 'engine':
      case 'slot':
        this.#end(fault, lands);
        return;
      case 'browser':
        this.#note('the browser is killed');
        world.crashAll();
        return;
      case 'database':
        this.#loseDatabase();
        return;
      case 'clock':
        world.origin.wallOffsetMs += amount - 12_000;
        this.#note(`the clock is set by ${amount - 12_000} ms`);
        return;
      case 'network':
        world.setOnline(!world.origin.isOnline);
        this.#note(world.origin.isOnline ? NETWORK_COMES : NETWORK_GOES);
        return;
      case 'deaf':
        world.origin.channels.loses = () => true;
        this.#note(ALL_DEAF);
        return;
      case 'late':
      case 'frozen':
        this.#freeze(fault, amount);
        return;
      case 'full':
        this.#note(DISK_IS_FULL);
        this.#fates.push(...Array.from({ length: 1 + (amount % 4) }, () => ({ fail: 'QuotaExceededError' })));
        return;
      default:
        this.#fates.push(fatesOf(fault, lands));
        this.#note(`${NEXT_WRITE}: ${fault}`);
    }
  }

  /** A tab with all that is in it, or a worker of it alone. */
  #end(which: 'tab' | 'engine' | 'slot', lands: Lands): void {
    const { tabs, chance } = this.#setup;
    const living = tabs();
    if (living.length === 0) return;
    const tab = pick(chance, living);
    if (which === 'tab') {
      this.#note(`${tab.name} crashes`);
      tab.crash(lands);
      return;
    }
    const workers = tab.workers.filter(({ name }) => name.includes(which === 'engine' ? '/engine' : 'slot'));
    if (workers.length === 0) return;
    const worker = pick(chance, workers);
    this.#note(`${worker.name} ends`);
    worker.end(lands);
  }

  /** A tab with all that is in it, or one realm of it, to which everything is late then. */
  #freeze(fault: 'late' | 'frozen', amount: number): void {
    const { tabs, chance } = this.#setup;
    const living = tabs();
    if (living.length === 0) return;
    const tab = pick(chance, living);
    const [late, ms] = [pick(chance, tab.realms), amount % (fault === 'late' ? LONGEST_LATE_MS : LONGEST_FROZEN_MS)];
    const held = fault === 'late' ? late : tab;
    this.#note(`${held.name} ${IS_HELD_UP} for ${ms} ms`);
    held.freeze(ms);
  }

  #loseDatabase(): void {
    const { world, disk, database } = this.#setup;
    if (!world.origin.hasFolders) return;
    this.#note('the browser loses the database');
    disk.lose();
    world.origin.databases.lose(database);
  }

  #note(fault: string): void {
    this.#setup.facts.note('world', { what: 'befell', fault });
  }
}

function fatesOf(fault: Fated, lands: Lands): Fate {
  if (fault === 'crash') return { crash: lands };
  return fault === 'fail' ? { fail: 'UnknownError' } : { unheard: 'AbortError' };
}
