// What a handler holds: its steps, its maps, its progress, log and files, each kept by the host before it counts.

import {
  type ArtifactContent,
  backoffMs,
  checkDepth,
  type Clock,
  ErrandError,
  errorOf,
  type FileRef,
  type LogLevel,
  type MapOptions,
  retryPolicy,
  type StepOptions,
  type TaskContext,
  taskError,
  type TaskError,
} from '../task/index.ts';
import type { HandedFile, Job, LineOfLog, Reply, StepReport } from '../pool/index.ts';
import type { Host } from './host.ts';

const LOG_FLUSH_MS = 250;
const PROGRESS_MS = 100;

export class Context implements TaskContext {
  readonly taskId: string;
  readonly runIndex: number;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly #job: Job;
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #recorded: Map<string, unknown>;
  readonly #used = new Set<string>();
  #lines: LineOfLog[] = [];
  #flushing: (() => void) | undefined;
  #progress: { percent: number; message: string | undefined } | undefined;
  #reporting: (() => void) | undefined;

  constructor(job: Job, host: Host, signal: AbortSignal, clock: Clock) {
    ({
      taskId: this.taskId,
      runIndex: this.runIndex,
      attempt: this.attempt,
      idempotencyKey: this.idempotencyKey,
    } = job);
    this.signal = signal;
    this.#job = job;
    this.#host = host;
    this.#clock = clock;
    this.#recorded = new Map(job.steps.map((step) => [step.name, step.result]));
  }

  progress(percent: number, message?: string): void {
    this.#progress = { percent: Math.min(100, Math.max(0, Number.isFinite(percent) ? percent : 0)), message };
    this.#reporting ??= this.#clock.timer(() => {
      this.#report();
    }, PROGRESS_MS);
  }

  log(message: string, data?: unknown, level: LogLevel = 'info'): void {
    const line = { at: this.#clock.now(), level, message: textOf(message) };
    this.#lines.push(data === undefined ? line : { ...line, data: kept(data) });
    this.#flushing ??= this.#clock.timer(() => {
      this.#flushing = undefined;
      void this.#host.log(this.#job.jobId, this.#takeLines()).catch(() => undefined);
    }, LOG_FLUSH_MS);
  }

  async step<T>(
    name: string,
    work: (step: { idempotencyKey: string; signal: AbortSignal }) => T | Promise<T>,
    options: StepOptions = {},
  ): Promise<T> {
    const seq = this.#use(name);
    if (this.#recorded.has(name)) return this.#recorded.get(name) as T;
    const key = `${this.idempotencyKey}/${name}`;
    const policy = retryPolicy(options.retry, { maxRetries: 0 });
    const tries: StepReport['tries'] = [];
    for (;;) {
      this.signal.throwIfAborted();
      const startedAt = this.#clock.now();
      const tried = (outcome: { status: 'completed' } | { status: 'failed'; error: TaskError }) => {
        tries.push({ ...outcome, startedAt, completedAt: this.#clock.now() });
        return { name, seq, status: outcome.status, startedAt: tries[0]?.startedAt ?? startedAt, tries };
      };
      try {
        const result = checkDepth(await work({ idempotencyKey: key, signal: this.signal }), 'result-not-cloneable');
        this.signal.throwIfAborted();
        await this.#keep(this.#host.step(this.#job.jobId, { ...tried({ status: 'completed' }), result }));
        return result;
      } catch (thrown) {
        this.signal.throwIfAborted();
        const error = taskError(thrown);
        const report = tried({ status: 'failed', error });
        if (!error.retryable || tries.length > policy.maxRetries) {
          await this.#keep(this.#host.step(this.#job.jobId, { ...report, error }));
          throw thrown;
        }
        await this.#pause(error.retryAfterMs ?? backoffMs(policy, tries.length, this.#clock.random()));
      }
    }
  }

  async map(
    handler: string,
    items: readonly unknown[],
    options?: unknown,
    mapOptions: MapOptions = {},
  ): Promise<never[]> {
    const name = mapOptions.name ?? handler;
    if (!Array.isArray(items)) throw new ErrandError('invalid-request', 'items must be an array.', { field: 'items' });
    const seq = this.#use(name);
    this.signal.throwIfAborted();
    checkDepth(items, 'result-not-cloneable');
    return (await this.#keep(this.#host.map(this.#job.jobId, { name, seq, handler, items, options }))) as never[];
  }

  artifact(name: string, content: ArtifactContent): Promise<FileRef> {
    return keepArtifact(this.#host, this.#job.jobId, this.signal, name, content);
  }

  open(file: FileRef): Promise<File> {
    return this.#keep(this.#host.open(this.#job.jobId, file));
  }

  /** Stops the timers; gives the log lines that have not been sent. */
  end(): LineOfLog[] {
    this.#flushing?.();
    this.#reporting?.();
    return this.#takeLines();
  }

  /** Its place among the steps that the handler comes to. */
  #use(name: string): number {
    if (this.#used.has(name))
      throw new ErrandError('duplicate-step', `Two steps of one run are named "${name}".`, { name });
    this.#used.add(name);
    return this.#used.size;
  }

  async #keep<T>(reply: Promise<Reply<T>>): Promise<T> {
    return unwrap(await reply);
  }

  #report(): void {
    this.#reporting = undefined;
    if (this.#progress !== undefined)
      this.#host.progress(this.#job.jobId, this.#progress.percent, this.#progress.message);
  }

  #takeLines(): LineOfLog[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.timer(resolve, ms);
      this.signal.addEventListener('abort', () => {
        cancel();
        reject(this.signal.reason as Error);
      });
    });
  }
}

/** A copy as of now; of what cannot be copied, its text. */
function kept(data: unknown): unknown {
  try {
    return structuredClone(checkDepth(data));
  } catch {
    return textOf(data);
  }
}

function textOf(data: unknown): string {
  try {
    return String(data);
  } catch {
    return 'What was to be kept here can be neither copied nor made text.';
  }
}

/** Writes an artifact's bytes, here where this realm can, and has the host keep it. */
export async function keepArtifact(
  host: Host,
  jobId: number,
  signal: AbortSignal,
  name: string,
  content: ArtifactContent,
): Promise<FileRef> {
  signal.throwIfAborted();
  const type = content instanceof Blob ? content.type : '';
  const file: HandedFile = { name, type, ...(await host.writeFile(content)) };
  signal.throwIfAborted();
  return unwrap(await host.artifact(jobId, file));
}

export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  const { error } = reply;
  throw errorOf({ retryable: true, ...error });
}
