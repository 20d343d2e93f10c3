// What the engine does for running attempts: it records their steps, keeps their files and log, and lends the items
// of their maps to every free slot.

import {
  type ChildRequest,
  type HandedFile,
  type HostSurface,
  type ItemsOutcome,
  type MapRequest,
  type Reply,
  type SendRequest,
  type Slot,
  SlotDied,
  type StepReport,
} from '../pool/index.ts';
import {
  type Inserted,
  recordArtifact,
  recordChunk,
  recordLog,
  recordProgress,
  recordStep,
  sendAsStep,
  type StepRow,
  type Store,
} from '../store/index.ts';
import {
  checkTaskId,
  childIdOf,
  type Clock,
  type EnqueueRequest,
  ErrandError,
  type FileRef,
  idMaker,
  MOST_BYTES,
  type PlainError,
  plainError,
  type Progress,
  type TaskError,
  type TaskId,
  type TaskRow,
  weigh,
} from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { ItemsMap, type Lease } from './items-map.ts';
import { logRow } from './settlement.ts';

const PROGRESS_MS = 250;

interface Lending {
  attempt: Attempt;
  map: ItemsMap;
}

export interface HostingSetup {
  store: Store;
  clock: Clock;
  newJobId(): number;
  /** A slot may have become free, or wanted. */
  dispatch(): void;
  /** A slot died while it worked on this attempt's items. */
  crash(attempt: Attempt): void;
  /** Takes in a task that a handler makes as a part of its own. */
  enqueueChild(request: EnqueueRequest): Promise<Inserted>;
}

export class Hosting {
  readonly surface: HostSurface;
  readonly #setup: HostingSetup;
  readonly #store: Store;
  readonly #jobs = new Map<number, Attempt>();
  readonly #lendings = new Set<Lending>();
  readonly #newFileId: () => string;
  readonly #unreported = new Set<Attempt>();
  #reporting: (() => void) | undefined;

  constructor(setup: HostingSetup) {
    this.#setup = setup;
    this.#store = setup.store;
    this.#newFileId = idMaker(setup.clock);
    this.surface = {
      progress: (jobId, percent, message) => {
        this.#progress(jobId, message === undefined ? { percent } : { percent, message });
      },
      heartbeat: (jobId) => {
        this.#jobs.get(jobId)?.beat(this.#setup.clock);
      },
      log: (jobId, lines) =>
        this.#for(jobId, (attempt) => this.#store.do(recordLog(attempt.holder, logRow(attempt, lines)))),
      step: (jobId, step) => this.#for(jobId, (attempt) => this.#step(attempt, step)),
      map: (jobId, request) => this.#for(jobId, (attempt) => this.#map(attempt, request)),
      sendEvent: (jobId, request) => this.#for(jobId, (attempt) => this.#sendEvent(attempt, request)),
      child: (jobId, request) => this.#for(jobId, (attempt) => this.#child(attempt, request)),
      artifact: (jobId, file) => this.#for(jobId, (attempt) => this.#artifact(attempt, file)),
      open: (jobId, file) => this.#for(jobId, () => this.#store.openFile(file)),
    };
  }

  began(attempt: Attempt): void {
    this.#jobs.set(attempt.jobId, attempt);
  }

  ended(attempt: Attempt): void {
    this.#jobs.delete(attempt.jobId);
    for (const { jobId } of attempt.helpers) this.#jobs.delete(jobId);
    for (const lending of this.#lendings) if (lending.attempt === attempt) this.#lendings.delete(lending);
    this.#unreported.delete(attempt);
  }

  close(): void {
    this.#reporting?.();
    this.#lendings.clear();
  }

  /** Whether items wait for slots. */
  get wantsSlots(): boolean {
    return this.#most() !== undefined;
  }

  /** Whether a task goes before every item that waits: it is more urgent, or as urgent and older. */
  yieldsTo(row: TaskRow): boolean {
    const first = this.#most()?.attempt.row;
    if (row.urgent === true) return true;
    return first === undefined || row.rank < first.rank || (row.rank === first.rank && row.createdAt < first.createdAt);
  }

  /** An attempt that waits for its own map lends its slot to it. */
  lendOwnSlots(): void {
    for (const lending of this.#lendings) {
      const { slot } = lending.attempt;
      if (slot !== undefined && slot.state !== 'dead' && slot.job !== undefined && slot.items === undefined)
        this.#lend(lending, slot);
    }
  }

  /** Gives a free slot the items that are first in line. */
  lend(slot: Slot): void {
    const lending = this.#most();
    if (lending !== undefined) this.#lend(lending, slot);
  }

  #most(): Lending | undefined {
    let first: Lending | undefined;
    for (const lending of this.#lendings) {
      if (!lending.map.hasMore) continue;
      if (first === undefined || isBefore(lending.attempt.row, first.attempt.row)) first = lending;
    }
    return first;
  }

