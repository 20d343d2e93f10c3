// A slot's side of the pool: its Comlink surface, its lock, and a net for what handlers leave behind.

import * as Comlink from 'comlink';
import { openSlotFiles } from '../store/index.ts';
import {
  type ArtifactContent,
  type Clock,
  ErrandError,
  idMaker,
  type PlainError,
  type TaskDefinition,
} from '../task/index.ts';
import type { HostSurface, Job, Performed, SlotSurface } from '../pool/index.ts';
import type { Host } from './host.ts';
import { perform, performItems } from './perform.ts';

/** A recall cannot get through to jobs that leave the event loop no room: a turn looks at the clock, too. */
const LONGEST_TURN_MS = 250;

/** Makes this worker a slot that runs the given task types; or, where it is handed an endpoint, this realm, until `ended` fires. */
export function startSlot(
  definitions: ReadonlyMap<string, TaskDefinition>,
  clock: Clock,
  within?: { endpoint: MessagePort; ended: AbortSignal },
): void {
  let host: Host | undefined;
  const early = new Map<number, PlainError>();
  const aborts = new Map<number, AbortController>();

  const performing = async <T>(jobId: number, run: (host: Host, abort: AbortController) => Promise<T>): Promise<T> => {
    if (host === undefined) throw new ErrandError('internal', 'The slot was not started.');
    const abort = new AbortController();
    const reason = early.get(jobId);
    if (reason !== undefined) abort.abort(ErrandError.fromPlain(reason));
    early.delete(jobId);
    aborts.set(jobId, abort);
    try {
      return await run(host, abort);
    } finally {
      aborts.delete(jobId);
    }
  };

  const surface: SlotSurface = {
    start: async ({ database, lock, host: port }) => {
      host = hostOf(Comlink.wrap<HostSurface>(port), database, idMaker(clock));
      await holdForLife(lock, within?.ended);
    },
    ...turnTaker(clock, {
      run: (job) =>
        performing(job.jobId, (there, abort) => perform(definitions.get(job.type), job, there, abort, clock)),
      ended: () => {
        early.clear();
      },
    }),
    performItems: (job) =>
      performing(job.jobId, (there, { signal }) => performItems(definitions.get(job.type), job, there, signal, clock)),
    abort: (jobId, reason: PlainError) => {
      const abort = aborts.get(jobId);
      if (abort !== undefined) abort.abort(ErrandError.fromPlain(reason));
      else early.set(jobId, reason);
    },
  };
  if (within === undefined) {
    catchStrays();
    Comlink.expose(surface);
  } else {
    within.ended.addEventListener('abort', () => {
      for (const abort of aborts.values()) abort.abort(new ErrandError('claim-lost'));
    });
    Comlink.expose(surface, within.endpoint);
  }
}

/** Runs the jobs of a turn one after another, and gives the turn back early when it is recalled. */
function turnTaker(
  clock: Clock,
  { run, ended }: { run: (job: Job) => Promise<Performed>; ended: () => void },
): Pick<SlotSurface, 'perform' | 'recall' | 'rest' | 'pauseSteps'> {
  const late = new Map<number, Promise<Performed>>();
  let recall: () => void = () => undefined;
  let turn: readonly Job[] = [];
  return {
    perform: async (jobs) => {
      turn = jobs;
      let isRecalled = false as boolean;
      const recalled = new Promise<'recalled'>((resolve) => {
        recall = () => {
          isRecalled = true;
          resolve('recalled');
        };
      });
      const performed: Performed[] = [];
      const startedAt = clock.elapsed();
      for (const job of jobs) {
        if (isRecalled || clock.elapsed() - startedAt > LONGEST_TURN_MS) break;
        const running = run(job);
        const done = jobs.length === 1 ? await running : await Promise.race([running, recalled]);
        if (done === 'recalled') {
          late.set(job.jobId, running);
          return { performed, running: job.jobId };
        }
        performed.push(jobs.length > 1 || done.log.length > 0 ? sendable(done) : done);
      }
      ended();
      return { performed };
    },
    recall: () => {
      recall();
    },
    pauseSteps: (jobId, pauses) => {
      const job = turn.find((each) => each.jobId === jobId);
      if (job !== undefined) job.pausedSteps = pauses;
    },
    rest: async (jobId) => {
      const running = late.get(jobId);
      late.delete(jobId);
      if (running === undefined) throw new ErrandError('internal', 'The slot has no such job.');
      return sendable(await running);
    },
  };
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol';
}

/** A result that cannot be sent must take neither the others of its turn with it nor the lines of its log. */
function sendable(performed: Performed): Performed {
  const { outcome, ...rest } = performed;
  if (outcome.kind === 'succeeded' && !isObject(outcome.result)) return performed;
  try {
    return { outcome: structuredClone(outcome), ...rest };
  } catch {
    const error = { ...new ErrandError('result-not-cloneable').toPlain(), retryable: false };
    return { outcome: { kind: 'failed', error }, ...rest };
  }
}

/** The lock is held until the worker is gone, however it goes: that is how its death is noticed. */
function holdForLife(lock: string, ended?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const forever = () => {
      resolve();
      return new Promise<void>((end) => {
        ended?.addEventListener('abort', () => {
          end();
        });
      });
    };
    navigator.locks.request(lock, forever).catch(reject);
  });
}

function hostOf(remote: Comlink.Remote<HostSurface>, database: string, newId: () => string): Host {
  let files: ReturnType<typeof openSlotFiles> | undefined;
  return {
    progress: (...report) => void remote.progress(...report),
    log: (...lines) => remote.log(...lines),
    step: (...step) => remote.step(...step),
    heartbeat: (jobId) => void remote.heartbeat(jobId),
    map: (...request) => remote.map(...request),
    sendEvent: (...request) => remote.sendEvent(...request),
    child: (...request) => remote.child(...request),
    artifact: (...file) => remote.artifact(...file),
    open: (...file) => remote.open(...file),
    writeFile: async (content) => {
      const home = await (files ??= openSlotFiles(database));
      if (home === undefined) return { content: await blobOf(content) };
      const id = newId();
      return { id, size: (await home.write(id, content)).size };
    },
  };
}

/** WebKit cannot hand streams from thread to thread: what is not written here is gathered first. */
async function blobOf(content: ArtifactContent): Promise<Blob> {
  return content instanceof ReadableStream ? new Response(content).blob() : new Blob([content]);
}

/** What a handler left behind may fail after its job has ended: that must end neither the worker nor another's job. */
function catchStrays(): void {
  const say = (event: Event, reason: unknown) => {
    event.preventDefault();
    console.error('A task handler left something behind that failed:', reason);
  };
  self.addEventListener('error', (event) => {
    say(event, event.error);
  });
  self.addEventListener('unhandledrejection', (event) => {
    say(event, event.reason);
  });
}
