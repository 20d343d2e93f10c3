// The loop: claim → dispatch → settle. One engine leads per database; the others stand by.
// Each attempt is a pipeline: resolve the handler, start the clocks, perform, normalise the outcome, settle, report.

import {
  type ClaimResult,
  type Committed,
  type Inserted,
  type Nudge,
  release,
  type Store,
  trigger,
} from '../store/index.ts';
import { Leadership, triggeredBy, Wake } from '../schedule/index.ts';
import { Pool, type Thread } from '../pool/index.ts';
import {
  type Claim,
  type Clock,
  type EngineId,
  type EnqueueRequest,
  ErrandError,
  type PlainError,
  type Signals,
  type TaskDefinition,
  type TaskId,
  type TaskState,
} from '../task/index.ts';
import { Attempt } from './attempt.ts';
import { Claimer } from './claimer.ts';
import { Dispatcher } from './dispatcher.ts';
import { Gate } from './gate.ts';
import { Hosting } from './hosting.ts';
import { Lookout, unmetAmong } from './lookout.ts';
import { lookAtSchedule, watchSchedule } from './occurrences.ts';
import { onceMore } from './once-more.ts';
import { Neighbours } from './neighbours.ts';
import { isPrepared, prepare } from './prepare.ts';
import { Running } from './running.ts';
import { Settler } from './settler.ts';
import { StepPauses } from './step-pauses.ts';
import { Upkeep } from './upkeep.ts';

export interface EngineSetup {
  store: Store;
  definitions: ReadonlyMap<string, TaskDefinition>;
  clock: Clock;
  engineId: EngineId;
  defaultSize: number;
  spawn: () => Thread;
  /** It leads only while it is told to: a service worker's, which lives by the event. Default false. */
  standsBy?: boolean;
  /** Takes in a task that a handler makes as a part of its own. */
  enqueueChild: (request: EnqueueRequest) => Promise<Inserted>;
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

const RESETTLE_MS = 1_000;

export class Engine {
  readonly pool: Pool;
  readonly running = new Running();
  readonly lookout: Lookout;
  readonly gate: Gate;
  readonly #setup: EngineSetup;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly leadership: Leadership;
  readonly #hosting: Hosting;
  readonly claimer: Claimer;
  readonly #dispatcher: Dispatcher;
  readonly #settler: Settler;
  readonly #upkeep: Upkeep;
  readonly #stepPauses = new StepPauses();
  readonly neighbours: Neighbours;
  #wake: Wake | undefined;
  #lastJobId = 0;
  #leads = false;
  #closed = false;
  /** The commit that this engine has looked at last, with all before it: of its own it may know more, and not those between. */
  #lookedAtSeq = 0;
  readonly #lookSoon = onceMore(() => this.#look());
  #stopListening: () => void = () => undefined;
  #stopSeeking: (() => void) | undefined;

