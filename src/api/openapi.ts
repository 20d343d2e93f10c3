// The OpenAPI 3.1 document of the routes: https://spec.openapis.org/oas/v3.1.0

import { type Json, type JsonSchema, toJsonSchema } from '../task/index.ts';
import type { Route } from './route.ts';
import { problem } from './shapes.ts';

const VERSION = '1';

const DESCRIPTION =
  'Durable tasks that run inside this browser. The service worker answers here, and only for pages of this site: ' +
  'there is no server. Times are ISO 8601 in UTC. Fields that a schema does not name are refused.';

/** What each status of a refusal means. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The body is not JSON: `invalid_json`.',
  403: 'The role does not allow this: `forbidden`, with `details.permission`.',
  404: 'It does not exist, or may not be seen: `not_found`, `step_not_found`.',
  409: 'The task is not in a state that allows this: `not_pending`, `already_finished`, `not_retryable`, `not_waiting`.',
  413: 'The body is too large: `payload_too_large`.',
  415: 'The body was not sent as JSON: `unsupported_media_type`.',
  422: 'Something in the request is wrong: `invalid_request` or `invalid_pagination`, with `details.field`.',
  500: 'Something inside Errand went wrong: `internal`.',
  503: 'Nothing can answer now: `database_unavailable`, `no_service_worker`, `engine_lost`.',
  507: 'This site has no disk space left: `quota_exceeded`.',
};

export function openApiOf(routes: readonly Route[]): JsonSchema {
  const named = new Map<string, JsonSchema>();
  const problemRef = toJsonSchema(problem, named);
  const paths: Record<string, JsonSchema> = {};
  for (const each of routes) {
    const path = (paths[each.path] ??= {});
    path[each.method.toLowerCase()] = operationOf(each, named, problemRef);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Errand', version: VERSION, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: Object.fromEntries(named) },
  };
}

function operationOf(route: Route, named: Map<string, JsonSchema>, problemRef: JsonSchema): JsonSchema {
  const { method, path, summary, query, body, answers, takesFile } = route;
  const parameters = [...namesIn(path), ...(query === undefined ? [] : parametersOf(toJsonSchema(query, named)))];
  const responses = Object.entries(answers).map(([status, shape]): [string, Json] => {
    const isFile = typeof shape === 'string';
    const content = isFile ? { [shape]: {} } : { 'application/json': { schema: toJsonSchema(shape, named) } };
    return [status, { description: summary, content }];
  });
  return {
    operationId: operationIdOf(method, path),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(takesFile !== undefined && { requestBody: { required: true, content: { [takesFile.mediaType]: {} } } }),
    ...(body !== undefined && takesFile === undefined && { requestBody: bodyOf(toJsonSchema(body, named), named) }),
    responses: Object.fromEntries([...responses, ...refusalsOf(route, problemRef)]),
  };
}

function bodyOf(schema: JsonSchema, named: ReadonlyMap<string, JsonSchema>): JsonSchema {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  const whole = (name === undefined ? undefined : named.get(name)) ?? schema;
  return { required: whole.required !== undefined, content: { 'application/json': { schema } } };
}

function refusalsOf({ method, refusals = [] }: Route, problemRef: JsonSchema): [string, Json][] {
  const always = method === 'POST' || method === 'PATCH' ? [400, 413, 415, 422, 500, 503] : [422, 500, 503];
  const statuses = [...new Set([...refusals, ...always])].sort((a, b) => a - b);
  const content = { 'application/json': { schema: problemRef } };
  return statuses.map((status) => [String(status), { description: REFUSALS[status] ?? '', content }]);
}

function namesIn(path: string): JsonSchema[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function parametersOf({ properties }: JsonSchema): JsonSchema[] {
  return Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
    ...(schema.type === 'array' && { style: 'form', explode: true }),
  }));
}

/** `POST /api/v1/tasks/{id}/run-now` → `postTasksIdRunNow` */
function operationIdOf(method: string, path: string): string {
  const words = path.replace(/^\/api\/(v1\/)?/, '').match(/[a-z0-9]+/gi) ?? [];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
