// What can be done with one task, and what is known of it.

import * as v from 'valibot';
import type { Runner } from '../../runner/index.ts';
import type { Task } from '../../task/index.ts';
import { json } from '../answer.ts';
import * as requests from '../requests.ts';
import { route } from '../route.ts';
import * as shapes from '../shapes.ts';
import { showExplanation, showRuns, showStep, showTask } from '../show.ts';
import { found } from './tasks.ts';

export const ACTIONS = [
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/cancel',
    summary: 'Cancel an unfinished task.',
    body: requests.cancel,
    answers: { 200: shapes.oneTask },
    refusals: [403, 404, 409, 422],
    handle: async ({ runner, param, body }) => one(runner, await runner.cancel(param, body.reason)),
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/retry',
    summary: 'Run a failed or cancelled task again, keeping its recorded steps.',
    answers: { 200: shapes.newRun },
    refusals: [403, 404, 409],
    handle: async ({ runner, param }) => oneRun(runner, await runner.retry(param)),
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/run-now',
    summary: 'Run a task now that is waiting for a time, a retry or an event.',
    answers: { 200: shapes.oneTask },
    refusals: [403, 404, 409],
    handle: async ({ runner, param }) => one(runner, await runner.runNow(param)),
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/retry-step',
    summary: 'Retry one failed step, and continue from there.',
    body: requests.retryStep,
    answers: { 200: shapes.newRun },
    refusals: [403, 404, 409, 422],
    handle: async ({ runner, param, body: { stepName, ...by } }) =>
      oneRun(runner, await runner.retryStep(param, stepName, given(by))),
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/restart',
    summary: 'Run a task again from the start, with a new payload if one is given.',
    body: requests.restart,
    answers: { 200: shapes.newRun },
    refusals: [403, 404, 409, 413, 422, 507],
    handle: async ({ runner, param, body }) => oneRun(runner, await runner.restart(param, given(body))),
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/rerun',
    summary: 'Run some steps again, and preserve others.',
    body: requests.rerun,
    answers: { 200: shapes.rerun },
    refusals: [403, 404, 409, 422],
    handle: async ({ runner, param, body }) => {
      const { task, effectiveRerun, potentiallyStale } = await runner.rerun(param, given(body));
      const run = { runId: task.runId, runIndex: task.runCount - 1 };
      return json(200, { task: await showTask(runner, task), ...run, effectiveRerun, potentiallyStale });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/{id}/decide',
    summary: 'Decide what to do with an interrupted task that must not run twice.',
    body: requests.decide,
    answers: { 200: shapes.oneTask },
    refusals: [403, 404, 409, 422],
    handle: async ({ runner, param, body }) => {
      const { decision, result, reason } = body;
      const said = { decision, ...(decision === 'completed' && { result }), ...(reason !== undefined && { reason }) };
      return one(runner, await runner.decide(param, said));
    },
  }),
];

export const READS = [
  route({
    method: 'GET',
    path: '/api/v1/tasks/{id}/detail',
    summary: 'Everything about a task: its runs, and the steps of the current one with their attempts.',
    answers: { 200: shapes.detail },
    refusals: [403, 404],
    handle: async ({ runner, param }) => {
      const [task, detail] = await Promise.all([found(runner, param), runner.detail(param)]);
      const stepSet = detail.runs.at(-1)?.stepSet ?? 0;
      const steps = detail.steps.map((step) => showStep(step, task.id, stepSet));
      return json(200, { task: await showTask(runner, task), runs: showRuns(detail, task), steps });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/tasks/{id}/wait',
    summary: 'Wait until a task has finished, for at most 30 seconds.',
    query: requests.wait,
    answers: { 200: v.strictObject({ task: shapes.task, finished: v.boolean() }) },
    refusals: [403, 404, 422],
    handle: async ({ runner, param, query: { timeoutSecs = 30 } }) => {
      await found(runner, param);
      const { task, finished } = await runner.wait(param, { timeoutMs: timeoutSecs * 1_000 });
      return json(200, { task: await showTask(runner, task), finished });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/tasks/{id}/explain',
    summary: 'Why a task is not running, and what it is waiting for.',
    answers: { 200: shapes.explanation },
    refusals: [403, 404],
    handle: async ({ runner, param }) => json(200, showExplanation(await runner.explain(param))),
  }),
];

async function one(runner: Runner, task: Task): Promise<Response> {
  return json(200, { task: await showTask(runner, task) });
}

async function oneRun(runner: Runner, task: Task): Promise<Response> {
  return json(200, { task: await showTask(runner, task), runId: task.runId });
}

/** What was said, without the fields that were left out. */
function given<T extends object>(said: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