  constructor(setup: EngineSetup) {
    const { store, clock, engineId, spawn, defaultSize } = setup;
    this.#setup = setup;
    this.#store = store;
    this.#clock = clock;
    this.leadership = new Leadership(store.database, engineId, clock);
    this.neighbours = new Neighbours(store, this.leadership, engineId, setup.predecessor);
    this.#hosting = new Hosting({
      store,
      clock,
      newJobId: () => ++this.#lastJobId,
      dispatch: () => this.#dispatcher.dispatch(),
      crash: (attempt) => this.#dispatcher.crash(attempt),
      enqueueChild: setup.enqueueChild,
    });
    this.lookout = new Lookout({
      database: store.database,
      clock,
      engineId,
      leadership: this.leadership,
      changed: (before, after) => this.#sighted(before, after),
    });
    this.gate = new Gate({
      clock,
      definitions: setup.definitions,
      head: () => store.lastHead,
      device: this.lookout.device,
      running: (type) => this.running.ofType(type) + this.neighbours.running(type),
      needsPage: ({ runsIn }) => setup.standsBy === true && !runsIn.includes('service-worker') && this.#isPageless,
    });
    this.#upkeep = new Upkeep({ store, clock, leads: () => this.#leads, wakeAt: (at) => this.#wakeAt(at) });
    this.#settler = new Settler({
      store,
      clock,
      ended: (attempt) => this.#hosting.ended(attempt),
      mayWait: (attempt) => this.#dispatcher.hasMoreThan(attempt),
      settled: (attempt, state) => this.#settled(attempt, state),
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
    this.claimer = new Claimer({
      store,
      clock,
      engineId,
      definitions: setup.definitions,
      gate: this.gate,
      running: this.running,
      pool: this.pool,
      queue: () => this.#dispatcher.queue,
      mayPass: (row) => this.#hosting.yieldsTo(row),
    });
    this.#dispatcher = new Dispatcher({
      pool: this.pool,
      hosting: this.#hosting,
      pace: this.claimer.pace,
      clock,
      settle: (...ended) => this.#settler.settle(...ended),
      wantMore: () => this.#wantMore(),
    });
  }

  get leads(): boolean {
    return this.#leads;
  }

  /** As far as an engine knows that is no page's: those that live beside it are. */
  get #isPageless(): boolean {
    return this.#leads || !this.neighbours.areThere;
  }

  /** Takes the engine's own lock and, unless it stands by, its place in the line of those that would lead. */
  async start(): Promise<void> {
    this.#store.setRider((alone) => {
      if (!this.#leads || this.#closed) return undefined;
      return this.claimer.next(alone, (result) => this.#claimed(result));
    });
    this.#store.onCommit = (commit) => this.#committed(commit);
    this.#stopListening = this.#store.listen((nudge, isOwn) => (isOwn ? undefined : this.#nudged(nudge)));
    this.#wake = new Wake(this.#clock, { poll: () => void this.poll().catch(ignore), due: () => void this.#due() });
    await Promise.all([this.neighbours.meet(), this.leadership.start()]);
    if (this.#setup.standsBy !== true) this.seekLead();
  }

  /** Stands in line to lead. */
  seekLead(): void {
    this.#stopSeeking ??= this.leadership.seek(
      () => void this.#lead(),
      () => {
        this.#leads = false;
      },
    );
  }

  /** Claims no more, lets what runs end for so long, hands back the rest at no cost, and leaves the lead; it stands by. */
  async stepAside(graceMs: number): Promise<void> {
    this.#leads = false;
    await this.running.ended(this.#clock, graceMs);
    for (const attempt of this.running.values()) this.#drop(attempt, LOST);
    await this.#handBack();
    this.#stopSeeking?.();
    this.#stopSeeking = undefined;
  }

  /** Ends in an orderly way: attempts are handed back, and that counts as no death. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#leads = false;
    this.#stopListening();
    this.#wake?.close();
    this.#hosting.close();
    this.#dispatcher.close();
    this.claimer.close();
    this.#settler.close();
    this.#upkeep.close();
    this.lookout.device.close();
    this.#store.setRider(undefined);
    for (const attempt of this.running.values()) attempt.abort(new ErrandError('closed').toPlain());
    this.pool.close();
    await this.#handBack();
    this.leadership.close();
  }

  /** Its slots cannot be started, so that it can run nothing: it hands back what it claimed, and leaves the lead to others. */
  async #stepDown(): Promise<void> {
    if (!this.#leads || this.#closed) return;
    this.#leads = false;
    this.#setup.onBroken?.();
    for (const attempt of this.running.values()) this.#drop(attempt, LOST);
    await this.#handBack();
    this.leadership.yield();
  }

  /** What never began in a slot was not interrupted, even if it must not run twice. */
  async #handBack(): Promise<void> {
    await this.#store.do(release(this.#setup.engineId, this.running.begun)).catch(ignore);
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
    if (!this.#leads) return this.neighbours.meet();
    await this.claimer.releaseUnknown(claims);
    this.#stopUnmet();
    void this.#due();
  }

  async #lead(): Promise<void> {
    try {
      await this.neighbours.succeed(() => !this.#closed && this.leadership.holdsLead);
    } catch {
      this.#clock.timer(() => void this.#lead(), RESETTLE_MS);
      return;
    }
    if (this.#closed || !this.leadership.holdsLead) return;
    this.#leads = true;
    this.#upkeep.begin();
    this.#setup.onLead?.();
    this.pool.growSoon();
    await this.#look().catch(ignore);
  }

  /** A time has come: tasks may be due, and lanes may be open again. */
  async #due(): Promise<void> {
    await this.#upkeep.look();
    if (!this.#leads) return;
    this.claimer.look();
    this.#store.kick();
  }

  #wakeAt(at: number): void {
    if (this.#leads && Number.isFinite(at)) this.#wake?.noLaterThan(at);
  }

  #claimed({ claimed, deposed }: ClaimResult): void {
    if (deposed) {
      this.#leads = false;
      if (this.leadership.holdsLead) void this.#lead();
      return;
    }
    for (const { row, claim } of claimed) {
      const definition = this.#setup.definitions.get(row.type);
      if (definition === undefined) continue;
      const attempt = new Attempt(row, claim, definition, ++this.#lastJobId);
      this.running.set(row.id, attempt);
      watchSchedule(this.#store, this.#clock, attempt);
      attempt.pausedSteps = this.#stepPauses.of(row, this.#clock.now());
      if (isPrepared(attempt)) this.#dispatcher.add(attempt);
      else void this.#prepare(attempt);
    }
    this.#applySettings();
    this.#dispatcher.dispatch();
    this.#wakeAt(this.gate.opensAt);
  }

  async #prepare(attempt: Attempt): Promise<void> {
    const error = await prepare(this.#store, attempt);
    if (error === undefined) this.#dispatcher.add(attempt);
    else this.#settler.settle(attempt, { kind: 'failed', error });
    this.#dispatcher.dispatch();
  }

  #settled(attempt: Attempt, state: TaskState | undefined): void {
    this.#forget(attempt);
    if (state !== undefined) this.#setup.onSettled?.(state);
    this.#wantMore();
  }

  #wantMore(): void {
    this.claimer.moved();
    if (this.#leads && this.claimer.mayFindMore) this.#store.kick();
  }

  #forget(attempt: Attempt): void {
    if (this.running.get(attempt.row.id) === attempt) this.running.delete(attempt.row.id);
    this.claimer.left(attempt.lane);
    if (attempt.row.urgent === true) this.#applySettings();
  }

  /** This engine's own commit: attempts whose claim it voided are told at once. */
  #committed({ ready, dueAt, claims, touched }: Committed): void {
    if (ready) this.claimer.look();
    this.#wakeAt(dueAt ?? Infinity);
    if (touched === null) this.#dropLost(claims);
    else for (const id of touched) this.#dropIfLost(this.running.get(id as TaskId), claims);
    this.#applySettings();
  }

  /** Another engine's commit. */
  #nudged({ ready, dueAt, touched, seq }: Nudge): void {
    if (seq <= this.#lookedAtSeq) return;
    const concerns = touched === null || touched.some((id) => this.running.has(id as TaskId));
    this.#wakeAt(dueAt ?? Infinity);
    if (!(ready && this.#leads) && !concerns) return;
    void this.#lookSoon();
  }

  #dropLost(claims: ReadonlyMap<TaskId, Claim>): void {
    for (const attempt of this.running.values()) this.#dropIfLost(attempt, claims);
  }

  #dropIfLost(attempt: Attempt | undefined, claims: ReadonlyMap<TaskId, Claim>): void {
    if (attempt === undefined || attempt.over) return;
    const claim = claims.get(attempt.row.id);
    if (claim?.token !== attempt.claim.token) this.#drop(attempt, CANCELLED);
    else if (claim.triggers !== undefined) void lookAtSchedule(this.#store, this.#clock, attempt).catch(ignore);
  }

  /** What was known of the device has changed. */
  #sighted(before: Signals, after: Signals): void {
    if (!this.#leads || this.#closed) return;
    for (const what of triggeredBy(before, after)) void this.#store.do(trigger(what)).catch(ignore);
    this.#stopUnmet();
    this.claimer.look();
    this.#store.kick();
  }

  /** Hands back what a constraint has gone from under: that costs no attempt. */
  #stopUnmet(): void {
    for (const attempt of unmetAmong(this.running.values(), this.gate)) {
      this.#settler.settle(attempt, { kind: 'released' });
      attempt.abort(UNMET);
    }
  }

  #drop(attempt: Attempt, reason: PlainError): void {
    this.#hosting.ended(attempt);
    attempt.abort(reason);
    this.#forget(attempt);
  }

  #applySettings(): void {
    const { settings, rules } = this.#store.lastHead ?? {};
    this.lookout.override(settings?.signals);
    this.#stepPauses.take(rules, this.running.values(), this.#clock.now());
    this.#upkeep.retain();
    // What goes before all others gets a slot of its own.
    const size = (settings?.maxConcurrent ?? this.#setup.defaultSize) + this.running.urgent;
    if (size !== this.pool.size) this.pool.resize(size);
  }
}

const LOST = new ErrandError('claim-lost').toPlain();
const UNMET = new ErrandError(
  'claim-lost',
  'A constraint of this task is no longer met. It continues when it is.',
).toPlain();
const CANCELLED: PlainError = new ErrandError('cancelled').toPlain();

function ignore(): void {
  // The next poll covers it.
}
