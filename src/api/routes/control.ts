// What concerns all tasks: counts, types, pauses, events, settings, and the same done to many.

import * as v from 'valibot';
import type { BulkAction, PauseRequest, Runner, Settings } from '../../runner/index.ts';
import { json } from '../answer.ts';
import { Problem } from '../problem.ts';
import * as requests from '../requests.ts';
import { route } from '../route.ts';
import * as shapes from '../shapes.ts';
import { showRule } from '../show.ts';
import { filterOf } from './tasks.ts';

const deleted = v.strictObject({ rulesDeleted: v.pipe(v.number(), v.integer()) });

export const CONTROL = [
  route({
    method: 'GET',
    path: '/api/v1/stats',
    summary: 'How many tasks there are per status, overall and by type.',
    answers: { 200: shapes.stats },
    refusals: [403],
    handle: async ({ runner }) => json(200, await runner.stats()),
  }),
  route({
    method: 'GET',
    path: '/api/v1/types',
    summary: 'The registered task types.',
    answers: { 200: v.strictObject({ types: v.array(shapes.type) }) },
    handle: async ({ runner }) => {
      const types = await runner.types();
      return json(200, {
        types: types.map(({ type, version, effects, runsIn, description, payload }) => ({
          ...{ type, version, effects, runsIn },
          ...(description !== null && { description }),
          ...(payload !== null && { payload }),
        })),
      });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/events/{name}',
    summary: 'Send an event to all tasks that are waiting for it, or to one task.',
    body: requests.event,
    answers: { 202: v.strictObject({ delivered: v.pipe(v.number(), v.integer()) }) },
    refusals: [403, 404, 413, 422],
    handle: async ({ runner, param, body: { payload, taskId } }) => {
      const delivered = await runner.sendEvent(param, payload, taskId === undefined ? {} : { to: taskId });
      return json(202, { delivered });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/settings',
    summary: 'The settings.',
    answers: { 200: v.strictObject({ settings: shapes.settings }) },
    handle: async ({ runner }) => json(200, { settings: await runner.settings() }),
  }),
  route({
    method: 'PATCH',
    path: '/api/v1/settings',
    summary: 'Change settings.',
    body: requests.settings,
    answers: { 200: v.strictObject({ settings: shapes.settings }) },
    refusals: [403, 422],
    handle: async ({ runner, body }) => json(200, { settings: await runner.configure(body as Partial<Settings>) }),
  }),
];

export const PAUSES = [
  route({
    method: 'GET',
    path: '/api/v1/pauses',
    summary: 'The pause rules in force, newest first; with `deleted=true`, lifted ones too.',
    query: requests.pauses,
    answers: { 200: v.strictObject({ rules: v.array(shapes.rule) }) },
    refusals: [403, 422],
    handle: async ({ runner, query }) => {
      const rules = await runner.pauses({ lifted: query.deleted === 'true' });
      return json(200, { rules: rules.map(showRule) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/pauses',
    summary: 'Pause a task, a type or some steps; an empty rule pauses everything.',
    body: requests.pause,
    answers: { 201: v.strictObject({ rule: shapes.rule }) },
    refusals: [403, 404, 422],
    handle: async ({ runner, body }) => json(201, { rule: showRule(await runner.pause(body as PauseRequest)) }),
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/pauses/{ruleId}',
    summary: 'Lift a pause rule.',
    answers: { 200: deleted },
    refusals: [403, 404],
    handle: async ({ runner, param: ruleId }) => {
      const lifted = await runner.resume({ ruleId });
      const isKnown =
        lifted.length > 0 || (await runner.pauses({ lifted: true })).some((rule) => rule.ruleId === ruleId);
      if (!isKnown) throw new Problem(404, 'not_found', 'There is no such pause rule.');
      return json(200, { rulesDeleted: lifted.length });
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/resume',
    summary: 'Lift all pause rules with the same fields.',
    body: requests.pause,
    answers: { 200: deleted },
    refusals: [403, 422],
    handle: async ({ runner, body: { taskId, type, stepPattern } }) => {
      const which = Object.entries({ taskId, type, stepPattern }).filter(([, value]) => value !== undefined);
      const lifted = await runner.resume(Object.fromEntries(which));
      return json(200, { rulesDeleted: lifted.length });
    },
  }),
];

const ACTIONS = {
  cancel: 'Cancel all unfinished tasks that match a filter.',
  retry: 'Retry all failed or cancelled tasks that match a filter.',
  delete: 'Delete all tasks that match a filter.',
};
const changed = v.strictObject({
  matched: v.pipe(v.number(), v.integer()),
  changed: v.pipe(v.number(), v.integer()),
});

export const BULK = [
  ...Object.entries(ACTIONS).map(([action, summary]) =>
    route({
      method: 'POST',
      path: `/api/v1/bulk/${action}`,
      summary: `${summary} \`dryRun\` only counts.`,
      query: requests.filter,
      body: requests.bulk,
      answers: { 200: changed },
      refusals: [403, 422],
      handle: ({ runner, query, body }) => inBulk(runner, action as BulkAction, { ...query, ...body }),
    }),
  ),
  route({
    method: 'POST',
    path: '/api/v1/bulk/priority',
    summary: 'Set the priority of all pending tasks that match a filter. `dryRun` only counts.',
    query: requests.filter,
    body: requests.bulkPriority,
    answers: { 200: changed },
    refusals: [403, 422],
    handle: ({ runner, query, body: { priority, ...filter } }) => inBulk(runner, { priority }, { ...query, ...filter }),
  }),
];

async function inBulk(
  runner: Runner,
  action: BulkAction,
  { dryRun = false, ...filter }: { dryRun?: boolean | undefined },
): Promise<Response> {
  const result = await runner.bulk(action, filterOf(filter), { dryRun });
  return json(200, { matched: result.matched, changed: result.changed });
}
