// Which waiting attempt gets which slot. Quick attempts travel in turns of several, because a message costs more than
// they do; a turn that is not as quick as it was thought to be gives back what it has not begun.

import { type Performed, type Pool, type Slot, SlotDied, type Turn } from '../pool/index.ts';
import { type Clock, ErrandError, inSeconds, type TaskError } from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { watchForSilence } from './heartbeat.ts';
import type { Hosting } from './hosting.ts';
import type { Pace } from './pace.ts';
import type { Ending } from './settlement.ts';

export interface DispatcherSetup {
  pool: Pool;
  hosting: Hosting;
  pace: Pace;
  clock: Clock;
  /** An attempt has ended, one way or the other. */
  settle: (attempt: Attempt, ending: Ending, log?: Performed['log']) => void;
  /** Slots may be left without work. */
  wantMore: () => void;
}

/** A turn of quick attempts that has not ended by then is recalled. */
const RECALL_MS = 250;
/** A slot that does not answer a recall by then is stuck in one of them. */
const STUCK_MS = 1_000;

export class Dispatcher {
  readonly #setup: DispatcherSetup;
  #queue: Attempt[] = [];
  #closed = false;
  /** Tasks that were in a turn that broke: they travel alone from now on. */
  readonly #lonely = new Set<string>();

  constructor(setup: DispatcherSetup) {
    this.#setup = setup;
  }

  /** The claimed attempts that wait for a slot. */
  get queue(): readonly Attempt[] {
    return this.#queue;
  }

  /** Whether there is more to do for the slot of one that has ended, and nothing that its end would let begin is limited. */
  hasMoreThan({ definition, row, claim }: Attempt): boolean {
    if (definition.effects === 'once' || claim.alone === true) return false;
    if (definition.concurrency !== undefined || row.concurrencyKey !== undefined) return false;
    return this.#queue.length > 0;
  }

  add(attempt: Attempt): void {
    if (attempt.row.urgent === true) this.#queue.unshift(attempt);
    else this.#queue.push(attempt);
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
  }

  /** Gives work to every slot that has none: items of maps and waiting attempts, the oldest and most urgent first. */
  dispatch(): void {
    if (this.#closed) return;
    const { pool, hosting } = this.#setup;
    pool.settled();
    hosting.lendOwnSlots();
    while (this.#queue.length > 0 || hosting.wantsSlots) {
      const slot = pool.free();
      if (slot === undefined) break;
      const next = this.#queue[0];
      if (next?.over === true) this.#queue.shift();
      else if (next !== undefined && hosting.yieldsTo(next.row)) this.#start(this.#nextTurn(next), slot);
      else hosting.lend(slot);
    }
    this.#setup.wantMore();
  }

  /** A slot died on an attempt: it is interrupted, wherever else it was being worked on. */
  crash(attempt: Attempt): void {
    if (attempt.over) return;
    this.#setup.settle(attempt, { kind: 'died' });
    attempt.abort(LOST);
  }

  /** The first attempt of the queue; if it is quick, with more of its kind: a fair share of them for each slot. */
  #nextTurn(first: Attempt): Attempt[] {
    const share = Math.ceil(this.#queue.length / this.#setup.pool.size);
    let count = 1;
    if (this.#travelsWithOthers(first)) {
      while (count < share && this.#travelsWithOthers(this.#queue[count])) count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #travelsWithOthers(attempt: Attempt | undefined): boolean {
    if (attempt === undefined || attempt.over || attempt.claim.alone === true || this.#lonely.has(attempt.row.id))
      return false;
    const { definition, row } = attempt;
    const isTimed = (row.timeoutMs ?? definition.timeoutMs ?? definition.heartbeatMs) !== undefined;
    return !isTimed && definition.effects !== 'once' && this.#setup.pace.isQuick(row.type);
  }

  #start(attempts: readonly Attempt[], slot: Slot): void {
    for (const attempt of attempts) {
      attempt.slot = slot;
      attempt.begun = true;
      this.#setup.hosting.began(attempt);
      this.#startClock(attempt);
    }
    const settled = attempts.length > 1 ? this.#recallLate(attempts, slot) : ignore;
    slot
      .perform(attempts.map((attempt) => attempt.job))
      .finally(settled)
      .then(
        (turn) => {
          this.#turned(attempts, slot, turn);
        },
        (reason: unknown) => {
          this.#broken(attempts, reason);
        },
      );
  }

  #startClock(attempt: Attempt): void {
    const timeoutMs = attempt.row.timeoutMs ?? attempt.definition.timeoutMs;
    const { heartbeatMs } = attempt.definition;
    if (timeoutMs === undefined && heartbeatMs === undefined) return;
    const { clock } = this.#setup;
    const end = (code: 'timeout' | 'heartbeat-timeout', message: string) => {
      const error = new ErrandError(code, message).toPlain();
      this.#setup.settle(attempt, { kind: 'failed', error: { ...error, retryable: true } });
      attempt.abort(error);
    };
    const cancels: (() => void)[] = [];
    if (timeoutMs !== undefined) {
      const late = () => {
        end('timeout', `The attempt took longer than its timeout of ${inSeconds(timeoutMs)}.`);
      };
      cancels.push(clock.timer(late, timeoutMs));
    }
    if (heartbeatMs !== undefined) {
      const silent = () => {
        end('heartbeat-timeout', `The handler sent no heartbeat for ${inSeconds(heartbeatMs)}.`);
      };
      cancels.push(watchForSilence(attempt, heartbeatMs, clock, silent));
    }
    attempt.cancelTimeout = () => {
      for (const cancel of cancels) cancel();
    };
  }

  #recallLate(attempts: readonly Attempt[], slot: Slot): () => void {
    const { clock } = this.#setup;
    let cancel = clock.timer(() => {
      slot.recall();
      cancel = clock.timer(() => {
        this.#release(attempts);
        slot.end();
      }, STUCK_MS);
    }, RECALL_MS);
    return () => {
      cancel();
    };
  }

  /** What a turn has brought: some attempts done, one perhaps still running, others not begun. */
  #turned(attempts: readonly Attempt[], slot: Slot, { performed, running }: Turn): void {
    attempts.forEach((attempt, i) => {
      const done = performed[i];
      if (done !== undefined) this.#performed(attempt, done);
      else if (attempt.jobId === running) this.#goOn(attempt, slot);
    });
    this.#takeBack(attempts.slice(performed.length).filter((attempt) => attempt.jobId !== running));
    this.#done();
  }

