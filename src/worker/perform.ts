// Runs a handler, in any realm: a slot, the service worker, a test.

import {
  checkDepth,
  type Clock,
  ErrandError,
  type ItemContext,
  type Outcome,
  outcomeOf,
  type TaskDefinition,
  taskError,
  type TaskError,
} from '../task/index.ts';
import type { ItemsJob, ItemsOutcome, Job, Performed } from '../pool/index.ts';
import { Context } from './context.ts';
import type { Host } from './host.ts';
import { keepArtifact, unwrap } from './keeping.ts';

/**
 * Runs one attempt. Never rejects: whatever the handler throws becomes its outcome. The signal fires when the handler has
 * stopped to wait, so that what still runs of it stops.
 */
export async function perform(
  definition: TaskDefinition | undefined,
  job: Job,
  host: Host,
  abort: AbortController,
  clock: Clock,
): Promise<Performed> {
  const startedAt = clock.now();
  const start = clock.elapsed();
  const context = new Context(job, host, abort, clock);
  const outcome = await outcomeOfRun(definition, job, context);
  return { outcome, ...context.end(), startedAt, durationMs: clock.elapsed() - start };
}

async function outcomeOfRun(definition: TaskDefinition | undefined, job: Job, context: Context): Promise<Outcome> {
  try {
    if (definition === undefined) throw new ErrandError('not-registered');
    context.signal.throwIfAborted();
    const returned = definition.run(await payloadFor(definition, job), context);
    if (typeof returned !== 'object' || returned === null) return succeeded(returned);
    return await context.orParked(Promise.resolve(returned).then(succeeded));
  } catch (thrown) {
    return { kind: 'failed', error: failureOf(thrown, definition, job) };
  }
}

function succeeded(returned: unknown): Outcome {
  return outcomeOf(checkDepth(returned, 'result-not-cloneable'));
}

/** What is retried at all is retried if the definition says so, too; one that throws instead does not. */
function failureOf(thrown: unknown, definition: TaskDefinition | undefined, { attempt }: Job): TaskError {
  const error = taskError(thrown);
  if (!error.retryable || definition?.retryIf === undefined) return error;
  try {
    return { ...error, retryable: definition.retryIf(thrown, { attempt }) === true };
  } catch {
    return { ...error, retryable: false };
  }
}

/** A payload of an earlier version, as the handler of today takes it. */
function payloadFor({ version, migrate }: TaskDefinition, { payload, typeVersion }: Job): unknown {
  return typeVersion < version && migrate !== undefined ? migrate(payload, typeVersion) : payload;
}

/** Runs the items of a chunk one after another, up to the first that throws. Never rejects. */
export async function performItems(
  definition: TaskDefinition | undefined,
  job: ItemsJob,
  host: Host,
  signal: AbortSignal,
  clock: Clock,
): Promise<ItemsOutcome> {
  const startedAt = clock.elapsed();
  const results: unknown[] = [];
  const took = () => clock.elapsed() - startedAt;
  try {
    const { items = {} } = definition ?? {};
    const handler = Object.hasOwn(items, job.handler) ? items[job.handler] : undefined;
    if (handler === undefined) throw unknownItemHandler(job);
    for (const [i, item] of job.items.entries()) {
      signal.throwIfAborted();
      const result = handler(item, job.options, itemContext(job, job.from + i, host, signal));
      results.push(checkDepth<unknown>(result instanceof Promise ? await result : result, 'result-not-cloneable'));
    }
    return { results, durationMs: took() };
  } catch (thrown) {
    return { results, error: taskError(thrown), durationMs: took() };
  }
}

function itemContext(job: ItemsJob, index: number, host: Host, signal: AbortSignal): ItemContext {
  return {
    signal,
    index,
    open: async (file) => unwrap(await host.open(job.jobId, file)),
    artifact: (name, content) => keepArtifact(host, job.jobId, signal, name, content),
  };
}

function unknownItemHandler({ type, handler }: ItemsJob): ErrandError {
  const message = `${type} has no item handler "${handler}". Add it to the definition's items.`;
  return new ErrandError('not-registered', message, { handler });
}
