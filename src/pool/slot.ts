// One worker of the pool. Every call to it is raced against its death, so that no promise is left hanging:
// Comlink's own calls never settle once their worker is gone.

import * as Comlink from 'comlink';
import type { Clock, PlainError } from '../task/index.ts';
import type { HostSurface, ItemsJob, ItemsOutcome, Job, Performed, SlotSurface, StepPause, Turn } from './protocol.ts';

/** How a call to a slot ended, if not with its answer. */
export class SlotDied extends Error {
  override readonly name = 'SlotDied';
}

export type SlotState = 'starting' | 'idle' | 'busy' | 'ending' | 'dead';

/** A worker, or what stands in for one where there are none: a port to this very realm. */
export type Thread = Pick<Worker, 'postMessage' | 'addEventListener' | 'removeEventListener' | 'terminate'>;

export interface SlotSetup {
  id: number;
  worker: Thread;
  database: string;
  host: HostSurface;
  clock: Clock;
  onDeath(slot: Slot): void;
  /** It takes long to start: another may be started beside it. */
  onLate(): void;
}

/** A worker whose script has not answered by then never will. */
const START_MS = 15_000;
const LATE_MS = 1_000;

export class Slot {
  readonly id: number;
  readonly #worker: Thread;
  readonly #surface: Comlink.Remote<SlotSurface>;
  readonly #setup: SlotSetup;
  /** Rejects the calls under way. Not one promise raced again and again: that would keep every call's memory. */
  readonly #pending = new Set<(death: SlotDied) => void>();
  #turn: number[] = [];
  readonly #graces = new Map<number, () => void>();
  /** Jobs of the turn whose signal has fired, with their graces: nobody here knows which of them has begun. */
  readonly #recalled = new Map<number, number>();
  #dead = false;
  #started = false;
  #late = false;
  /** The attempt that runs here, and the items of a map that do: a slot that waits for its own map lends itself to it. */
  job: number | undefined;
  items: number | undefined;
  /** No new work comes here: it ends when it has nothing left to do. */
  retiring = false;

  constructor(setup: SlotSetup) {
    this.id = setup.id;
    this.#setup = setup;
    this.#worker = setup.worker;
    this.#surface = Comlink.wrap<SlotSurface>(setup.worker);
    setup.worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#die(`The worker failed: ${event.message || 'it could not be loaded'}`);
    });
  }

  get state(): SlotState {
    if (this.#dead) return 'dead';
    if (!this.#started) return 'starting';
    if (this.retiring) return 'ending';
    return this.works ? 'busy' : 'idle';
  }

  /** Whether it has work, be it the last before it ends. */
  get works(): boolean {
    return !this.#dead && (this.job !== undefined || this.items !== undefined);
  }

  get isLate(): boolean {
    return this.#late;
  }

  /** Resolves when the slot takes work; rejects with `SlotDied` when its script cannot be loaded. */
  async start(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    Comlink.expose(this.#setup.host, port1);
    const lock = `errand:${this.#setup.database}:slot:${this.#setup.clock.random().toString(36).slice(2)}`;
    const { database, clock } = this.#setup;
    const giveUp = clock.timer(() => {
      this.#die('The worker did not start in time.');
    }, START_MS);
    const grow = clock.timer(() => {
      this.#late = true;
      this.#setup.onLate();
    }, LATE_MS);
    await this.#race(this.#surface.start(Comlink.transfer({ database, lock, host: port2 }, [port2])));
    giveUp();
    grow();
    this.#started = true;
    void navigator.locks.request(lock, () => {
      this.#die('The worker ended.');
    });
  }

  /** Runs jobs one after another, until all are done or the turn is recalled. */
  async perform(jobs: readonly Job[]): Promise<Turn> {
    this.job = jobs[0]?.jobId;
    this.#turn = jobs.map((job) => job.jobId);
    let running: number | undefined;
    try {
      const turn = await this.#race(this.#surface.perform(jobs));
      running = turn.running;
      return turn;
    } finally {
      for (const { jobId } of jobs) if (jobId !== running) this.#graces.get(jobId)?.();
      this.job = running;
      this.#turn = running === undefined ? [] : [running];
      const graceMs = running === undefined ? undefined : this.#recalled.get(running);
      this.#recalled.clear();
      if (running !== undefined && graceMs !== undefined) this.#giveGrace(running, graceMs);
    }
  }

  /** Asks for what is done of the turn; what has not begun then does not begin here. */
  recall(): void {
    if (!this.#dead) void this.#surface.recall().catch(() => undefined);
  }

  /** Waits for the job that was still running when its turn was recalled. */
  async rest(jobId: number): Promise<Performed> {
    try {
      return await this.#race(this.#surface.rest(jobId));
    } finally {
      this.#graces.get(jobId)?.();
      this.job = undefined;
      this.#turn = [];
    }
  }

  async performItems(job: ItemsJob): Promise<ItemsOutcome> {
    this.items = job.jobId;
    try {
      return await this.#race(this.#surface.performItems(job));
    } finally {
      this.#graces.get(job.jobId)?.();
      this.items = undefined;
    }
  }

  /** Fires the job's signal; if it has begun, and has not ended when the grace period is over, the worker is ended. */
  abort(jobId: number, reason: PlainError, graceMs: number): void {
    if (this.#dead || this.#graces.has(jobId) || this.#recalled.has(jobId) || !this.#has(jobId)) return;
    void this.#surface.abort(jobId, reason).catch(() => undefined);
    if (this.items === jobId || this.#turn.length === 1) this.#giveGrace(jobId, graceMs);
    else {
      // Whoever runs must not be ended for one that has not begun.
      this.#recalled.set(jobId, graceMs);
      this.recall();
    }
  }

  #giveGrace(jobId: number, graceMs: number): void {
    const cancel = this.#setup.clock.timer(() => {
      this.end();
    }, graceMs);
    this.#graces.set(jobId, () => {
      cancel();
      this.#graces.delete(jobId);
    });
  }

  /** Has the job stop before these steps, and before no others. */
  pauseSteps(jobId: number, pauses: readonly StepPause[]): void {
    if (!this.#dead && this.#has(jobId)) void this.#surface.pauseSteps(jobId, pauses).catch(() => undefined);
  }

  #has(jobId: number): boolean {
    return this.items === jobId || this.#turn.includes(jobId);
  }

  /** Ends the worker now. */
  end(): void {
    this.#die('The worker was ended.');
  }

  #race<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      call.then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  #die(reason: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#worker.terminate();
    for (const clear of this.#graces.values()) clear();
    for (const reject of this.#pending) reject(new SlotDied(reason));
    this.#setup.onDeath(this);
  }
}
