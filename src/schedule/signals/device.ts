// What is known of the device now: what this engine's worker reads itself, what the pages of all tabs report, and above
// both what the person has switched by hand.

import { type Clock, type EngineId, ErrandError, idMaker, type SignalName, type Signals } from '../../task/index.ts';
import {
  type CustomSignal,
  isCustomName,
  LAST_INSTANT,
  type Message,
  MOST_CUSTOM,
  parseMessage,
  type Report,
} from './message.ts';
import { Reports } from './reports.ts';
import { every, ignore, type Realm } from './sensor.ts';
import { ENGINE_SENSORS, type EngineSignal, PAGE_SIGNALS, type PageSignal } from './sensors.ts';

export interface DeviceSetup {
  database: string;
  clock: Clock;
  /** Called with each change of what is known, from whatever source, and once `isSettled`. Not called by the constructor. */
  changed: (before: Signals, after: Signals) => void;
  /** Learns at once of a tab that died without a word. Without it, what that tab said counts until it is old. */
  life?: Life;
  /** The global scope that is read. Default: this one. */
  realm?: Realm;
}

/** As `Leadership` has it. Whoever holds no lock counts as dead: all engines of a database have this, or none. */
export interface Life {
  /** This engine, whose lock is held from before its first report on. */
  engineId: EngineId;
  /** Resolves when another engine's lock is free; rejects when this one is closed. */
  death: (engineId: EngineId) => Promise<void>;
}

/** What a page reports of itself and the device; what is left out is unknown. Plain data. */
export type PageReport = Partial<Record<PageSignal, boolean>>;

/** Reports also go stale between two of them. */
const LOOK_MS = 5_000;
/** So long a battery, an estimate and the other tabs may take to answer. */
const SETTLE_MS = 1_000;

/** One for each engine, whether it leads or stands by. */
export class Device {
  readonly #clock: Clock;
  #changed: (before: Signals, after: Signals) => void = ignore;
  readonly #channel: BroadcastChannel;
  readonly #life: Life | undefined;
  /** Names this tab's report. */
  readonly #id: string;
  /** The tabs whose death is waited for. */
  readonly #mortals = new Set<string>();
  readonly #read = new Map<EngineSignal, boolean>();
  readonly #reports = new Reports();
  readonly #custom = new Map<string, CustomSignal>();
  readonly #stops: (() => void)[];
  #page: PageReport = {};
  #reportedAt: number | undefined;
  #switches: ReadonlyMap<string, boolean> = new Map();
  #signals: Signals = new Map();
  #isSettled = false;
  #isClosed = false;

  constructor({ database, clock, changed, life, realm = globalThis }: DeviceSetup) {
    this.#clock = clock;
    this.#life = life;
    this.#id = life?.engineId ?? idMaker(clock)();
    const tell = (signal: EngineSignal, state: boolean | undefined) => {
      if (state === undefined) this.#read.delete(signal);
      else this.#read.set(signal, state);
      this.#look();
    };
    this.#stops = ENGINE_SENSORS.map((sensor) => sensor.watch(realm, tell, clock));
    this.#stops.push(every(clock, LOOK_MS, () => this.#look()));
    this.#stops.push(clock.timer(() => this.#settle(), SETTLE_MS));
    // What is read at once is where it starts from, not a change.
    this.#changed = changed;
    this.#channel = new BroadcastChannel(`errand:${database}:signals`);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(parseMessage(data));
    this.#send({ kind: 'ask' });
  }

  /** What is known now; another map after each change. */
  get signals(): Signals {
    return this.#signals;
  }

  /** Whether whoever can tell something has had the time to: before, what is unknown may only not be known yet. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Takes what this tab's page reports, and passes it on to the other engines. */
  report(fromPage: PageReport): void {
    this.#page = fromPage;
    this.#speak();
  }

