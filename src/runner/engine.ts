// The loop: claim → dispatch → settle. One engine leads per database; the others stand by.
// Each attempt is a pipeline: resolve the handler, start the clocks, perform, normalise the outcome, settle, report.

import {
  type ClaimResult,
  type Committed,
  makeDue,
  type Nudge,
  occur,
  release,
  settle,
  type Settlement,
  type Store,
  takeLead,
} from '../store/index.ts';
import { Leadership, Wake } from '../schedule/index.ts';
import { type Performed, Pool } from '../pool/index.ts';
import {
  type Claim,
  type Clock,
  type EngineId,
  ErrandError,
  nextLook,
  type PlainError,
  type TaskDefinition,
  type TaskId,
  type TaskState,
} from '../task/index.ts';
import { Attempt } from './attempt.ts';
import { Claimer } from './claimer.ts';
import { Dispatcher } from './dispatcher.ts';
import { Hosting } from './hosting.ts';
import { onceMore } from './once-more.ts';
import { type Ending, failureToStore, PAYLOAD_LOST, settlementOf } from './settlement.ts';
import { Upkeep } from './upkeep.ts';

export interface EngineSetup {
  store: Store;
  definitions: ReadonlyMap<string, TaskDefinition>;
  clock: Clock;
  engineId: EngineId;
  defaultSize: number;
  spawn: () => Worker;
  /** The engine that this tab had before it was loaded again. */
  predecessor?: EngineId;
  /** An attempt has ended and is settled. */
  onSettled?(state: TaskState): void;
  onLead?(): void;
  /** The slow poll has looked at a commit: a nudge of it, or of one before it, may have been lost. */
  onPolled?(seq: number): void;
  /** The slots of this engine cannot be started. */
  onBroken?(): void;
}

const MOST_DUE = 200;
const RESETTLE_MS = 1_000;

export class Engine {
  readonly pool: Pool;
  readonly running = new Map<TaskId, Attempt>();
  readonly #setup: EngineSetup;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #leadership: Leadership;
  readonly #hosting: Hosting;
  readonly #claimer: Claimer;
  readonly #dispatcher: Dispatcher;
  readonly #upkeep: Upkeep;
  /** Engines that lived beside this one, or in this tab before it: if one is gone, the browser did not go with it. */
  readonly #neighbours = new Set<EngineId>();
  #wake: Wake | undefined;
  #lastJobId = 0;
  #leads = false;
  #closed = false;
  /** The commit that this engine has looked at last, with all before it: of its own it may know more, and not those between. */
  #lookedAtSeq = 0;
  readonly #lookSoon = onceMore(() => this.#look());
  #stopListening: () => void = () => undefined;

