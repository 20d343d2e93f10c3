// One claimed task on its way through a slot: what its holder knows of it, and where it is being worked on.

import type { Holder, StepRow } from '../store/index.ts';
import type { Claim, Clock, Dependency, PlainError, Progress, TaskDefinition, TaskRow } from '../task/index.ts';
import { DEATHS_TO_SUSPECT, runIdOf } from '../task/index.ts';
import type { Job, RecordedStep, Slot, StepPause } from '../pool/index.ts';
import type { ItemsMap } from './items-map.ts';

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
  /** What has become of the tasks that it depends on. */
  dependencies: readonly Dependency[] | undefined;
  /** The rules that pause steps of it. */
  pausedSteps: readonly StepPause[] | undefined;
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
  /** Its progress is with its claim. */
  progressReported = true;
  /** When its handler last gave a sign of life. */
  beatAt = 0;
  /** Its fate is settled, or on its way to be: whatever else comes of it is too late. */
  over = false;
  logSeq = 0;
  /** It was handed to a slot: what it does outside may have begun. */
  begun = false;
  /** When its handler began, once that is known: it may have been claimed a while before. */
  startedAt: number | undefined;

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

  get holder(): Holder {
    return { row: this.row, token: this.claim.token };
  }

  get job(): Job {
    const { id: taskId, type, typeVersion, run, failures } = this.row;
    const job: Job = {
      jobId: this.jobId,
      taskId,
      type,
      typeVersion,
      runIndex: run.index,
      attempt: failures + 1,
      idempotencyKey: runIdOf(taskId, run.stepSet),
      payload: this.payload,
      steps: this.steps,
    };
    const { heartbeatMs } = this.definition;
    if (heartbeatMs !== undefined) job.heartbeatMs = heartbeatMs;
    if (this.dependencies !== undefined) job.dependencies = this.dependencies;
    if (this.pausedSteps !== undefined) job.pausedSteps = this.pausedSteps;
    return job;
  }

  /** What its handler said of its progress, and nobody has written. */
  get unsentProgress(): Progress | undefined {
    return this.progressReported ? undefined : this.progress;
  }

  /** Its handler has given a sign of life. */
  beat(clock: Clock): void {
    if (this.definition.heartbeatMs !== undefined) this.beatAt = clock.now();
  }

  said(progress: Progress): void {
    this.progress = progress;
    this.progressReported = false;
  }

  /** Takes in what earlier attempts of this run recorded. */
  resume(rows: readonly StepRow[]): void {
    for (const row of rows) this.rows.set(row.name, row);
    this.steps = rows.flatMap(({ name, kind, status, result, until }): RecordedStep[] => {
      if (status === 'completed') return [kind === 'map' ? { name, kind } : { name, kind, result }];
      return until === undefined ? [] : [{ name, kind, until }];
    });
  }

  /** A step of this run that begins, or one that began in an earlier attempt. */
  newStep(step: Pick<StepRow, 'name' | 'kind' | 'seq' | 'startedAt'>): StepRow {
    const { id: taskId, run } = this.row;
    const startedAt = this.rows.get(step.name)?.startedAt ?? step.startedAt;
    return { ...step, startedAt, taskId, stepSet: run.stepSet, status: 'running', tries: [] };
  }

  /** From now on the handler stops before these steps, and before no others. */
  pauseSteps(pauses: readonly StepPause[]): void {
    this.pausedSteps = pauses;
    this.slot?.pauseSteps(this.jobId, pauses);
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