  /** Takes the person's switches, in place of those before. They count for more than anything that is read. */
  override(switches: Partial<Record<SignalName, boolean>>): void {
    this.#switches = new Map(
      Object.entries(switches).flatMap(([signal, state]) => (state === undefined ? [] : [[signal, state]])),
    );
    this.#look();
  }

  /**
   * Sets a signal of the embedder's own for all tabs of this database; `undefined`: it is unknown. Whoever set it last wins,
   * for as long as that tab lives. `name` is without `custom:`. Throws `invalid-request` for a name that is none, or too many.
   */
  setCustom(name: string, state: boolean | undefined): void {
    if (!isCustomName(name)) throw invalid('name', 'Name a signal by 1 to 50 letters, digits or any of . _ -');
    if (state !== undefined && typeof state !== 'boolean')
      throw invalid('state', 'Set a signal to true, false or undefined');
    if (!this.#custom.has(name) && this.#custom.size >= MOST_CUSTOM)
      throw invalid('name', `Set no more than ${MOST_CUSTOM} signals of your own`);
    // A clock that was set back must not make the last word an earlier one.
    const at = Math.min(Math.max(this.#clock.now(), this.#reports.lastSet(name) + 1), LAST_INSTANT);
    this.#custom.set(name, { name, state: state ?? null, at });
    this.#speak();
  }

  /** Withdraws what this tab said. Nothing is read or told any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#send({ kind: 'gone', from: this.#id });
    this.#isClosed = true;
    this.#channel.close();
    for (const stop of this.#stops) stop();
  }

  #speak(): void {
    if (this.#isClosed) return;
    this.#reportedAt = this.#clock.now();
    const report = this.#report(this.#reportedAt);
    this.#reports.keep(report, this.#reportedAt);
    this.#send({ kind: 'report', ...report });
    this.#look();
  }

  #report(at: number): Report {
    const page = PAGE_SIGNALS.flatMap((signal): Report['page'] => {
      const state = this.#page[signal];
      return typeof state === 'boolean' ? [[signal, state]] : [];
    });
    return { from: this.#id, at, page, custom: [...this.#custom.values()] };
  }

  #hear(message: Message | undefined): void {
    if (message === undefined || this.#isClosed) return;
    if (message.kind === 'ask') this.#answer();
    else if (message.from !== this.#id) this.#heed(message);
  }

  /** As it was said, and when: a page that fell silent stays so. */
  #answer(): void {
    if (this.#reportedAt !== undefined) this.#send({ kind: 'report', ...this.#report(this.#reportedAt) });
  }

  #heed(message: Exclude<Message, { kind: 'ask' }>): void {
    if (message.kind === 'gone') {
      this.#reports.drop(message.from);
    } else {
      const { kind: _, ...report } = message;
      this.#reports.keep(report, this.#clock.now());
      void this.#mourn(report.from);
    }
    this.#look();
  }

  /** Withdraws what a tab said when that tab dies, if it has not by then. */
  async #mourn(from: string): Promise<void> {
    if (this.#life === undefined || this.#mortals.has(from)) return;
    this.#mortals.add(from);
    try {
      await this.#life.death(from as EngineId);
      this.#reports.drop(from);
      this.#look();
    } catch {
      // This engine is closed, or may not ask: then reports grow old.
    }
    this.#mortals.delete(from);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#changed(this.#signals, this.#signals);
  }

  #send(message: Message): void {
    if (!this.#isClosed) this.#channel.postMessage(message);
  }

  #look(): void {
    if (this.#isClosed) return;
    const before = this.#signals;
    const after = new Map<SignalName, boolean>([...this.#reports.merged(this.#clock.now()), ...this.#read]);
    for (const [signal, state] of this.#switches) after.set(signal as SignalName, state);
    if (isSame(before, after)) return;
    this.#signals = after;
    this.#changed(before, after);
  }
}

function isSame(a: Signals, b: Signals): boolean {
  return a.size === b.size && [...a].every(([signal, state]) => b.get(signal) === state);
}

function invalid(field: string, message: string): ErrandError {
  return new ErrandError('invalid-request', message, { field });
}
