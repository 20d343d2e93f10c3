// One claimed task on its way through a slot: what its holder knows of it, and where it is being worked on.

import type { Holder, StepRow } from '../store/index.ts';
import type { Claim, PlainError, Progress, TaskDefinition, TaskError, TaskRow } from '../task/index.ts';
import { DEATHS_TO_SUSPECT, runIdOf } from '../task/index.ts';
import type { Job, RecordedStep, Slot } from '../pool/index.ts';
import type { ItemsMap } from './items-map.ts';

/** A task that this one depends on, as its handler is told of it. */
export interface Dependency {
  id: string;
  status: 'completed' | 'failed' | 'cancelled' | 'deleted';
  result: unknown;
  error: TaskError | null;
}

export class Attempt {
  /** While the claim stands nobody else may change the row, so this copy is the truth. */
  row: TaskRow;
  readonly claim: Claim;
  readonly definition: TaskDefinition;
  readonly jobId: number;
  /** The lane that it was claimed from. */
  readonly lane: string;
  payload: unknown;
  steps: RecordedStep[] = [];
  dependencies: Dependency[] = [];
  /** What its set of steps held when it was claimed, and what it has added: by their names. */
  readonly rows = new Map<string, StepRow>();
  /** Earlier attempts may have recorded something. */
  readonly isFirst: boolean;
  /** The slot that runs it, and those that work on its items. */
  slot: Slot | undefined;
  readonly helpers = new Set<{ slot: Slot; jobId: number }>();
  readonly maps = new Map<string, ItemsMap>();
  cancelTimeout: () => void = () => undefined;
  /** Stops looking at the task's schedule. */
  cancelLook: () => void = () => undefined;
  progress: Progress | undefined;
  progressReported = true;
  /** Its fate is settled, or on its way to be: whatever else comes of it is too late. */
  over = false;
  logSeq = 0;
  /** It was handed to a slot: what it does outside may have begun. */
  begun = false;

  constructor(row: TaskRow, claim: Claim, definition: TaskDefinition, jobId: number) {
    this.row = row;
    this.claim = claim;
    this.definition = definition;
    this.jobId = jobId;
    this.lane = row.lane ?? '';
    this.payload = row.payload;
    this.progress = claim.progress;
    this.isFirst = row.startedAt === undefined;
  }

  /** It is a suspect still: it has recorded nothing since it was claimed. */
  get isAlone(): boolean {
    return this.claim.alone === true && (this.row.deaths ?? 0) >= DEATHS_TO_SUSPECT;
  }

  /** Takes what its set of steps holds. */
  recall(steps: readonly StepRow[]): void {
    this.steps = steps
      .filter((step) => step.kind === 'step' && step.status === 'completed')
      .map(({ name, result }) => ({ name, result }));
  }

  get holder(): Holder {
    return { row: this.row, token: this.claim.token };
  }

  get job(): Job {
    const { id: taskId, type, typeVersion, run, failures } = this.row;
    return {
      jobId: this.jobId,
      taskId,
      type,
      typeVersion,
      runIndex: run.index,
      attempt: failures + 1,
      idempotencyKey: runIdOf(taskId, run.index),
      payload: this.payload,
      steps: this.steps,
    };
  }

  /** Fires the signal of the items that are out. */
  stopHelpers(reason: PlainError): void {
    for (const { slot, jobId } of this.helpers) slot.abort(jobId, reason, this.definition.graceMs);
  }

  /** Fires the signal wherever this attempt is being worked on. */
  abort(reason: PlainError): void {
    this.over = true;
    this.cancelTimeout();
    this.cancelLook();
    const { graceMs } = this.definition;
    this.slot?.abort(this.jobId, reason, graceMs);
    this.stopHelpers(reason);
    for (const map of this.maps.values()) map.fail(reason);
  }
}
