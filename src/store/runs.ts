// New runs of tasks that have ended, and what a person decides for those that wait.

import {
  ErrandError,
  type NewRun,
  planRerun,
  type Rerun,
  type RerunPlan,
  type TaskEvent,
  type TaskId,
  type TaskRow,
  type TaskState,
} from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { prefix } from './request.ts';
import type { ChunkRow, FileRow, StepRow } from './schema.ts';
import type { Work } from './work.ts';

/** A new run of a failed or cancelled task, with its recorded steps kept. Throws `not-found` or `not-retryable`. */
export function retry(id: TaskId, triggeredBy: string): Operation<TaskState> {
  return {
    durable: true,
    load: (load) => load.tasks([id]),
    apply: (work) => begin(work, id, { kind: 'retried', trigger: 'retry', triggeredBy }),
  };
}

/** A retry that also forgets what was tried of one failed step. Throws `step-not-found` where there is none of that name. */
export function retryStep(id: TaskId, name: string, triggeredBy: string): Operation<TaskState> {
  let steps: StepRow[] = [];
  return {
    durable: true,
    load: async (load) => {
      steps = await load.index('steps', null, prefix([id]));
      await load.tasks([id]);
    },
    apply: (work) => {
      const { stepSet } = work.found(id).row.run;
      const step = steps.find((each) => each.stepSet === stepSet && each.name === name && each.status === 'failed');
      if (step === undefined) throw new ErrandError('step-not-found', undefined, { step: name });
      const after = begin(work, id, { kind: 'retried', trigger: 'retry', triggeredBy });
      work.delete('steps', [id, stepSet, name]);
      return after;
    },
  };
}

/** A payload that takes the place of another. */
export interface NewPayload {
  value: unknown;
  /** It is large and lies apart. */
  apart: boolean;
  files: readonly FileRow[];
}

/** A new run from the start, with another payload if one is given. Throws `not-found` or `not-retryable`. */
export function restart(id: TaskId, triggeredBy: string, payload?: NewPayload): Operation<TaskState> {
  return {
    durable: true,
    load: (load) => load.tasks([id]),
    apply: (work) => {
      const { run } = work.found(id).row;
      const event: NewRun = { kind: 'retried', trigger: 'restart', triggeredBy, stepSet: run.stepSet + 1 };
      if (payload !== undefined) event.payload = payload.apart ? 'apart' : { value: payload.value };
      const after = begin(work, id, event);
      for (const file of payload?.files ?? []) work.put('files', file);
      if (payload?.apart === true) {
        work.put('values', { taskId: id, kind: 'payload', index: after.row.run.index, value: payload.value });
      }
      return after;
    },
  };
}

export interface Rerunning extends RerunPlan {
  state: TaskState;
}

/** A new run in which some recorded steps are kept. Throws `not-found`, `not-retryable` or `step-not-found`. */
export function rerun(id: TaskId, which: Rerun, triggeredBy: string): Operation<Rerunning> {
  let steps: StepRow[] = [];
  let chunks: ChunkRow[] = [];
  return {
    durable: true,
    load: async (load: Load) => {
      [steps, chunks] = await Promise.all([
        load.index('steps', null, prefix([id])),
        load.index('chunks', null, prefix([id])),
        load.tasks([id]),
      ]);
    },
    apply: (work) => {
      const { stepSet } = work.found(id).row.run;
      const recorded = steps.filter((step) => step.stepSet === stepSet).sort((a, b) => a.seq - b.seq);
      const plan = planRerun(
        recorded.map((step) => step.name),
        which,
      );
      const again = new Set(plan.effectiveRerun);
      const next = stepSet + 1;
      const state = begin(work, id, { kind: 'retried', trigger: 'rerun', triggeredBy, stepSet: next });
      const kept = recorded.filter((step) => step.status === 'completed' && !again.has(step.name));
      for (const step of kept) work.put('steps', { ...step, stepSet: next });
      const names = new Set(kept.map((step) => step.name));
      for (const chunk of chunks) {
        if (chunk.stepSet === stepSet && names.has(chunk.name)) work.put('chunks', { ...chunk, stepSet: next });
      }
      return { state, ...plan };
    },
  };
}

/** What a person says of an interrupted task that must not run twice. */
export type Decision =
  { decision: 'run-again' } | { decision: 'completed'; result?: unknown } | { decision: 'failed'; reason?: string };

/** Throws `not-found`, or `not-waiting` where no decision is asked for. */
export function decide(id: TaskId, decision: Decision, by: string): Operation<TaskState> {
  const event: TaskEvent =
    decision.decision === 'failed'
      ? { kind: 'decided', decision: 'failed', reason: decision.reason ?? `Marked as failed by ${by}.` }
      : { kind: 'decided', ...decision };
  return change(id, event, 'not-waiting');
}

/** Has a task that waits go ahead before its time; what its handler waits for is over then. Throws `not-found` or `not-waiting`. */
export function hurry(id: TaskId): Operation<TaskState> {
  const hurried = change(id, { kind: 'hurried' }, 'not-waiting');
  return {
    ...hurried,
    load: async (load) => {
      const [row] = await load.tasks([id]);
      if (row !== undefined) await load.rows('steps', waitOf(row));
    },
    apply: (work) => {
      const [key] = waitOf(work.found(id).row);
      const step = key !== undefined && work.knows('steps', key) ? work.get('steps', key) : undefined;
      const after = hurried.apply(work);
      if (step !== undefined) work.put('steps', { ...step, status: 'completed', completedAt: work.now });
      return after;
    },
  };
}

/** The key of the step at which a handler waits, if it does. */
function waitOf({ id, run, parked }: TaskRow): [] | [(string | number)[]] {
  return parked === undefined || parked.kind === 'sign-in' ? [] : [[id, run.stepSet, parked.step]];
}

function change(id: TaskId, event: TaskEvent, code: 'not-waiting'): Operation<TaskState> {
  return {
    durable: true,
    load: (load) => load.tasks([id]),
    apply: (work) => {
      work.found(id);
      const after = work.move(id, event);
      if (after === undefined) throw new ErrandError(code);
      return after;
    },
  };
}

function begin(work: Work, id: TaskId, event: NewRun): TaskState {
  work.found(id);
  const after = work.move(id, event);
  if (after === undefined) throw new ErrandError('not-retryable');
  return after;
}
