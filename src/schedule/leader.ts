// Who leads, and who lives: one Web Lock for the leader of a database, one for each engine. A lock only hints;
// what decides is the claim's token and the leader's name in the database.

import { type Clock, type EngineId, ErrandError } from '../task/index.ts';

const ASK_AGAIN_MS = 200;

/** Holds an engine's locks for as long as it lives. */
export class Leadership {
  readonly #database: string;
  readonly #engineId: EngineId;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #releaseOwn: (() => void) | undefined;
  #releaseLead: (() => void) | undefined;

  constructor(database: string, engineId: EngineId, clock: Clock) {
    this.#database = database;
    this.#engineId = engineId;
    this.#clock = clock;
  }

  /** Whether this engine holds the leader's lock. */
  get holdsLead(): boolean {
    return this.#releaseLead !== undefined;
  }

  /** Takes this engine's own lock. */
  async start(): Promise<void> {
    if (!('locks' in navigator)) throw new ErrandError('insecure-context');
    const own = engineLock(this.#database, this.#engineId);
    await new Promise<void>((resolve) => {
      void this.#holdAgainAndAgain(own, (release) => {
        this.#releaseOwn = release;
        resolve();
      });
    });
  }

  /** Stands in line for the leader's lock, until it is told to stop; `lead` is called each time it is won. */
  seek(lead: () => void, lose: () => void): () => void {
    const stopped = new AbortController();
    const lost = () => {
      this.#releaseLead = undefined;
      lose();
    };
    const won = (release: () => void) => {
      this.#releaseLead = release;
      lead();
    };
    void this.#holdAgainAndAgain(`errand:${this.#database}:leader`, won, lost, stopped.signal);
    return () => {
      stopped.abort();
      this.#releaseLead?.();
    };
  }

  /** Whether another engine stands in line to lead. */
  async isWanted(): Promise<boolean> {
    const { pending = [] } = await navigator.locks.query();
    return pending.some(({ name }) => name === `errand:${this.#database}:leader`);
  }

  /** Leaves the lead to whoever stands in line, and goes to its end. */
  yield(): void {
    this.#releaseLead?.();
  }

  /** The engines of this database that live, by their locks. */
  async living(): Promise<Set<EngineId>> {
    const { held = [] } = await navigator.locks.query();
    const start = engineLock(this.#database, '');
    const names = held.map((lock) => lock.name ?? '').filter((name) => name.startsWith(start));
    return new Set(names.map((name) => name.slice(start.length) as EngineId));
  }

  /** Resolves when another engine has died, or rejects when this one is closed. */
  async death(engineId: EngineId): Promise<void> {
    const { signal } = this.#closed;
    await navigator.locks.request(engineLock(this.#database, engineId), { signal }, () => undefined);
  }

  /** Lets go of every lock. */
  close(): void {
    this.#closed.abort();
    this.#releaseLead?.();
    this.#releaseOwn?.();
  }

  /** A lock can be taken away, by the back/forward cache or by `steal`, or given up: then it is asked for again. */
  async #holdAgainAndAgain(
    name: string,
    held: (release: () => void) => void,
    lost: () => void = () => undefined,
    stopped?: AbortSignal,
  ): Promise<void> {
    const { signal: closed } = this.#closed;
    const signal = stopped === undefined ? closed : AbortSignal.any([closed, stopped]);
    for (let again = false; !signal.aborted; again = true) {
      if (again) await new Promise<void>((resolve) => this.#clock.timer(resolve, ASK_AGAIN_MS));
      const holding = navigator.locks.request(
        name,
        { signal },
        () =>
          new Promise<void>((release) => {
            held(release);
          }),
      );
      await holding.catch(() => undefined);
      lost();
    }
  }
}

/** The lock that an engine holds for as long as it lives. */
export function engineLock(database: string, engineId: string): string {
  return `errand:${database}:engine:${engineId}`;
}
