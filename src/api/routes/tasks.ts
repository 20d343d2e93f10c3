// Tasks: made, listed, read, changed, removed.

import type { EnqueueCallOptions, Runner } from '../../runner/index.ts';
import { ErrandError, type ListQuery, type Task } from '../../task/index.ts';
import * as v from 'valibot';
import { json } from '../answer.ts';
import * as requests from '../requests.ts';
import { route } from '../route.ts';
import * as shapes from '../shapes.ts';
import { showTask, showTasks } from '../show.ts';

export const TASKS = [
  route({
    method: 'GET',
    path: '/api/v1/tasks',
    summary: 'List tasks, a page at a time.',
    query: requests.list,
    answers: { 200: shapes.page },
    refusals: [403, 422],
    handle: async ({ runner, query }) => {
      const { tasks, ...page } = await runner.list(filterOf(query));
      return json(200, { tasks: await showTasks(runner, tasks), ...page });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks',
    summary: 'Enqueue a task. If its id is already in use, that task is returned.',
    body: requests.newTask,
    answers: { 200: shapes.oneTask, 201: shapes.oneTask },
    refusals: [403, 413, 422, 507],
    handle: async ({ runner, body }) => {
      const [kept] = await runner.enqueueAndGet([requestOf(body)]);
      if (kept === undefined) throw new ErrandError('internal');
      return json(kept.created ? 201 : 200, { task: await showTask(runner, kept.task) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/bulk',
    summary: 'Enqueue many tasks, all or none.',
    body: requests.newTasks,
    answers: { 201: v.strictObject({ tasks: v.array(shapes.task) }) },
    refusals: [403, 413, 422, 507],
    handle: async ({ runner, body }) => {
      const kept = await runner.enqueueAndGet(body.tasks.map(requestOf));
      const tasks = kept.map(({ task }) => task);
      return json(201, { tasks: await showTasks(runner, tasks) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/tasks/process',
    summary: 'Run the next pending task now, even if every slot is busy.',
    answers: { 200: v.strictObject({ processed: v.picklist([0, 1]), task: v.optional(shapes.task) }) },
    refusals: [403],
    handle: async ({ runner }) => {
      const task = await runner.processNext();
      return json(200, task === undefined ? { processed: 0 } : { processed: 1, task: await showTask(runner, task) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/tasks/{id}',
    summary: 'One task.',
    answers: { 200: shapes.oneTask },
    refusals: [403, 404],
    handle: async ({ runner, param }) => json(200, { task: await showTask(runner, await found(runner, param)) }),
  }),
  route({
    method: 'PATCH',
    path: '/api/v1/tasks/{id}',
    summary: 'Change a pending task; null removes an optional field.',
    body: requests.change,
    answers: { 200: shapes.oneTask },
    refusals: [403, 404, 409, 413, 422, 507],
    handle: async ({ runner, param, body }) => {
      const task = await runner.update(param, withWorkspace(body));
      return json(200, { task: await showTask(runner, task) });
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/tasks/{id}',
    summary: 'Cancel a task if it is unfinished, and delete it with its files.',
    answers: { 200: v.strictObject({ deleted: v.literal(true), id: v.string() }) },
    refusals: [403, 404],
    handle: async ({ runner, param }) => {
      await runner.remove(param);
      return json(200, { deleted: true, id: param });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/me/tasks',
    summary: 'Your recent tasks: at most 10, from the last 24 hours or unfinished.',
    answers: { 200: v.array(shapes.task) },
    handle: async ({ runner }) => json(200, await showTasks(runner, await runner.recent())),
  }),
];

/** The task, or `not-found`. */
export async function found(runner: Runner, id: string): Promise<Task> {
  const task = await runner.get(id);
  if (task === undefined) throw new ErrandError('not-found');
  return task;
}

/** As the façade names it, without what was not said. */
export function filterOf(said: object): ListQuery {
  return withWorkspace(said);
}

function withWorkspace({ workspaceId, ...said }: { workspaceId?: unknown }): object {
  const all: [string, unknown][] = Object.entries({ ...said, workspace: workspaceId });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

function requestOf({ type, payload, ...options }: requests.NewTask) {
  return { type, payload, options: withWorkspace(options) as EnqueueCallOptions };
}
