// Everything that happened to a task, in order: derived from its runs, their attempts and steps, and from what was
// changed by hand. Nothing of it is written twice.

import type { PauseRow, StepRow, Store } from '../store/index.ts';
import { type AttemptRow, isFinal, type RunRow, type TaskRow, type TaskState } from '../task/index.ts';
import type { HistoryEntry } from './runner.ts';

export async function historyOf(store: Store, { row, claim }: TaskState): Promise<HistoryEntry[]> {
  const [past, steps, rules] = await Promise.all([store.runs(row.id), store.allSteps(row.id), store.pauses()]);
  const runs: RunRow[] = [...past, currentRun(row)];
  const entries = [
    ...created(row),
    ...runs.flatMap((run) => [...ofRun(run, row)]),
    ...steps.flatMap((step) => [...ofStep(step, runs)]),
    ...(row.edits ?? []).map((edit) =>
      entry(edit.at, 'updated', row.run.index, `${edit.by} changed ${edit.fields.join(', ')}.`, { by: edit.by }),
    ),
    ...rules.filter((rule) => rule.taskId === row.id).flatMap((rule) => [...ofRule(rule, row)]),
  ];
  if (claim !== undefined)
    entries.push(
      entry(claim.claimedAt, 'attempt-started', row.run.index, `Attempt ${row.failures + 1} started.`, {
        attempt: row.failures + 1,
      }),
    );
  // What happened at one instant stays in the order of its causes.
  return entries.sort((a, b) => a.at - b.at);
}

function currentRun({ run, status, finishedAt, error }: TaskRow): RunRow {
  return { ...run, status, ...(finishedAt !== undefined && { finishedAt }), ...(error !== undefined && { error }) };
}

function created({ createdAt, creator, type }: TaskRow): HistoryEntry[] {
  return [entry(createdAt, 'created', 0, `${creator} created this ${type} task.`, { by: creator })];
}

const RUN_CREATED: Record<RunRow['trigger'], (by: string) => string> = {
  initial: (by) => `${by} started it.`,
  retry: (by) => `${by} retried it.`,
  restart: (by) => `${by} restarted it.`,
  rerun: (by) => `${by} reran some of its steps.`,
  schedule: () => 'The schedule created a new run.',
};

function* ofRun(run: RunRow, row: TaskRow): Generator<HistoryEntry> {
  const { index, trigger, triggeredBy, startedAt, finishedAt, status, error, attempts = [] } = run;
  if (index > 0)
    yield entry(run.createdAt, 'run-created', index, RUN_CREATED[trigger](triggeredBy), {
      by: triggeredBy,
    });
  for (const attempt of attempts) yield* ofAttempt(attempt, index);
  const isOver = status !== undefined && isFinal(status) && finishedAt !== undefined;
  // Of a run that its first attempt ended no attempt was noted.
  if (attempts.length === 0 && startedAt !== undefined && isOver)
    yield entry(startedAt, 'attempt-started', index, 'Attempt 1 started.', { attempt: 1 });
  if (!isOver) return;
  const how = { completed: 'completed', failed: 'failed', cancelled: 'was cancelled', pending: '' }[status];
  const why = error === undefined ? '.' : `: ${error.message}`;
  const what = index === row.run.index ? 'The task' : 'The run';
  yield entry(finishedAt, 'run-ended', index, `${what} ${how}${why}`, error === undefined ? {} : { error });
}

function* ofAttempt(
  { attempt, outcome, startedAt, endedAt, error }: AttemptRow,
  runIndex: number,
): Generator<HistoryEntry> {
  yield entry(startedAt, 'attempt-started', runIndex, `Attempt ${attempt} started.`, { attempt });
  const why = error === undefined ? '.' : `: ${error.message}`;
  const rest = { attempt, ...(error !== undefined && { error }) };
  yield entry(endedAt, 'attempt-ended', runIndex, `Attempt ${attempt} ${OUTCOMES[outcome]}${why}`, rest);
}

const OUTCOMES: Record<AttemptRow['outcome'], string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  snoozed: 'was snoozed',
  interrupted: 'was interrupted (does not count)',
  parked: 'stopped to wait',
};

function* ofStep(step: StepRow, runs: readonly RunRow[]): Generator<HistoryEntry> {
  const runIndex = runs.find((run) => run.stepSet === step.stepSet)?.index ?? 0;
  for (const { status, completedAt, error } of step.tries) {
    const what = status === 'completed' ? 'step-completed' : 'step-failed';
    const why = error === undefined ? '.' : `: ${error.message}`;
    const rest = { step: step.name, ...(error !== undefined && { error }) };
    yield entry(completedAt, what, runIndex, `Step “${step.name}” ${status}${why}`, rest);
  }
}

function* ofRule({ createdAt, createdBy, deletedAt }: PauseRow, row: TaskRow): Generator<HistoryEntry> {
  yield entry(createdAt, 'paused', row.run.index, `${createdBy} paused it.`, { by: createdBy });
  if (deletedAt !== undefined) yield entry(deletedAt, 'resumed', row.run.index, 'The pause was lifted.');
}

function entry(
  at: number,
  what: HistoryEntry['what'],
  runIndex: number,
  message: string,
  rest: Pick<HistoryEntry, 'by' | 'attempt' | 'step' | 'error'> = {},
): HistoryEntry {
  return { at, what, runIndex, message, ...rest };
}
