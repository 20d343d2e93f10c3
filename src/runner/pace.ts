// How far ahead the engine claims. Slow tasks are claimed when a slot is free for them; quick ones some hundredths of a
// second ahead, so that slots never wait for the disk and priorities still hold.

const AHEAD_MS = 100;
const MOST_CLAIMED = 512;
const WEIGHT = 0.2;
const PROBATION = 4;
/** The clock counts whole milliseconds. */
const LEAST_MS = 0.2;
/** A task of a type that has not been seen to be quick fills a slot. */
const QUICK_MS = 20;

export class Pace {
  readonly #durations = new Map<string, number>();

  /** An attempt of this type took so long. */
  took(type: string, durationMs: number): void {
    const before = this.#durations.get(type) ?? durationMs;
    this.#durations.set(type, before + (durationMs - before) * WEIGHT);
  }

  /** It was not as quick as it was thought to be: it is on probation for a while. */
  slow(type: string): void {
    this.#durations.set(type, QUICK_MS * PROBATION);
  }

  isQuick(type: string): boolean {
    return (this.#durations.get(type) ?? Infinity) <= QUICK_MS;
  }

  /** Whether every slot has work, and for a while: to claim more is worth no transaction of its own. */
  hasEnough({ size, room }: { size: number; room: number }, queued: readonly string[]): boolean {
    return queued.length >= room && this.#ahead(queued) > (size * AHEAD_MS) / 2;
  }

  #ahead(queued: readonly string[]): number {
    return queued.reduce((sum, type) => sum + this.#cost(type), 0);
  }

  /** What may be claimed now, given the slots without work and the attempts that wait for one. */
  budget(slots: { size: number; room: number; idle: number }, queued: readonly string[], outstanding: number): Budget {
    return new Budget({
      free: slots.room - queued.length,
      idle: slots.idle - queued.length,
      aheadMs: slots.size * AHEAD_MS - this.#ahead(queued),
      left: MOST_CLAIMED - outstanding,
      cost: (type) => this.#cost(type),
    });
  }

  #cost(type: string): number {
    const duration = this.#durations.get(type) ?? Infinity;
    return duration > QUICK_MS ? Infinity : Math.max(duration, LEAST_MS);
  }
}

interface Share {
  /** The slots without work or anybody who waits for it, and those of them that have started. */
  free: number;
  idle: number;
  aheadMs: number;
  left: number;
  cost: (type: string) => number;
}

/** What may still be claimed in this round. */
export class Budget {
  #free: number;
  #idle: number;
  #aheadMs: number;
  #left: number;
  readonly #cost: (type: string) => number;

  constructor({ free, idle, aheadMs, left, cost }: Share) {
    this.#free = Math.max(0, free);
    this.#idle = Math.max(0, idle);
    this.#aheadMs = aheadMs;
    this.#left = left;
    this.#cost = cost;
  }

  /** How many tasks of these types are worth reading: none, where nothing could be taken. */
  most(types: readonly string[]): number {
    const quickest = Math.min(...types.map(this.#cost));
    const ahead = Number.isFinite(quickest) ? Math.max(0, Math.floor(this.#aheadMs / quickest)) : 0;
    return Math.max(0, Math.min(this.#left, this.#free + ahead));
  }

  /**
   * Takes one task's share, if it fits. What must not run twice is never claimed before a slot stands ready for it: should
   * the engine end meanwhile, nobody could tell that it had not begun.
   */
  take(type: string, once: boolean): boolean {
    if (this.#left <= 0 || (once && this.#idle === 0)) return false;
    const cost = this.#cost(type);
    if (this.#free > 0) this.#free -= 1;
    else if (once || cost > this.#aheadMs) return false;
    if (this.#idle > 0) this.#idle -= 1;
    if (Number.isFinite(cost)) this.#aheadMs -= cost;
    this.#left -= 1;
    return true;
  }
}
