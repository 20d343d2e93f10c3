// What the engine claims next: how many, from which lanes, and when it is the suspects' turn.

import type { Pool } from '../pool/index.ts';
import {
  claim,
  type Claimed,
  type ClaimRequest,
  type ClaimResult,
  type Entry,
  Positions,
  type RateLimit,
  releaseUnknown,
  type Store,
} from '../store/index.ts';
import {
  type Claim,
  type Clock,
  type EngineId,
  type Lane,
  parseLane,
  type TaskDefinition,
  type TaskRow,
} from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { Drain } from './drain.ts';
import type { Gate } from './gate.ts';
import { Pace } from './pace.ts';
import type { Running } from './running.ts';

/** What the claimer looks at before it claims. */
export interface ClaimerSetup {
  store: Store;
  clock: Clock;
  engineId: EngineId;
  definitions: ReadonlyMap<string, TaskDefinition>;
  gate: Gate;
  running: Running;
  pool: Pool;
  /** The claimed attempts that wait for a slot. */
  queue: () => readonly Attempt[];
  /** Whether a task goes before the items of maps that wait for slots. */
  mayPass: (row: TaskRow) => boolean;
}

type Take = ClaimRequest['take'];

export class Claimer {
  readonly pace = new Pace();
  readonly #setup: ClaimerSetup;
  readonly #positions = new Positions();
  /** The last claim found nothing more: not worth asking again before something becomes ready. */
  #exhausted = false;
  /** The last look took nothing, and nothing has moved since. */
  #idle = false;
  #moves = 0;
  #looks = 0;
  /** The last claim left some behind whose lane is closed, or was closed by it. */
  #held = false;
  /** The last claims could not be written. */
  #rests = false;
  readonly #drain: Drain;
  readonly #rates: ReadonlyMap<string, RateLimit> | undefined;

