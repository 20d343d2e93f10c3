// One place where scripts run: a page, an engine, a slot. When it ends, nothing it does afterwards reaches anybody:
// its tasks are dropped, what it holds is let go, and what it waits for never comes.

import { Emitter } from './emitter.ts';
import type { Lane, Scheduler } from './scheduler.ts';

/** How much of what was under way when a tab crashed came to the disk all the same. */
export type Lands = 'nothing' | 'half' | 'all';

/** What a realm belongs to. */
interface Home {
  readonly name: string;
  readonly scheduler: Scheduler;
  crash(lands: Lands): void;
}

type End = (lands: Lands) => void;

export class Realm {
  readonly name: string;
  readonly home: Home;
  readonly lane: Lane;
  /** What scripts see as `self`. */
  readonly self = new Emitter();
  #ends = new Set<End>();
  #isAlive = true;
  /** Called with what no script caught. */
  onError: (error: unknown) => void = (error) => {
    throw error;
  };

  constructor(home: Home, name: string) {
    this.home = home;
    this.name = `${home.name}/${name}`;
    this.lane = home.scheduler.newLane();
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Runs something as a task of its own. */
  post(run: () => void): void {
    this.home.scheduler.post(this.lane, () => {
      this.guard(run);
    });
  }

  /** Does something in a task to come. Never settles where the realm has ended by then, or in doing it. */
  later<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.home.scheduler.post(this.lane, () => {
        try {
          const value = act();
          if (this.#isAlive) resolve(value);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** What is thrown is this realm's own affair, as an uncaught error is. */
  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (this.#isAlive && !this.self.emit('error', { message: String(error), error })) this.onError(error);
    }
  }

  /** Called when the realm ends. */
  onEnd(end: End): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  /** Its tasks wait for so long: messages come late, timers are late, files take their time. */
  freeze(ms: number): void {
    this.home.scheduler.freeze(this.lane, ms);
  }

  end(lands: Lands = 'nothing'): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.home.scheduler.close(this.lane);
    const ends = this.#ends;
    this.#ends = new Set();
    for (const end of ends) end(lands);
  }
}
