// From what the runner tells to what is answered: times in words, files by name, values as plain JSON.

import type { ArtifactView, Explanation, PauseRule, Runner, StepView, TaskDetail } from '../runner/index.ts';
import { type RunRow, type Task, type TaskError, toPlain } from '../task/index.ts';

const MOST_ARTIFACTS = 1_000;

/** A task with its artifacts and, if need be, with what is large. */
export async function showTask(runner: Runner, task: Task): Promise<object> {
  const isPartial = task.payload === undefined || (task.status === 'completed' && task.result === undefined);
  const whole = isPartial ? ((await runner.get(task.id)) ?? task) : task;
  const artifacts = hasRun(task) ? await runner.artifacts(task.id, { limit: MOST_ARTIFACTS }) : [];
  return shown(whole, artifacts);
}

/** As many tasks as there are, without what is large. */
export async function showTasks(runner: Runner, tasks: readonly Task[]): Promise<object[]> {
  const ran = tasks.filter(hasRun);
  const artifacts = ran.length === 0 ? [] : await runner.artifactsOf(ran.map(({ id }) => id));
  const byId = new Map(ran.map(({ id }, i) => [id, artifacts[i] ?? []]));
  return tasks.map((task) => shown(task, byId.get(task.id) ?? []));
}

/** Of what has never run nobody asks for artifacts. */
function hasRun({ runCount, startedAt, lastRunAt }: Task): boolean {
  return runCount > 1 || startedAt !== null || lastRunAt !== null;
}

function shown(task: Task, artifacts: readonly ArtifactView[]): object {
  const { id, type, typeVersion, version, name, description, tags, priority, creator, parentId } = task;
  const { retry, timeoutMs, concurrencyKey, unique, dependsOn, onComplete, status, progress } = task;
  const { attempt, retryCount, runCount, idempotencyKey } = task;
  return {
    ...{ id, type, typeVersion, version, name, description, tags, priority, workspaceId: task.workspace },
    ...{ creator, parentId, payload: plain(task.payload), schedule: showSchedule(task.schedule) },
    ...{ constraints: task.constraints, retry, timeoutMs, deadline: iso(task.deadline), unique, concurrencyKey },
    dependsOn: dependsOn && { tasks: dependsOn.tasks, onFailure: dependsOn.onFailure },
    onComplete: onComplete && {
      type: onComplete.type,
      ...(onComplete.payload !== undefined && { payload: plain(onComplete.payload) }),
    },
    ...{ status, waitingFor: status === 'pending' ? task.waitingFor : [], progress, result: resultOf(task) },
    error: status === 'running' || status === 'completed' ? null : showError(task.error),
    artifacts: artifacts.map(showArtifact),
    ...{ attempt, retryCount, runCount, ...timesOf(task), idempotencyKey },
  };
}

function timesOf(task: Task): object {
  return {
    createdAt: iso(task.createdAt),
    updatedAt: iso(task.updatedAt),
    scheduledAt: iso(task.scheduledAt),
    startedAt: iso(task.startedAt),
    finishedAt: iso(task.finishedAt),
    lastRunAt: iso(task.lastRunAt),
    nextRunAt: iso(task.nextRunAt),
  };
}

/** What came of the run that ended; of a task that runs again and again, of the last that did. */
function resultOf(task: Task): object | null {
  const { status, finishedAt, lastRun } = task;
  if (status === 'completed' || status === 'failed') {
    const { durationMs } = task;
    const ending = { executedAt: iso(finishedAt), durationMs };
    return status === 'completed'
      ? { success: true, data: plain(task.result), error: null, ...ending }
      : { success: false, data: null, error: showError(task.error), ...ending };
  }
  if (status === 'cancelled' || lastRun?.finishedAt === undefined) return null;
  return {
    success: lastRun.status === 'completed',
    data: plain(lastRun.result),
    error: showError(lastRun.error),
    executedAt: iso(lastRun.finishedAt),
    durationMs: lastRun.startedAt === undefined ? null : Math.max(0, lastRun.finishedAt - lastRun.startedAt),
  };
}

function showSchedule(schedule: Task['schedule']): object | null {
  if (schedule === null) return null;
  const times = ['at', 'startAt', 'endAt'];
  return Object.fromEntries(
    Object.entries(schedule).map(([key, value]: [string, unknown]) => [
      key,
      times.includes(key) && typeof value === 'number' ? iso(value) : value,
    ]),
  );
}

export function showArtifact({ id, name, type, size }: ArtifactView): object {
  return { id, name, type, size };
}

/** The runs, the oldest first. One that has no payload of its own ran with that of the next. */
export function showRuns({ runs }: TaskDetail, task: Task): object[] {
  let { payload } = task;
  return runs
    .toReversed()
    .map((run, i) => {
      if (Object.hasOwn(run, 'payload')) payload = run.payload;
      return showRun(run, payload, task, i === 0);
    })
    .reverse();
}

function showRun(run: RunRow, payload: unknown, task: Task, isCurrent: boolean): object {
  const result = isCurrent && task.status === 'completed' ? task.result : run.result;
  return {
    runId: `${task.id}#${run.index}`,
    runIndex: run.index,
    trigger: run.trigger,
    triggeredBy: run.triggeredBy,
    payload: plain(payload),
    status: isCurrent ? task.status : (run.status ?? 'pending'),
    result: plain(result),
    error: showError(run.error),
    startedAt: iso(run.startedAt),
    completedAt: iso(run.finishedAt),
  };
}

export function showStep(step: StepView, taskId: string, stepSet: number): object {
  const { name, kind, status, retryAttempt, startedAt, completedAt, error } = step;
  const result = plain(step.result);
  return {
    stepId: `${taskId}#${stepSet}/${name}`,
    ...{ name, kind, status, retryAttempt, result, lastError: showError(error) },
    retryable: status === 'failed' && error?.retryable !== false,
    scheduledAt: iso(startedAt),
    completedAt: iso(completedAt),
    attempts: step.attempts.map((each) => ({
      attemptNumber: each.attemptNumber,
      status: each.status,
      result: each.status === 'completed' ? result : null,
      error: showError(each.error),
      startedAt: iso(each.startedAt),
      completedAt: iso(each.completedAt),
    })),
  };
}

export function showExplanation({ status, waitingFor }: Explanation): object {
  return {
    status,
    waitingFor: waitingFor.map(({ since, until, ...rest }) => ({
      ...rest,
      since: iso(since),
      ...(until !== undefined && { until: iso(until) }),
    })),
  };
}

export function showRule(rule: PauseRule): object {
  const { ruleId, taskId = null, type = null, stepPattern = null, createdBy } = rule;
  const times = { createdAt: iso(rule.createdAt), expiresAt: iso(rule.expiresAt), deletedAt: iso(rule.deletedAt) };
  return { ruleId, taskId, type, stepPattern, ...times, createdBy };
}

export function showError(error: TaskError | null | undefined): object | null {
  if (error === null || error === undefined) return null;
  return { code: error.code, message: error.message, retryable: error.retryable };
}

/** An instant in UTC; null where there is none. */
export function iso(instant: number | null | undefined): string | null {
  if (instant === null || instant === undefined || !Number.isFinite(instant)) return null;
  return new Date(instant).toISOString();
}

/** Any value as JSON; nothing is null. */
export function plain(value: unknown): unknown {
  return value === undefined ? null : toPlain(value);
}