  constructor(setup: ClaimerSetup) {
    this.#setup = setup;
    this.#rates = ratesOf(setup.definitions);
    this.#drain = new Drain(setup.clock, () => {
      this.moved();
      setup.store.kick();
    });
  }

  /** Something became ready, or may have. */
  look(): void {
    this.#exhausted = false;
    this.#looks += 1;
    this.moved();
  }

  /** A slot or a place in the budget became free: a look that took nothing may take something now. */
  moved(): void {
    this.#moves += 1;
    this.#idle = false;
  }

  get mayFindMore(): boolean {
    return !this.#exhausted;
  }

  /** The claims to make in the next write transaction; `alone` says that they would be its only reason. */
  next(alone: boolean, claimed: (result: ClaimResult) => void): Entry<ClaimResult> | undefined {
    if (this.#rests || this.#mustWaitForSuspects()) return undefined;
    const lanes = this.#exhausted ? [] : this.#openLanes();
    if (alone && (lanes.length === 0 || this.#idle)) return undefined;
    const urgent = lanes.filter((lane) => parseLane(lane).urgent);
    if (urgent.length > 0) return this.#claim(urgent, { most: MOST_URGENT, take: onlyUrgent }, false, claimed);
    const { running, queue, pool } = this.#setup;
    const slots = { size: pool.size, room: Math.max(0, pool.room - running.urgent), idle: pool.idle };
    const queued = queue().map((attempt) => attempt.row.type);
    if (alone && this.pace.hasEnough(slots, queued)) return undefined;
    const budget = this.pace.budget(slots, queued, running.size);
    const most = budget.most([...lanes.map((lane) => parseLane(lane).type), ...queued]);
    if (most === 0) return undefined;
    const suspects = lanes[0] !== undefined && parseLane(lanes[0]).alone;
    const take = this.#taker((type, once) => {
      const isTaken = budget.take(type, once);
      // It waits for a slot to start: one starts where there is room.
      if (!isTaken && once) pool.free();
      return isTaken;
    });
    return this.#claim(lanes, suspects ? { most: 1, take: onlyOne(take) } : { most, take }, suspects, claimed);
  }

  #claim(
    lanes: readonly string[],
    { most, take }: { most: number; take: Take },
    suspects: boolean,
    claimed: (result: ClaimResult) => void,
  ): Entry<ClaimResult> {
    const [moves, looks] = [this.#moves, this.#looks];
    const { engineId } = this.#setup;
    const rates = this.#rates;
    const request = { lanes, most, take, engineId, alone: suspects, once: (row: TaskRow) => this.#isOnce(row) };
    const isPart = suspects || take === onlyUrgent;
    this.#held = false;
    return {
      operation: claim(rates === undefined ? request : { ...request, rates }, this.#positions),
      resolve: (made) => {
        const result = { ...made, claimed: made.claimed.filter((each) => this.#stands(each)) };
        // What became ready after this was asked for it has not looked at.
        this.#note(result, isPart || looks !== this.#looks);
        const idle = result.claimed.length === 0 && result.doubted === 0 && moves === this.#moves;
        claimed(result);
        this.#idle = idle;
      },
      reject: () => this.#rest(),
    };
  }

  /** Claims that could not be written are asked for again a little later. */
  #rest(): void {
    const { clock, store } = this.#setup;
    this.#rests = true;
    clock.timer(() => {
      this.#rests = false;
      store.kick();
    }, REST_MS);
  }

  /** Whoever is claimed may be cancelled in the very same transaction, with a parent that was cancelled in it. */
  #stands({ claim: { taskId, token } }: Claimed): boolean {
    return this.#setup.store.lastClaims?.get(taskId)?.token === token;
  }

  /** Hands back claims that were committed, but of which this engine was told that they were not. */
  async releaseUnknown(claims: ReadonlyMap<string, Claim>): Promise<void> {
    const { engineId, running, store } = this.#setup;
    const isKnown = ({ taskId, token }: Claim) => running.get(taskId)?.claim.token === token;
    const isUnknown = (each: Claim) => each.engineId === engineId && !isKnown(each);
    if ([...claims.values()].some(isUnknown)) await store.do(releaseUnknown(engineId, isKnown));
  }

  /** An attempt that was claimed from this lane has ended. */
  left(lane: string): void {
    this.#positions.leave(lane);
    this.moved();
  }

  #note({ claimed, exhausted, limited }: ClaimResult, isPart: boolean): void {
    if (limited !== undefined) this.#setup.gate.limited(limited);
    // Whoever looked for some did not look at the others; and what a limit left behind stands there still.
    const isHeld = this.#held || (limited?.size ?? 0) > 0;
    this.#exhausted = exhausted && !isPart && !isHeld && !this.#suspectsWait();
    for (const { row } of claimed) this.#positions.advance(row);
  }

  #taker(take: (type: string, once: boolean) => boolean): Take {
    const counts = new Map<string, number>();
    return (row) => {
      const { definitions, gate, mayPass } = this.#setup;
      const { type, lane = '' } = row;
      if (!gate.isOpen(lane)) return this.#hold();
      if (definitions.get(type)?.concurrency !== undefined) {
        const count = counts.get(type) ?? gate.running(type);
        if (!gate.mayRun(type, count)) return this.#hold();
        counts.set(type, count + 1);
      }
      if (!mayPass(row)) return 'stop';
      return take(type, this.#isOnce(row)) ? 'take' : 'stop';
    };
  }

  /** It stays where it is: its lane is closed. */
  #hold(): 'leave' {
    this.#held = true;
    return 'leave';
  }

  /** The open lanes where unclaimed tasks stand, as far as the engine knows. A suspect's is alone, once nothing runs. */
  #openLanes(): string[] {
    const open: string[] = [];
    for (const [lane, standing] of this.#lanes()) {
      if (standing <= this.#positions.taken(lane)) continue;
      if (!this.#setup.gate.isOpen(lane)) continue;
      if (!parseLane(lane).alone) open.push(lane);
      else if (this.#setup.running.size === 0) return [lane];
    }
    return open;
  }

  /** While a suspect waits, what runs is let out, and nothing comes in beside it. */
  #mustWaitForSuspects(): boolean {
    const { running } = this.#setup;
    for (const attempt of running.values()) if (attempt.isAlone) return true;
    if (running.size > 0 && this.#suspectsWait()) return this.#drain.holds();
    this.#drain.end();
    return false;
  }

  close(): void {
    this.#drain.end();
  }

  #isOnce(row: TaskRow): boolean {
    return this.#setup.definitions.get(row.type)?.effects === 'once';
  }

  #suspectsWait(): boolean {
    for (const [lane, standing] of this.#lanes())
      if (standing > this.#positions.taken(lane) && this.#isOurSuspects(lane)) return true;
    return false;
  }

  /** Suspects whose lane is closed hold nobody up. */
  #isOurSuspects(lane: string): boolean {
    return parseLane(lane).alone && this.#setup.gate.isOpen(lane);
  }

  /** Somebody stands in an open lane who is not claimed. */
  get hasWork(): boolean {
    return this.#openLanes().length > 0;
  }

  /** The lanes that are open now, whether or not somebody stands there. */
  get openLanes(): string[] {
    return [...this.#lanes().keys()].filter((lane) => this.#isOpenTo(parseLane(lane), lane));
  }

  #isOpenTo({ alone, urgent }: Lane, lane: string): boolean {
    return !alone && !urgent && this.#setup.gate.isOpen(lane);
  }

  #lanes(): ReadonlyMap<string, number> {
    return this.#setup.store.lastHead?.lanes ?? NONE;
  }
}

/** Of all types: a task of any may become ready in the very transaction that claims. */
function ratesOf(definitions: ReadonlyMap<string, TaskDefinition>): ReadonlyMap<string, RateLimit> | undefined {
  const rates = new Map<string, RateLimit>();
  for (const { type, rateLimit } of definitions.values()) if (rateLimit !== undefined) rates.set(type, rateLimit);
  return rates.size === 0 ? undefined : rates;
}

const NONE: ReadonlyMap<string, number> = new Map();

/** So many that go before all others are claimed at a time. */
const MOST_URGENT = 16;
/** So long nothing is claimed after claims could not be written. */
const REST_MS = 100;

function onlyUrgent({ urgent }: TaskRow): 'take' | 'leave' {
  return urgent === true ? 'take' : 'leave';
}

function onlyOne(take: Take): Take {
  let taken = false;
  return (row) => {
    if (taken) return 'stop';
    const verdict = take(row);
    taken = verdict === 'take';
    return verdict;
  };
}
