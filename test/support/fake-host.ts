// What a handler's context talks to, in memory: it notes every call, and answers as an engine would.

import type { ChildRequest, Job, MapRequest, SendRequest, StepReport } from '../../src/pool/protocol.ts';
import { type FileRef, type Progress, systemClock, type TaskDefinition } from '../../src/task/index.ts';
import type { Host } from '../../src/worker/host.ts';
import { perform } from '../../src/worker/perform.ts';

export type Call =
  | { call: 'progress'; progress: Progress }
  | { call: 'heartbeat' }
  | { call: 'log'; lines: number }
  | ({ call: 'step' } & StepReport)
  | ({ call: 'map' } & MapRequest)
  | ({ call: 'send' } & SendRequest)
  | ({ call: 'child' } & ChildRequest)
  | { call: 'artifact' };

const ok = <T>(value: T) => Promise.resolve({ ok: true as const, value });

export function fakeHost(): { host: Host; calls: Call[]; names: () => string[] } {
  const calls: Call[] = [];
  const file: FileRef = { $type: 'file', id: 'f', name: 'f', type: '', size: 0, lastModified: 0 };
  const host: Host = {
    progress: (_, percent, message) => {
      calls.push({ call: 'progress', progress: message === undefined ? { percent } : { percent, message } });
    },
    heartbeat: () => {
      calls.push({ call: 'heartbeat' });
    },
    log: (_, lines) => {
      calls.push({ call: 'log', lines: lines.length });
      return ok(undefined);
    },
    step: (_, step) => {
      calls.push({ call: 'step', ...step });
      return ok(undefined);
    },
    map: (_, request) => {
      calls.push({ call: 'map', ...request });
      return ok([...request.items]);
    },
    sendEvent: (_, request) => {
      calls.push({ call: 'send', ...request });
      return ok(2);
    },
    child: (_, request) => {
      calls.push({ call: 'child', ...request });
      return ok({ id: `child-${request.name}-${request.nth}` });
    },
    artifact: () => {
      calls.push({ call: 'artifact' });
      return ok(file);
    },
    open: () => ok(new File([], 'f')),
    writeFile: () => Promise.resolve({ id: 'f', size: 0 }),
  };
  return { host, calls, names: () => calls.map((each) => ('name' in each ? `${each.call} ${each.name}` : each.call)) };
}

/** A job of a run of which nothing is recorded, unless it is said. */
export function jobOf(said: Partial<Job> = {}): Job {
  return {
    jobId: 1,
    taskId: 'task',
    type: 'test',
    runIndex: 0,
    attempt: 1,
    idempotencyKey: 'task#0',
    payload: undefined,
    typeVersion: 1,
    steps: [],
    ...said,
  };
}

/** One attempt of a handler: how it ended, what it asked of its host, and the controller of its signal. */
export async function attempt(definition: TaskDefinition, said: Partial<Job> = {}, abort = new AbortController()) {
  const { host, calls, names } = fakeHost();
  const performed = await perform(definition, jobOf(said), host, abort, systemClock);
  return { ...performed, calls, names, abort };
}