  #performed(attempt: Attempt, { outcome, log, progress, startedAt, durationMs }: Performed): void {
    if (progress !== undefined) attempt.said(progress);
    attempt.startedAt = startedAt;
    this.#lonely.delete(attempt.row.id);
    this.#setup.pace.took(attempt.row.type, durationMs);
    this.#setup.settle(attempt, outcome, log);
  }

  #goOn(attempt: Attempt, slot: Slot): void {
    this.#setup.pace.slow(attempt.row.type);
    slot.rest(attempt.jobId).then(
      (performed) => {
        this.#performed(attempt, performed);
        this.#done();
      },
      (reason: unknown) => {
        this.#broken([attempt], reason);
      },
    );
  }

  /** To the front of the queue, in their order. */
  #takeBack(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      this.#setup.hosting.ended(attempt);
      attempt.slot = undefined;
    }
    this.#queue.unshift(...attempts);
  }

  /** The slot died, or an answer could not be sent. With several in the turn nobody knows whose fault it was: each is tried alone. */
  #broken(attempts: readonly Attempt[], reason: unknown): void {
    const [first] = attempts;
    if (attempts.length > 1) {
      this.#release(attempts);
    } else if (first !== undefined && reason instanceof SlotDied) this.crash(first);
    else if (first !== undefined) this.#setup.settle(first, { kind: 'failed', error: UNCLONEABLE });
    this.#done();
  }

  /** Hands them back at no cost: each is claimed again, with what it recorded, and travels alone. */
  #release(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      if (attempt.over) continue;
      this.#setup.pace.slow(attempt.row.type);
      this.#lonely.add(attempt.row.id);
      this.#setup.settle(attempt, { kind: 'released' });
      attempt.abort(LOST);
    }
  }

  #done(): void {
    this.#setup.pool.settled();
    this.dispatch();
  }
}

const LOST = new ErrandError('claim-lost').toPlain();
const UNCLONEABLE: TaskError = { ...new ErrandError('result-not-cloneable').toPlain(), retryable: false };

function ignore(): void {
  // A turn of one takes as long as it takes.
}
