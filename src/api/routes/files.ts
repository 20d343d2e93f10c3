// What a task leaves behind: its log and its artifacts.

import * as v from 'valibot';
import type { HistoryEntry, LogEntry, Runner } from '../../runner/index.ts';
import { checkSpan, ErrandError } from '../../task/index.ts';
import { download, json } from '../answer.ts';
import * as requests from '../requests.ts';
import { route } from '../route.ts';
import * as shapes from '../shapes.ts';
import { iso, plain, showArtifact, showError } from '../show.ts';
import { found } from './tasks.ts';

const DEFAULT_LIMIT = 20;
const MOST_AT_ONCE = 1_000;

export const LEFT_BEHIND = [
  route({
    method: 'GET',
    path: '/api/v1/tasks/{id}/log',
    summary: 'A task’s log lines and history, oldest first.',
    query: requests.span,
    answers: { 200: shapes.log },
    refusals: [403, 404, 422],
    handle: async ({ runner, param, query }) => {
      const { limit = DEFAULT_LIMIT, offset = 0 } = query;
      checkSpan({ limit, offset });
      const events = await runner.history(param);
      const { lines, total } = await linesOf(runner, param, offset + limit);
      const entries = merged(lines, events).slice(offset, offset + limit);
      return json(200, { entries, limit, offset, total: events.length + total });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/tasks/{id}/artifacts',
    summary: 'The files that a task’s runs produced, newest first.',
    query: requests.span,
    answers: { 200: v.strictObject({ artifacts: v.array(shapes.artifact) }) },
    refusals: [403, 404, 422],
    handle: async ({ runner, param, query: { limit = MOST_AT_ONCE, offset = 0 } }) => {
      await found(runner, param);
      return json(200, { artifacts: (await runner.artifacts(param, { limit, offset })).map(showArtifact) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/artifacts/{artifactId}',
    summary: 'Download a file.',
    answers: { 200: 'application/octet-stream' },
    refusals: [403, 404],
    handle: async ({ runner, param }) => {
      try {
        return download(await runner.openFile(param));
      } catch (thrown) {
        if (!(thrown instanceof ErrandError) || thrown.code !== 'file-missing') throw thrown;
        throw new ErrandError('not-found', thrown.message);
      }
    },
  }),
];

/** The first so many lines, or all. */
async function linesOf(runner: Runner, id: string, most: number): Promise<{ lines: LogEntry[]; total: number }> {
  const lines: LogEntry[] = [];
  for (;;) {
    const { entries, total } = await runner.log(id, { offset: lines.length, limit: MOST_AT_ONCE });
    lines.push(...entries);
    if (lines.length >= Math.min(total, most) || entries.length === 0) return { lines, total };
  }
}

/** In the order of time; what happened at one instant, the event first. Lines stay in theirs, even if a clock was set back. */
function merged(lines: readonly LogEntry[], events: readonly HistoryEntry[]): object[] {
  const entries: object[] = [];
  let at = 0;
  for (const line of lines) {
    for (let event = events[at]; event !== undefined && event.at <= line.at; event = events[++at])
      entries.push(showEvent(event));
    entries.push(showLine(line));
  }
  return [...entries, ...events.slice(at).map(showEvent)];
}

function showLine({ at, level, message, data, runIndex, attempt }: LogEntry): object {
  const extra = data === undefined ? {} : { data: plain(data) };
  return { kind: 'log', at: iso(at), level, message, ...extra, runIndex, attempt };
}

function showEvent({ at, error, attempt, ...rest }: HistoryEntry): object {
  return {
    kind: 'event',
    at: iso(at),
    ...rest,
    attempt: attempt ?? null,
    ...(error !== undefined && { error: showError(error) }),
  };
}
