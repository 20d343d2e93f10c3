// What the engine claims next: how many, from which lanes, and when it is the suspects' turn.

import {
  claim,
  type ClaimRequest,
  type ClaimResult,
  type Entry,
  Positions,
  releaseUnknown,
  type Store,
} from '../store/index.ts';
import { type Claim, type Clock, type EngineId, parseLane, type TaskDefinition, type TaskRow } from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { Drain } from './drain.ts';
import { Pace } from './pace.ts';

/** What the claimer looks at before it claims. */
export interface ClaimerSetup {
  store: Store;
  clock: Clock;
  engineId: EngineId;
  definitions: ReadonlyMap<string, TaskDefinition>;
  running: ReadonlyMap<string, Attempt>;
  /** The slots wanted, and those of them that have no attempt. */
  slots: () => { size: number; room: number };
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
  readonly #drain: Drain;

  constructor(setup: ClaimerSetup) {
    this.#setup = setup;
    this.#drain = new Drain(setup.clock, () => {
      this.moved();
      setup.store.kick();
    });
  }

  /** Something became ready, or may have. */
  look(): void {
    this.#exhausted = false;
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
    if (this.#mustWaitForSuspects()) return undefined;
    const lanes = this.#exhausted ? [] : this.#openLanes();
    if (alone && (lanes.length === 0 || this.#idle)) return undefined;
    const moves = this.#moves;
    const { engineId, running, queue, slots } = this.#setup;
    const { size, room } = slots();
    const queued = queue().map((attempt) => attempt.row.type);
    const budget = this.pace.budget(size, room, queued, running.size);
    const most = budget.most([...lanes, ...queued]);
    if (most === 0) return undefined;
    const suspects = lanes[0] !== undefined && parseLane(lanes[0]).alone;
    const take = this.#taker((type, once) => budget.take(type, once));
    const request = suspects ? { lanes, most: 1, take: onlyOne(take) } : { lanes, most, take };
    return {
      operation: claim({ ...request, engineId, alone: suspects, once: (row) => this.#isOnce(row) }, this.#positions),
      resolve: (result) => {
        this.#note(result, suspects);
        const idle = result.claimed.length === 0 && result.doubted === 0 && moves === this.#moves;
        claimed(result);
        this.#idle = idle;
      },
      reject: ignore,
    };
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

  #note({ claimed, exhausted }: ClaimResult, suspects: boolean): void {
    // Whoever looked for suspects did not look at the others, nor the other way round.
    this.#exhausted = exhausted && !suspects && !this.#suspectsWait();
    for (const { row } of claimed) this.#positions.advance(row);
  }

  #taker(take: (type: string, once: boolean) => boolean): Take {
    return (row) => {
      const definition = this.#setup.definitions.get(row.type);
      if (definition === undefined || definition.version < row.typeVersion) return 'leave';
      if (!this.#setup.mayPass(row)) return 'stop';
      return take(row.type, this.#isOnce(row)) ? 'take' : 'stop';
    };
  }

  /** The lanes where unclaimed tasks stand that this engine can run, as far as it knows. A suspect's is alone, once nothing runs. */
  #openLanes(): string[] {
    const open: string[] = [];
    for (const [lane, standing] of this.#lanes()) {
      if (standing <= this.#positions.taken(lane)) continue;
      const { alone } = parseLane(lane);
      if (!this.#serves(lane)) continue;
      if (!alone) open.push(lane);
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

  /** Suspects of a type that nobody serves here wait for their handler, and hold nobody up. */
  #isOurSuspects(lane: string): boolean {
    return parseLane(lane).alone && this.#serves(lane);
  }

  /** A task of a newer version than this engine knows waits for its handler. */
  #serves(lane: string): boolean {
    const { type, version } = parseLane(lane);
    return (this.#setup.definitions.get(type)?.version ?? 0) >= version;
  }

  #lanes(): ReadonlyMap<string, number> {
    return this.#setup.store.lastHead?.lanes ?? NONE;
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

function onlyOne(take: Take): Take {
  let taken = false;
  return (row) => {
    if (taken) return 'stop';
    const verdict = take(row);
    taken = verdict === 'take';
    return verdict;
  };
}

function ignore(): void {
  // The engine asks again after the next commit or poll.
}