  #lend({ attempt, map }: Lending, slot: Slot): void {
    const lease = map.lease();
    if (lease === undefined) return;
    const jobId = this.#setup.newJobId();
    const helper = { slot, jobId };
    attempt.helpers.add(helper);
    this.#jobs.set(jobId, attempt);
    const { id: taskId, type } = attempt.row;
    const { handler, options } = map;
    const items = map.items.slice(lease.from, lease.from + lease.count);
    const back = () => {
      attempt.helpers.delete(helper);
      this.#jobs.delete(jobId);
    };
    slot.performItems({ jobId, taskId, type, handler, from: lease.from, items, options }).then(
      (outcome) => {
        back();
        this.#returned(attempt, map, lease, outcome);
      },
      (reason: unknown) => {
        back();
        if (reason instanceof SlotDied) this.#setup.crash(attempt);
        else map.fail(UNCLONEABLE);
        this.#setup.dispatch();
      },
    );
  }

  #returned(attempt: Attempt, map: ItemsMap, lease: Lease, { results, error, durationMs }: ItemsOutcome): void {
    map.returned(lease, durationMs);
    attempt.beat(this.#setup.clock);
    if (!attempt.over) void this.#recordChunk(attempt, map, lease.from, results, error);
    this.#setup.dispatch();
  }

  /** What was done before an item failed is kept, too. */
  async #recordChunk(
    attempt: Attempt,
    map: ItemsMap,
    from: number,
    results: unknown[],
    error: PlainError | undefined,
  ): Promise<void> {
    try {
      if (results.length > 0) {
        const { id: taskId, run } = attempt.row;
        const chunk = { taskId, stepSet: run.stepSet, name: map.name, from, results };
        const recorded = recordChunk(attempt.holder, chunk, map.progressWith(results.length));
        this.#recorded(attempt, await this.#store.do(recorded));
        map.recorded(from, results);
      }
      if (error !== undefined) map.fail(error);
    } catch (thrown) {
      map.fail(plainError(thrown));
    }
  }

  async #step(attempt: Attempt, report: StepReport): Promise<void> {
    const { name, seq, kind = 'step', status, startedAt, tries, result, error } = report;
    const before = attempt.rows.get(name);
    const row = attempt.newStep({ name, seq, kind, startedAt });
    if (before?.until !== undefined) row.until = before.until;
    row.status = status;
    row.tries = [...(before?.tries ?? []), ...tries];
    row.completedAt = this.#setup.clock.now();
    if (result !== undefined) row.result = result;
    if (error !== undefined) row.error = error;
    await this.#recordStep(attempt, row);
  }

  async #recordStep(attempt: Attempt, step: StepRow): Promise<void> {
    attempt.rows.set(step.name, step);
    this.#recorded(attempt, await this.#store.do(recordStep(attempt.holder, step)));
  }

  /** Something recorded clears a suspect: others may run beside it. */
  #recorded(attempt: Attempt, row: TaskRow): void {
    const { isAlone } = attempt;
    attempt.row = row;
    if (isAlone && !attempt.isAlone) this.#setup.dispatch();
  }

  async #map(attempt: Attempt, { name, seq, handler, items, options }: MapRequest): Promise<unknown[]> {
    const { id: taskId, run } = attempt.row;
    const map = new ItemsMap(name, handler, items, options);
    if (!attempt.isFirst) {
      for (const chunk of await this.#store.chunks(taskId, run.stepSet, name)) map.resume(chunk.from, chunk.results);
    }
    const step = attempt.newStep({ name, seq, kind: 'map', startedAt: this.#setup.clock.now() });
    step.total = items.length;
    await this.#recordStep(attempt, step);
    if (attempt.over) throw new ErrandError('claim-lost');
    const lending = { attempt, map };
    attempt.maps.set(name, map);
    this.#lendings.add(lending);
    this.#setup.dispatch();
    const error = await map.ended;
    this.#lendings.delete(lending);
    if (error !== undefined) throw new MapFailed(error);
    const completedAt = this.#setup.clock.now();
    const tries = [{ status: 'completed' as const, startedAt: step.startedAt, completedAt }];
    await this.#recordStep(attempt, { ...step, status: 'completed', completedAt, tries });
    return map.results;
  }

  async #sendEvent(attempt: Attempt, { name, seq, startedAt, event, payload, to }: SendRequest): Promise<number> {
    if (weigh(payload, MOST_BYTES + 1) > MOST_BYTES)
      throw new ErrandError('payload-too-large', undefined, { field: 'payload', mostBytes: MOST_BYTES });
    const completedAt = this.#setup.clock.now();
    const tries = [{ status: 'completed' as const, startedAt, completedAt }];
    const step = { ...attempt.newStep({ name, seq, kind: 'step', startedAt }), tries };
    const sent = to === undefined ? { event, payload } : { event, payload, to: checkTaskId(to, 'to') };
    const { row, reached } = await this.#store.do(sendAsStep(attempt.holder, step, sent));
    this.#recorded(attempt, row);
    return reached;
  }

  /** The same for the same place, however often it is asked for: its id says where it comes from. */
  async #child(attempt: Attempt, { name, nth, type, payload, options }: ChildRequest): Promise<{ id: string }> {
    const { id: parentId, workspace, creator, run } = attempt.row;
    const id = childIdOf(parentId, run.stepSet, name, nth);
    const { row } = await this.#setup.enqueueChild({ workspace, ...options, type, payload, id, parentId, creator });
    return { id: row.id };
  }

  async #artifact(attempt: Attempt, file: HandedFile): Promise<FileRef> {
    const now = this.#setup.clock.now();
    const { name, type } = file;
    const id = 'id' in file ? file.id : this.#newFileId();
    const written = 'id' in file ? { size: file.size } : await this.#store.writeFile(id, file.content);
    const ref = { id, name, type, size: written.size, lastModified: now };
    const row = { ...ref, taskId: attempt.row.id, role: 'artifact' as const, createdAt: now };
    const replaced = await this.#store.do(
      recordArtifact(attempt.holder, 'data' in written ? { ...row, data: written.data } : row),
    );
    await this.#store.files.delete(replaced.filter((each) => each !== id));
    return { $type: 'file', ...ref };
  }

  #progress(jobId: number, progress: Progress): void {
    const attempt = this.#jobs.get(jobId);
    if (attempt === undefined) return;
    attempt.said(progress);
    attempt.beat(this.#setup.clock);
    this.#unreported.add(attempt);
    this.#reporting ??= this.#setup.clock.timer(() => {
      this.#reporting = undefined;
      void this.#report().catch(() => undefined);
    }, PROGRESS_MS);
  }

  async #report(): Promise<void> {
    const reports: { taskId: TaskId; token: Attempt['claim']['token']; progress: Progress }[] = [];
    for (const attempt of this.#unreported) {
      const { row, claim, progress } = attempt;
      if (progress !== undefined) reports.push({ taskId: row.id, token: claim.token, progress });
      attempt.progressReported = true;
    }
    this.#unreported.clear();
    if (reports.length > 0) await this.#store.do(recordProgress(reports));
  }

  /** Answers a slot's call for its job; what goes wrong travels as plain data. */
  async #for<T>(jobId: number, answer: (attempt: Attempt) => Promise<T>): Promise<Reply<T>> {
    const attempt = this.#jobs.get(jobId);
    if (attempt === undefined || attempt.over) return { ok: false, error: new ErrandError('claim-lost').toPlain() };
    attempt.beat(this.#setup.clock);
    try {
      return { ok: true, value: await answer(attempt) };
    } catch (thrown) {
      return { ok: false, error: thrown instanceof MapFailed ? thrown.error : plainError(thrown) };
    }
  }
}

const UNCLONEABLE: TaskError = { ...new ErrandError('result-not-cloneable').toPlain(), retryable: false };

/** Carries an item's error, with its verdict on retrying, to the handler that called `map`. */
class MapFailed extends Error {
  readonly error: PlainError;

  constructor(error: PlainError) {
    super(error.message);
    this.error = error;
  }
}

function isBefore(a: TaskRow, b: TaskRow): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.createdAt < b.createdAt);
}
