// The engines that live beside this one, or did in this tab before it: if one is gone, the browser did not go with it.

import type { Leadership } from '../schedule/index.ts';
import { type Store, takeLead } from '../store/index.ts';
import type { EngineId } from '../task/index.ts';

/** How the ids of service workers' engines begin: the browser stops those when it likes, and that points to no task. */
export const IN_SERVICE_WORKER = 'sw-';
const AGAIN_MS = 500;

export class Neighbours {
  readonly #store: Store;
  readonly #leadership: Leadership;
  readonly #engineId: EngineId;
  readonly #known = new Set<EngineId>();
  #areThere = false;
  #metAt = -Infinity;
  /** Those that lost the lead, and may still run what they claimed. */
  #claiming: ReadonlySet<EngineId> = new Set();

  constructor(store: Store, leadership: Leadership, engineId: EngineId, predecessor: EngineId | undefined) {
    this.#store = store;
    this.#leadership = leadership;
    this.#engineId = engineId;
    if (predecessor !== undefined) this.#known.add(predecessor);
  }

  /** Whether others lived than this one, when it last looked. */
  get areThere(): boolean {
    return this.#areThere;
  }

  /** The same, where it was long ago that it looked. */
  async meetAgain(now: number): Promise<void> {
    if (now - this.#metAt < AGAIN_MS && now >= this.#metAt) return;
    this.#metAt = now;
    await this.meet();
  }

  /** Gets to know the engines that live now. */
  async meet(): Promise<void> {
    const living = await this.#leadership.living();
    for (const other of living) this.#known.add(other);
    this.#areThere = living.size > (living.has(this.#engineId) ? 1 : 0);
  }

  /** How many tasks of a type those may still run that had the lead before. */
  running(type: string): number {
    if (this.#claiming.size === 0) return 0;
    const claims = [...(this.#store.lastClaims?.values() ?? [])];
    return claims.filter((claim) => claim.type === type && this.#claiming.has(claim.engineId)).length;
  }

  /** Takes the lead: interrupts the claims of engines whose lock is free. Those that only lost the lead are watched till they end. */
  async succeed(isWanted: () => boolean): Promise<void> {
    const living = await this.#leadership.living();
    if (!isWanted()) return;
    const fateOf = (other: EngineId) => {
      if (other === this.#engineId || living.has(other)) return 'lives';
      if (other.startsWith(IN_SERVICE_WORKER)) return 'released';
      return this.#known.has(other) ? 'death' : 'gone';
    };
    await this.#store.do(takeLead(this.#engineId, fateOf));
    const { claims } = await this.#store.standing();
    const others = new Set([...claims.values()].map((each) => each.engineId).filter((each) => each !== this.#engineId));
    this.#claiming = others;
    for (const other of others) {
      this.#known.add(other);
      const then = () => (isWanted() ? this.succeed(isWanted) : undefined);
      void this.#leadership.death(other).then(then).catch(ignore);
    }
  }
}

function ignore(): void {
  // This engine is closed: whoever leads next looks.
}
