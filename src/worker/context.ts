// What a handler holds: its steps, its maps, its progress, log and files, each kept by the host before it counts.

import {
  type ArtifactContent,
  backoffMs,
  checkDepth,
  type ChildOptions,
  type Clock,
  type Dependency,
  duration,
  type Duration,
  ErrandError,
  type FileRef,
  type LogLevel,
  type MapOptions,
  matchesStep,
  type Outcome,
  type Progress,
  retryPolicy,
  type RetryPolicy,
  type SendOptions,
  type StepOptions,
  type TaskContext,
  type TaskDefinition,
  taskError,
  type TaskError,
  type WaitOptions,
  type WaitReport,
} from '../task/index.ts';
import type { Job, LineOfLog, RecordedStep, Reply, StepReport } from '../pool/index.ts';
import type { Host } from './host.ts';
import { keepArtifact, kept, textOf, unwrap } from './keeping.ts';
import { Parking } from './parking.ts';

const LOG_FLUSH_MS = 250;
const PROGRESS_MS = 100;
/** So many signs of life are sent, at most, in the time that a handler may go without one. */
const BEATS = 4;
const LONGEST_EVENT = 200;

type Work<T> = (step: { idempotencyKey: string; signal: AbortSignal }) => T | Promise<T>;

export class Context implements TaskContext {
  readonly taskId: string;
  readonly runIndex: number;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly #job: Job;
  readonly #host: Host;
  readonly #abort: AbortController;
  readonly #clock: Clock;
  readonly #recorded: ReadonlyMap<string, RecordedStep>;
  readonly #used = new Set<string>();
  /** So many children of each name were asked for. */
  #children: Map<string, number> | undefined;
  /** What is under way, and must be done before the attempt may end to wait. */
  #busy = 0;
  #parking: Parking | undefined;
  #onParked: ((outcome: Outcome) => void) | undefined;
  #ended = false;
  #beatAt = -Infinity;
  #lines: LineOfLog[] = [];
  #flushing: (() => void) | undefined;
  #progress: Progress | undefined;
  #reporting: (() => void) | undefined;

  constructor(job: Job, host: Host, abort: AbortController, clock: Clock) {
    ({
      taskId: this.taskId,
      runIndex: this.runIndex,
      attempt: this.attempt,
      idempotencyKey: this.idempotencyKey,
    } = job);
    this.signal = abort.signal;
    this.#job = job;
    this.#host = host;
    this.#abort = abort;
    this.#clock = clock;
    this.#recorded = new Map(job.steps.map((step) => [step.name, step]));
  }

  get dependencies(): readonly Dependency[] {
    return this.#job.dependencies ?? [];
  }