  constructor(setup: EngineSetup) {
    const { store, clock, engineId, spawn, defaultSize } = setup;
    this.#setup = setup;
    this.#store = store;
    this.#clock = clock;
    this.#leadership = new Leadership(store.database, engineId, clock);
    this.#upkeep = new Upkeep(store, clock, () => this.#leads && !this.#closed);
    if (setup.predecessor !== undefined) this.#neighbours.add(setup.predecessor);
    this.#hosting = new Hosting({
      store,
      clock,
      newJobId: () => ++this.#lastJobId,
      dispatch: () => this.#dispatcher.dispatch(),
      crash: (attempt) => this.#dispatcher.crash(attempt),
    });
    this.#claimer = new Claimer({
      store,
      clock,
      engineId,
      definitions: setup.definitions,
      running: this.running,
      slots: () => this.pool,
      queue: () => this.#dispatcher.queue,
      mayPass: (row) => this.#hosting.yieldsTo(row),
    });
    this.pool = new Pool({
      database: store.database,
      size: store.lastHead?.settings.maxConcurrent ?? defaultSize,
      clock,
      spawn,
      host: this.#hosting.surface,
      onFree: () => this.#dispatcher.dispatch(),
      onBroken: () => void this.#stepDown(),
    });
    this.#dispatcher = new Dispatcher({
      pool: this.pool,
      hosting: this.#hosting,
      pace: this.#claimer.pace,
      clock,
      settle: (...ended) => this.#settle(...ended),
      wantMore: () => this.#wantMore(),
    });
  }

  get leads(): boolean {
    return this.#leads;
  }

  /** Takes the engine's own lock and stands in line to lead. */
  async start(): Promise<void> {
    this.#store.setRider((alone) => {
      if (!this.#leads || this.#closed) return undefined;
      return this.#claimer.next(alone, (result) => this.#claimed(result));
    });
    this.#store.onCommit = (commit) => this.#committed(commit);
    this.#stopListening = this.#store.listen((nudge, isOwn) => (isOwn ? undefined : this.#nudged(nudge)));
    this.#wake = new Wake(this.#clock, { poll: () => void this.poll().catch(ignore), due: () => void this.#due() });
    await this.#meetNeighbours();
    await this.#leadership.start(
      () => void this.#lead(),
      () => {
        this.#leads = false;
      },
    );
  }

  /** Ends in an orderly way: attempts are handed back, and that counts as no death. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#leads = false;
    this.#stopListening();
    this.#upkeep.close();
    this.#wake?.close();
    this.#hosting.close();
    this.#dispatcher.close();
    this.#claimer.close();
    this.#store.setRider(undefined);
    for (const attempt of this.running.values()) attempt.abort(new ErrandError('closed').toPlain());
    this.pool.close();
    await this.#handBack();
    this.#leadership.close();
  }

  /** Its slots cannot be started, so that it can run nothing: it hands back what it claimed, and leaves the lead to others. */
  async #stepDown(): Promise<void> {
    if (!this.#leads || this.#closed) return;
    this.#leads = false;
    this.#setup.onBroken?.();
    for (const attempt of this.running.values()) this.#drop(attempt, LOST);
    await this.#handBack();
    this.#leadership.yield();
  }

  /** What never began in a slot was not interrupted, even if it must not run twice. */
  async #handBack(): Promise<void> {
    const begun = new Set(
      [...this.running.values()].filter((attempt) => attempt.begun).map((attempt) => attempt.row.id),
    );
    await this.#store.do(release(this.#setup.engineId, begun)).catch(ignore);
  }

  /** Looks whether anything has changed that no nudge told of. */
  async poll(): Promise<void> {
    await this.#look();
    this.#setup.onPolled?.(this.#lookedAtSeq);
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    const { head, claims } = await this.#store.standing();
    this.#store.lastHead = head;
    this.#lookedAtSeq = head.commitSeq;
    this.#dropLost(claims);
    this.#applySettings();
    if (!this.#leads) return this.#meetNeighbours();
    await this.#claimer.releaseUnknown(claims);
    if (head.timed > 0) void this.#due();
    this.#claimer.look();
    this.#store.kick();
  }

  async #lead(): Promise<void> {
    try {
      await this.#interruptTheDead();
    } catch {
      this.#clock.timer(() => void this.#lead(), RESETTLE_MS);
      return;
    }
    if (this.#closed || !this.#leadership.holdsLead) return;
    this.#leads = true;
    this.#upkeep.start();
    this.#setup.onLead?.();
    this.pool.grow();
    await this.#look().catch(ignore);
  }

  /** Interrupts the claims of engines whose lock is free; those that only lost the lead are watched till they end. */
  async #interruptTheDead(): Promise<void> {
    const { engineId } = this.#setup;
    const living = await this.#leadership.living();
    if (this.#closed) return;
    const fateOf = (other: EngineId) => {
      if (other === engineId || living.has(other)) return 'lives';
      return this.#neighbours.has(other) ? 'death' : 'gone';
    };
    await this.#store.do(takeLead(engineId, fateOf));
    const { claims } = await this.#store.standing();
    const others = new Set([...claims.values()].map((each) => each.engineId).filter((each) => each !== engineId));
    for (const other of others) {
      this.#neighbours.add(other);
      const then = () => (this.#leads ? this.#interruptTheDead() : undefined);
      void this.#leadership.death(other).then(then).catch(ignore);
    }
  }

  async #meetNeighbours(): Promise<void> {
    for (const other of await this.#leadership.living()) this.#neighbours.add(other);
  }

  async #due(): Promise<void> {
    if (!this.#leads) return;
    const next = await this.#store.do(makeDue(this.#clock.now(), MOST_DUE)).catch(() => Infinity);
    if (Number.isFinite(next)) this.#wake?.noLaterThan(next);
  }

  #claimed({ claimed, deposed }: ClaimResult): void {
    if (deposed) {
      this.#leads = false;
      if (this.#leadership.holdsLead) void this.#lead();
      return;
    }
    for (const { row, claim } of claimed) {
      const definition = this.#setup.definitions.get(row.type);
      if (definition === undefined) continue;
      const attempt = new Attempt(row, claim, definition, ++this.#lastJobId);
      this.running.set(row.id, attempt);
      this.#lookAtSchedule(attempt);
      if (attempt.isFirst && row.run.index === 0 && row.payloadApart === undefined) this.#dispatcher.add(attempt);
      else void this.#prepare(attempt);
    }
    this.#dispatcher.dispatch();
  }

  /** What comes due while a run is on waits for its turn, or has the run give way: by its schedule's overlap policy. */
  #lookAtSchedule(attempt: Attempt): void {
    const at = nextLook(attempt.row, this.#clock.now());
    if (!Number.isFinite(at)) return;
    const look = async () => {
      const state = await this.#store.do(occur(attempt.row, attempt.claim.token));
      if (state?.claim === undefined || attempt.over) return;
      attempt.row = state.row;
      this.#lookAtSchedule(attempt);
    };
    attempt.cancelLook = this.#clock.timer(() => void look().catch(ignore), Math.max(0, at - this.#clock.now()));
  }

  /** Reads what does not lie in the task's row: a large payload, and what earlier attempts recorded. */
  async #prepare(attempt: Attempt): Promise<void> {
    try {
      const { row } = attempt;
      if (row.payloadApart) {
        attempt.payload = await this.#store.value(row, 'payload', row.payloadRun ?? 0);
        if (attempt.payload === undefined) {
          this.#settle(attempt, { kind: 'failed', error: PAYLOAD_LOST });
          return;
        }
      }
      const steps = await this.#store.steps(row.id, row.run.stepSet);
      for (const step of steps) attempt.rows.set(step.name, step);
      attempt.steps = steps
        .filter((step) => step.kind === 'step' && step.status === 'completed')
        .map(({ name, result }) => ({ name, result }));
      this.#dispatcher.add(attempt);
      this.#dispatcher.dispatch();
    } catch (error) {
      this.#settle(attempt, {
        kind: 'failed',
        error: { ...new ErrandError('internal', String(error)).toPlain(), retryable: true },
      });
    }
  }

  #settle(attempt: Attempt, ending: Ending, log: Performed['log'] = []): void {
    if (attempt.over) return;
    attempt.over = true;
    attempt.cancelTimeout();
    attempt.cancelLook();
    attempt.stopHelpers(LOST);
    this.#hosting.ended(attempt);
    const settlement = settlementOf(attempt, ending, log, this.#clock);
    void this.#store.do(settle(settlement)).then(
      (state) => this.#settled(attempt, state),
      (error: unknown) => this.#resettle(attempt, settlement, error),
    );
  }

  #settled(attempt: Attempt, state: TaskState | undefined): void {
    this.#forget(attempt);
    if (state !== undefined) this.#setup.onSettled?.(state);
    this.#wantMore();
  }

  /** What could not be written is tried again, without its result where that did not fit on the disk. */
  #resettle(attempt: Attempt, settlement: Settlement, error: unknown): void {
    if (this.#closed) return;
    const failure = settlement.event.kind === 'succeeded' ? failureToStore(error) : undefined;
    const smaller =
      failure === undefined ? settlement : settlementOf(attempt, { kind: 'failed', error: failure }, [], this.#clock);
    this.#clock.timer(() => {
      void this.#store.do(settle(smaller)).then(
        (state) => this.#settled(attempt, state),
        (again: unknown) => this.#resettle(attempt, smaller, again),
      );
    }, RESETTLE_MS);
  }

  #wantMore(): void {
    this.#claimer.moved();
    if (this.#leads && this.#claimer.mayFindMore) this.#store.kick();
  }

  #forget(attempt: Attempt): void {
    if (this.running.get(attempt.row.id) === attempt) this.running.delete(attempt.row.id);
    this.#claimer.left(attempt.lane);
  }

  /** This engine's own commit: attempts whose claim it voided are told at once. */
  #committed({ ready, dueAt, claims, touched }: Committed): void {
    if (ready) this.#claimer.look();
    if (dueAt !== undefined && this.#leads) this.#wake?.noLaterThan(dueAt);
    if (touched === null) this.#dropLost(claims);
    else for (const id of touched) this.#dropIfLost(this.running.get(id as TaskId), claims);
    this.#applySettings();
  }

  /** Another engine's commit. */
  #nudged({ ready, dueAt, touched, seq }: Nudge): void {
    if (seq <= this.#lookedAtSeq) return;
    const concerns = touched === null || touched.some((id) => this.running.has(id as TaskId));
    if (dueAt !== undefined && this.#leads) this.#wake?.noLaterThan(dueAt);
    if (!(ready && this.#leads) && !concerns) return;
    void this.#lookSoon();
  }

  #dropLost(claims: ReadonlyMap<TaskId, Claim>): void {
    for (const attempt of this.running.values()) this.#dropIfLost(attempt, claims);
  }

  #dropIfLost(attempt: Attempt | undefined, claims: ReadonlyMap<TaskId, Claim>): void {
    if (attempt === undefined || attempt.over || claims.get(attempt.row.id)?.token === attempt.claim.token) return;
    this.#drop(attempt, CANCELLED);
  }

  #drop(attempt: Attempt, reason: PlainError): void {
    this.#hosting.ended(attempt);
    attempt.abort(reason);
    this.#forget(attempt);
  }

  #applySettings(): void {
    const size = this.#store.lastHead?.settings.maxConcurrent ?? this.#setup.defaultSize;
    if (size !== this.pool.size) this.pool.resize(size);
  }
}

const LOST = new ErrandError('claim-lost').toPlain();
const CANCELLED: PlainError = new ErrandError('cancelled').toPlain();

function ignore(): void {
  // The next poll covers it.
}
