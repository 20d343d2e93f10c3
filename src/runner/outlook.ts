// What a service worker could do, should this page go. The page is told, for it alone can ask the browser to wake one.

import { countsOf, type Store } from '../store/index.ts';
import { type Clock, parseLane, type TaskDefinition } from '../task/index.ts';
import type { Gate } from './gate.ts';

/** Plain data. */
export interface LeftToDo {
  /** Something is unfinished that a service worker can do. */
  isThere: boolean;
  /** So many such tasks are ready, but for the network. */
  offline: number;
}

export interface OutlookSetup {
  store: Store;
  clock: Clock;
  gate: Gate;
  definitions: ReadonlyMap<string, TaskDefinition>;
  /** Called with each change. */
  tell: (left: LeftToDo) => void;
}

/** Under full load it is looked at no more often. */
const REST_MS = 500;

export class Outlook {
  readonly #setup: OutlookSetup;
  readonly #types: ReadonlySet<string>;
  readonly #stop: () => void;
  #cancel: (() => void) | undefined;
  #isDue = false;
  #isClosed = false;
  #told = '';

  constructor(setup: OutlookSetup) {
    this.#setup = setup;
    const here = [...setup.definitions.values()].filter(({ runsIn }) => runsIn.includes('service-worker'));
    this.#types = new Set(here.map(({ type }) => type));
    this.#stop = this.#types.size === 0 ? () => undefined : setup.store.listen(() => this.look());
  }

  /** Looks at once, but for a rest between two looks: a page may be gone a moment after it has enqueued. */
  look(): void {
    if (this.#isClosed || this.#types.size === 0) return;
    this.#isDue = true;
    if (this.#cancel !== undefined) return;
    this.#isDue = false;
    this.#cancel = this.#setup.clock.timer(() => {
      this.#cancel = undefined;
      if (this.#isDue) this.look();
    }, REST_MS);
    void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#cancel?.();
  }

  async #look(): Promise<void> {
    const left = await this.#read().catch(() => undefined);
    const key = JSON.stringify(left);
    if (left === undefined || this.#isClosed || key === this.#told) return;
    this.#told = key;
    this.#setup.tell(left);
  }

  async #read(): Promise<LeftToDo> {
    const standing = await this.#setup.store.standing();
    const ours = countsOf(standing).filter(({ type }) => this.#types.has(type));
    let offline = 0;
    for (const [lane, waiting] of standing.head.lanes) if (this.#isOffline(lane)) offline += waiting;
    return { isThere: ours.some(({ counts }) => counts.pending + counts.running > 0), offline };
  }

  #isOffline(lane: string): boolean {
    const parsed = parseLane(lane);
    if (!this.#types.has(parsed.type)) return false;
    const closed = [...this.#setup.gate.reasons(parsed)];
    const isNetwork = (each: (typeof closed)[number]) =>
      each.kind === 'constraint' && (each.unmet.signal === 'online' || each.unmet.signal === 'unmetered');
    return closed.length > 0 && closed.every(isNetwork);
  }
}