  progress(percent: number, message?: string): void {
    if (this.#ended) return;
    this.heartbeat();
    this.#progress = { percent: Math.min(100, Math.max(0, Number.isFinite(percent) ? percent : 0)) };
    if (message !== undefined) this.#progress.message = textOf(message);
    this.#reporting ??= this.#clock.timer(() => {
      this.#report();
    }, PROGRESS_MS);
  }

  log(message: string, data?: unknown, level: LogLevel = 'info'): void {
    if (this.#ended) return;
    this.heartbeat();
    const line = { at: this.#clock.now(), level, message: textOf(message) };
    this.#lines.push(data === undefined ? line : { ...line, data: kept(data) });
    this.#flushing ??= this.#clock.timer(() => {
      this.#flushing = undefined;
      void this.#host.log(this.#job.jobId, this.#takeLines()).catch(() => undefined);
    }, LOG_FLUSH_MS);
  }

  heartbeat(): void {
    const { heartbeatMs, jobId } = this.#job;
    if (heartbeatMs === undefined || this.#ended) return;
    const now = this.#clock.now();
    if (Math.abs(now - this.#beatAt) < heartbeatMs / BEATS) return;
    this.#beatAt = now;
    this.#host.heartbeat(jobId);
  }

  async step<T>(name: string, work: Work<T>, options: StepOptions = {}): Promise<T> {
    const seq = this.#use(name);
    const recorded = this.#recorded.get(name);
    if (recorded?.kind === 'step') return recorded.result as T;
    return this.#unlessPaused(name, () =>
      this.#tryStep(name, seq, work, retryPolicy(options.retry, { maxRetries: 0 })),
    );
  }

  async #tryStep<T>(name: string, seq: number, work: Work<T>, policy: RetryPolicy): Promise<T> {
    const key = `${this.idempotencyKey}/${name}`;
    this.heartbeat();
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
    const ask = () => {
      checkDepth(items, 'result-not-cloneable');
      return this.#keep(this.#host.map(this.#job.jobId, { name, seq, handler, items, options }));
    };
    // What is recorded of a map is not here, but where its items are lent from.
    return (await (this.#recorded.has(name) ? this.#during(ask) : this.#unlessPaused(name, ask))) as never[];
  }

  async sleep(name: string, span: Duration): Promise<void> {
    await this.#wait('sleep', name, duration(span));
  }

  async waitForEvent<T = unknown>(name: string, { event, timeoutMs }: WaitOptions): Promise<T | undefined> {
    checkEvent(event);
    return this.#wait('event', name, timeoutMs === undefined ? Infinity : duration(timeoutMs), event) as Promise<T>;
  }

  async sendEvent(event: string, payload?: unknown, { to, name = `send ${event}` }: SendOptions = {}): Promise<number> {
    checkEvent(event);
    const seq = this.#use(name);
    const recorded = this.#recorded.get(name);
    if (recorded?.kind === 'step') return recorded.result as number;
    checkDepth(payload);
    const startedAt = this.#clock.now();
    return this.#unlessPaused(name, () =>
      this.#keep(this.#host.sendEvent(this.#job.jobId, { name, seq, startedAt, event, payload, to })),
    );
  }

  async child(
    definition: Pick<TaskDefinition, 'type'> | string,
    payload?: unknown,
    options: ChildOptions = {},
  ): Promise<{ id: string }> {
    const type = typeof definition === 'string' ? definition : definition.type;
    const name = options.name ?? type;
    const nth = (this.#children?.get(name) ?? 0) + 1;
    (this.#children ??= new Map()).set(name, nth);
    checkDepth(payload);
    return this.#during(() => this.#keep(this.#host.child(this.#job.jobId, { name, nth, type, payload, options })));
  }

  artifact(name: string, content: ArtifactContent): Promise<FileRef> {
    this.heartbeat();
    return this.#during(() => keepArtifact(this.#host, this.#job.jobId, this.signal, name, content));
  }

  open(file: FileRef): Promise<File> {
    return this.#during(() => this.#keep(this.#host.open(this.#job.jobId, file)));
  }

  /** The handler's own outcome, or that it has stopped to wait. */
  orParked(outcome: Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#onParked = resolve;
      outcome.then(resolve, reject);
    });
  }

  /** Stops the timers; gives what has not been sent. Nothing comes of the context any more. */
  end(): { log: LineOfLog[]; progress?: Progress } {
    this.#ended = true;
    this.#parking?.close();
    this.#flushing?.();
    const log = this.#takeLines();
    if (this.#reporting === undefined || this.#progress === undefined) return { log };
    this.#reporting();
    return { log, progress: this.#progress };
  }

  /** What is recorded of a wait, once it is over. */
  async #wait(kind: WaitReport['kind'], name: string, ms: number, event?: string): Promise<unknown> {
    const seq = this.#use(name);
    const recorded = this.#recorded.get(name);
    const before = recorded?.kind === kind ? recorded : undefined;
    if (before !== undefined && before.until === undefined) return before.result;
    const startedAt = this.#clock.now();
    const until = before?.until ?? startedAt + ms;
    // An event that was sent before is looked for even where nobody waits for it.
    const isOver = until <= startedAt && (before !== undefined || kind === 'sleep');
    if (!isOver) return this.#unlessPaused(name, () => this.#park({ name, seq, kind, startedAt, until }, event), false);
    const report: StepReport = { name, seq, kind, status: 'completed', startedAt, tries: [] };
    return this.#during(() => this.#keep(this.#host.step(this.#job.jobId, report)));
  }

  #park(report: WaitReport, event?: string): Promise<never> {
    return this.#parkingHere().wait(report, event);
  }

  #parkingHere(): Parking {
    return (this.#parking ??= new Parking({
      clock: this.#clock,
      isBusy: () => this.#busy > 0,
      park: (outcome) => {
        this.#onParked?.(outcome);
        this.#ended = true;
        this.#abort.abort(new ErrandError('parked'));
      },
    }));
  }

  /** Goes on, unless a rule pauses steps of that name: then the attempt ends before it. */
  async #unlessPaused<T>(name: string, work: () => Promise<T>, isBusy = true): Promise<T> {
    this.signal.throwIfAborted();
    const now = this.#clock.now();
    const pause = this.#job.pausedSteps?.find((each) => each.until > now && matchesStep(each.pattern, name));
    if (pause !== undefined) return this.#parkingHere().pause(name, pause);
    return isBusy ? this.#during(work) : work();
  }

  /** The attempt does not end to wait while this is under way. */
  async #during<T>(work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#parking?.look();
    }
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

function checkEvent(event: string): void {
  if (typeof (event as unknown) === 'string' && event.length > 0 && event.length <= LONGEST_EVENT) return;
  const message = `event must be a name of 1 to ${LONGEST_EVENT} characters.`;
  throw new ErrandError('invalid-request', message, { field: 'event' });
}
