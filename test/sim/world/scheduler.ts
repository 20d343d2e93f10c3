// The one queue of a simulated world: nothing happens but what it runs, one task at a time, and time goes on only when
// nothing is left to do now. First come, first served; with chance, it decides which lane is next.

import type { Chance } from './chance.ts';

/** A queue of its own: its tasks keep their order, whatever comes between them. */
export class Lane {
  readonly waiting: { order: number; run: () => void }[] = [];
  isClosed = false;
  /** Its tasks wait until then. */
  frozenUntil = -Infinity;
}

interface Timer {
  at: number;
  lane: Lane;
  run: () => void;
}

/** Node's own, which nobody replaces: after it, every microtask has run. */
const nextTurn = setImmediate;
/** Reading a Blob takes Node some turns of its own: so many are waited before time goes on. */
const QUIET_TURNS = 8;
const MOST_TASKS = 2_000_000;

export class Scheduler {
  readonly #chance: Chance | undefined;
  readonly #lanes = new Set<Lane>();
  readonly #own = this.newLane();
  #timers: Timer[] = [];
  #now: number;
  #order = 0;
  #turns = 0;
  /** Called before each turn: whatever it does befalls the world between two tasks. */
  onTurn: ((turn: number) => void) | undefined;

  constructor(now: number, order?: Chance) {
    this.#now = now;
    this.#chance = order;
  }

  get now(): number {
    return this.#now;
  }

  /** How many tasks were asked for so far. */
  get tasks(): number {
    return this.#order;
  }

  newLane(): Lane {
    const lane = new Lane();
    this.#lanes.add(lane);
    return lane;
  }

  /** Nothing of the lane runs any more. */
  close(lane: Lane): void {
    lane.isClosed = true;
    lane.waiting.length = 0;
    this.#lanes.delete(lane);
    this.#timers = this.#timers.filter((timer) => timer.lane !== lane);
  }

  /** Nothing of the lane runs for so long; then everything does, in its order. */
  freeze(lane: Lane, ms: number): void {
    lane.frozenUntil = this.#now + ms;
    this.timer(this.#own, () => undefined, ms);
  }

  /** Whatever is frozen goes on. */
  thaw(): void {
    for (const lane of this.#lanes) lane.frozenUntil = -Infinity;
  }

  post(lane: Lane, run: () => void): void {
    if (!lane.isClosed) lane.waiting.push({ order: this.#order++, run });
  }

  /** Runs something once, so many milliseconds from now; the returned function cancels. */
  timer(lane: Lane, run: () => void, ms: number): () => void {
    const timer = { at: this.#now + Math.max(0, Number.isNaN(ms) ? 0 : ms), lane, run };
    const after = this.#timers.findIndex((other) => other.at > timer.at);
    if (!lane.isClosed) this.#timers.splice(after === -1 ? this.#timers.length : after, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs until something is so. False where nothing is left to do, or an instant is reached, before it is. */
  async until(isSo: () => boolean, deadline = Infinity): Promise<boolean> {
    for (let quiet = 0; ; quiet += 1) {
      await new Promise<void>((resolve) => nextTurn(resolve));
      if (isSo()) return true;
      const run = this.#next();
      if (run !== undefined) {
        quiet = -1;
        this.onTurn?.(++this.#turns);
        run();
      } else if (quiet >= QUIET_TURNS) {
        if (!this.#advance(deadline)) return false;
        quiet = -1;
      }
      if (this.#order > MOST_TASKS) throw new Error('The simulated world does not come to rest.');
    }
  }

  /** The task whose turn it is. */
  #next(): (() => void) | undefined {
    const lanes = [...this.#lanes].filter((lane) => lane.waiting.length > 0 && lane.frozenUntil <= this.#now);
    const first = (a: Lane, b: Lane) => ((a.waiting[0]?.order ?? 0) < (b.waiting[0]?.order ?? 0) ? a : b);
    const lane = this.#chance === undefined ? undefined : lanes[this.#chance.below(lanes.length)];
    if (lanes.length === 0) return undefined;
    return (lane ?? lanes.reduce(first)).waiting.shift()?.run;
  }

  /** Lets time go on to the next timers. */
  #advance(deadline: number): boolean {
    const at = this.#timers[0]?.at ?? Infinity;
    if (at > deadline || at === Infinity) {
      if (Number.isFinite(deadline)) this.#now = Math.max(this.#now, deadline);
      return false;
    }
    this.#now = Math.max(this.#now, at);
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.slice(due.length);
    for (const { lane, run } of due) this.post(lane, run);
    return true;
  }
}
