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
  #release: (() => void)[] = [];

  constructor(database: string, engineId: EngineId, clock: Clock) {
    this.#database = database;
    this.#engineId = engineId;
    this.#clock = clock;
  }

  /** Takes this engine's own lock, then stands in line for the leader's; `lead` is called each time it is won. */
  async start(lead: () => void, lose: () => void): Promise<void> {
    if (!('locks' in navigator)) throw new ErrandError('insecure-context');
    await new Promise<void>((resolve, reject) => {
      this.#hold(engineLock(this.#database, this.#engineId), resolve).catch(reject);
    });
    void this.#standInLine(lead, lose);
  }

  /** The engines of this database that live, by their locks. */
  async living(): Promise<Set<EngineId>> {
    const { held = [] } = await navigator.locks.query();
    const start = engineLock(this.#database, '' as EngineId);
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
    for (const release of this.#release) release();
    this.#release = [];
  }

  /** A lock can be taken away: by the back/forward cache, or by `steal`. Then it is asked for again. */
  async #standInLine(lead: () => void, lose: () => void): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        await this.#hold(`errand:${this.#database}:leader`, lead);
      } catch {
        lose();
        await new Promise<void>((resolve) => this.#clock.timer(resolve, ASK_AGAIN_MS));
      }
    }
  }

  #hold(name: string, held: () => void): Promise<void> {
    const { signal } = this.#closed;
    return navigator.locks.request(name, { signal }, () => {
      held();
      return new Promise<void>((resolve) => {
        this.#release.push(resolve);
      });
    });
  }
}

function engineLock(database: string, engineId: EngineId): string {
  return `errand:${database}:engine:${engineId}`;
}
