// The façade: what a page holds. It draws nothing and writes nothing; every call goes to the page's own worker,
// raced against that worker's end, so that no promise is left hanging.

import * as Comlink from 'comlink';
import type { Reply } from '../pool/index.ts';
import { engineLock } from '../schedule/index.ts';
import {
  checkDepth,
  checkIdText,
  checkQuery,
  type EnqueueRequest,
  ErrandError,
  errorOf,
  isFinal,
  systemClock,
  type Task,
  type TaskDefinition,
  type TaskError,
  type ListQuery,
} from '../task/index.ts';
import { changesOf } from './changes.ts';
import { endOf } from './lifeline.ts';
import { askToKeepStorage, siteMemory, tabMemory, wakeOnReturn } from './page.ts';
import type { Enqueued, EngineSurface, OpenSetup, Pushed, Watched } from './protocol.ts';
import type {
  EnqueueCallOptions,
  EnqueueItem,
  Notice,
  Runner,
  Settings,
  Stats,
  TaskDetail,
  TaskHandle,
  TaskPage,
} from './runner.ts';

export interface RunnerOptions {
  /** Starts the worker that calls `serve`. */
  worker: () => Worker;
  /** The database's name. Runners of one name on one origin share their tasks. Default `default`. */
  database?: string;
  /** The number of slots, until somebody configures another. Default: the number of cores, at least 2, at most 10. */
  maxConcurrent?: number;
}

/** An enqueue that waits for the end of this turn of the event loop. */
interface Waiting {
  request: EnqueueRequest;
  resolve: (reply: Reply<Enqueued>) => void;
  reject: (error: unknown) => void;
}

type Remote = Comlink.Remote<EngineSurface>;

/**
 * Starts a runner on a database. Resolves once the database is open.
 * Rejects with `database-unavailable`, `database-newer`, or `engine-lost` when the worker cannot be loaded.
 * @example
 * const runner = await createRunner({
 *   worker: () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }),
 * });
 */
export async function createRunner(options: RunnerOptions): Promise<Runner> {
  const client = new Client(options);
  try {
    await client.open(options.maxConcurrent);
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
}

class Client implements Runner {
  readonly database: string;
  readonly #worker: Worker;
  readonly #engine: Remote;
  readonly #pending = new Set<(error: ErrandError) => void>();
  readonly #seen = new Map<number, (value: unknown) => void>();
  readonly #copied = new Map<number, (copiedBytes: number, totalBytes: number) => void>();
  readonly #notices: Notice[] = [];
  readonly #noticed = new Set<(notice: Notice) => void>();
  #batch: Waiting[] = [];
  #lastId = 0;
  #gone: ErrandError | undefined;
  /** There is something worth keeping since the first task. */
  #askedToKeep = false;
  readonly #stopWaking: () => void;
  readonly #ended = new AbortController();

  constructor({ worker, database = 'default' }: RunnerOptions) {
    this.database = database;
    this.#worker = worker();
    this.#engine = Comlink.wrap<EngineSurface>(this.#worker);
    this.#worker.addEventListener('error', ({ message }) => {
      this.#lose(message);
    });
    this.#stopWaking = wakeOnReturn(
      () => void this.#call((engine) => engine.poll()).catch(ignore),
      () => void this.#engine.close().catch(ignore),
    );
  }

  async open(maxConcurrent: number | undefined): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Pushed>) => {
      this.#pushed(data);
    };
    const tab = tabMemory(`errand:${this.database}:engine`);
    const site = siteMemory(`errand:${this.database}:generation`);
    const predecessor = tab.read();
    const generation = site.read();
    const setup: OpenSetup = { database: this.database, port: port2 };
    if (maxConcurrent !== undefined) setup.maxConcurrent = maxConcurrent;
    if (predecessor !== null) setup.predecessor = predecessor;
    if (generation !== null) setup.generation = generation;
    const opened = await this.#call((engine) => engine.open(Comlink.transfer(setup, [port2])));
    tab.write(opened.engineId);
    site.write(opened.generation);
    const lock = engineLock(this.database, opened.engineId);
    void endOf(lock, () => this.#engine.status(), this.#ended.signal).then(() => {
      this.#lose('It ended without a word.');
    }, ignore);
  }

  async enqueue(
    type: TaskDefinition | string,
    payload?: unknown,
    options: EnqueueCallOptions = {},
  ): Promise<TaskHandle<never>> {
    const { onCopy, ...rest } = options;
    const request = requestOf({ type, payload, options: rest });
    if (onCopy === undefined) return this.#handle(unwrap(await this.#enqueueSoon(request)));
    const callId = ++this.#lastId;
    this.#copied.set(callId, (copiedBytes, totalBytes) => {
      onCopy({ copiedBytes, totalBytes });
    });
    try {
      const [enqueued] = await this.#call((engine) => engine.enqueue([request], callId));
      return this.#handle(enqueued);
    } finally {
      this.#copied.delete(callId);
    }
  }

  async enqueueMany(items: readonly EnqueueItem[]): Promise<TaskHandle[]> {
    const requests = items.map(requestOf);
    const enqueued = await this.#call((engine) => engine.enqueue(requests, null));
    return enqueued.map((each) => this.#handle(each));
  }

  get = (id: string) => this.#about(id, (engine) => engine.get(id));
  list = (query: ListQuery = {}) => this.#call((engine) => engine.list(query));
  stats = () => this.#call((engine) => engine.stats());
  detail = (id: string) => this.#about(id, (engine) => engine.detail(id));
  items: Runner['items'] = (id, step, span = {}) => this.#about(id, (engine) => engine.items(id, step, span));
  artifacts: Runner['artifacts'] = (id, span = {}) => this.#about(id, (engine) => engine.artifacts(id, span));
  log: Runner['log'] = (id, span = {}) => this.#about(id, (engine) => engine.log(id, span));
  openFile: Runner['openFile'] = (file) => this.#call((engine) => engine.openFile(file));
  cancel = (id: string, reason?: string) => this.#about(id, (engine) => engine.cancel(id, reason));
  retry = (id: string) => this.#about(id, (engine) => engine.retry(id));
  retryStep = (id: string, step: string) => this.#about(id, (engine) => engine.retryStep(id, step));
  restart: Runner['restart'] = (id, change) => this.#about(id, (engine) => engine.restart(id, checkDepth(change)));
  rerun: Runner['rerun'] = (id, which = {}) => this.#about(id, (engine) => engine.rerun(id, which));
  decide: Runner['decide'] = (id, decision) => this.#about(id, (engine) => engine.decide(id, checkDepth(decision)));
  runNow = (id: string) => this.#about(id, (engine) => engine.runNow(id));
  remove = (id: string) => this.#about(id, (engine) => engine.remove(id));
  clearFinished: Runner['clearFinished'] = (statuses = ['completed', 'failed', 'cancelled']) =>
    this.#call((engine) => engine.clearFinished(statuses));
  erase = () => this.#call((engine) => engine.erase());
  guarantees = () => this.#call((engine) => engine.guarantees());
  status = () => this.#call((engine) => engine.status());
  settings = () => this.#call((engine) => engine.settings());
  configure = (settings: Partial<Settings>) => this.#call((engine) => engine.configure(settings));

  async wait(id: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<{ task: Task; finished: boolean }> {
    this.#throwIfGone();
    const over = Promise.withResolvers<undefined>();
    let last: Task | undefined;
    const stopWatching = this.#watch({ kind: 'task', id: checkIdText(id) }, (value) => {
      if (value === undefined) over.reject(new ErrandError('not-found'));
      else last = value as Task;
      if (last !== undefined && isFinal(last.status)) over.resolve(undefined);
    });
    const stopWaiting = timeoutMs === undefined ? ignore : systemClock.timer(() => over.resolve(undefined), timeoutMs);
    try {
      await this.#orGone(over.promise);
    } finally {
      stopWaiting();
      stopWatching();
    }
    last ??= await this.get(id);
    if (last === undefined) throw new ErrandError('not-found');
    return { task: last, finished: isFinal(last.status) };
  }

  async result(id: string): Promise<unknown> {
    const { task } = await this.wait(id);
    if (task.status === 'completed') return task.result;
    if (task.status === 'failed' || task.status === 'cancelled') throw errorOf(task.error ?? GONE);
    throw new ErrandError('not-found');
  }

  changes(id: string): AsyncIterableIterator<Task, undefined> {
    return changesOf({
      watch: (seen) => this.#watch({ kind: 'task', id: checkIdText(id) }, seen as (value: unknown) => void),
      orGone: (promise) => this.#orGone(promise),
    });
  }

  watchList(query: ListQuery, seen: (page: TaskPage) => void): () => void {
    checkQuery(query);
    return this.#watch({ kind: 'list', query }, seen as (value: unknown) => void);
  }

  watchStats(seen: (stats: Stats) => void): () => void {
    return this.#watch({ kind: 'stats' }, seen as (value: unknown) => void);
  }

  watchDetail(id: string, seen: (detail: TaskDetail | undefined) => void): () => void {
    return this.#watch({ kind: 'detail', id: checkIdText(id) }, seen as (value: unknown) => void);
  }

  onNotice(seen: (notice: Notice) => void): () => void {
    this.#noticed.add(seen);
    for (const notice of this.#notices) tell(seen, notice);
    return () => this.#noticed.delete(seen);
  }

  async close(): Promise<void> {
    if (this.#gone !== undefined) return;
    this.#stopWaking();
    await this.#call((engine) => engine.close()).catch(ignore);
    this.#abandon(new ErrandError('closed'));
  }

  /** Calls of one turn of the event loop travel, and are written, together. */
  #enqueueSoon(request: EnqueueRequest): Promise<Reply<Enqueued>> {
    return new Promise((resolve, reject) => {
      this.#batch.push({ request, resolve, reject });
      if (this.#batch.length === 1) queueMicrotask(() => void this.#sendBatch());
    });
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    try {
      const replies = await this.#orGone(this.#engine.enqueueEach(batch.map((each) => each.request)));
      batch.forEach(({ resolve }, i) => {
        resolve(replies[i] ?? { ok: false, error: new ErrandError('internal').toPlain() });
      });
    } catch (error) {
      if (batch.length > 1 && !(error instanceof ErrandError)) for (const each of batch) void this.#sendAlone(each);
      else for (const { reject } of batch) reject(sendingError(error));
    }
  }

  /** One of several could not be sent: only that one is to blame. */
  async #sendAlone({ request, resolve, reject }: Waiting): Promise<void> {
    try {
      const [reply] = await this.#orGone(this.#engine.enqueueEach([request]));
      resolve(reply ?? { ok: false, error: new ErrandError('internal').toPlain() });
    } catch (error) {
      reject(sendingError(error));
    }
  }

  #handle(enqueued: Enqueued | undefined): TaskHandle<never> {
    if (enqueued === undefined) throw new ErrandError('internal');
    const { id, created } = enqueued;
    if (created && !this.#askedToKeep) {
      this.#askedToKeep = true;
      askToKeepStorage();
    }
    return {
      id,
      created,
      get: async () => {
        const task = await this.get(id);
        if (task === undefined) throw new ErrandError('not-found');
        return task;
      },
      changes: () => this.changes(id),
      result: () => this.result(id) as Promise<never>,
      cancel: (reason) => this.cancel(id, reason),
    };
  }

  async #call<T>(call: (engine: Remote) => Promise<Reply<T>>): Promise<T> {
    this.#throwIfGone();
    try {
      return unwrap(await this.#orGone(call(this.#engine)));
    } catch (error) {
      throw sendingError(error);
    }
  }

  /** A call that names a task. */
  async #about<T>(id: string, call: (engine: Remote) => Promise<Reply<T>>): Promise<T> {
    checkIdText(id);
    return this.#call(call);
  }

  #watch(watched: Watched, seen: (value: unknown) => void): () => void {
    const watchId = ++this.#lastId;
    this.#seen.set(watchId, seen);
    void this.#engine.watch(watchId, watched).catch(ignore);
    return () => {
      this.#seen.delete(watchId);
      if (this.#gone === undefined) void this.#engine.unwatch(watchId).catch(ignore);
    };
  }

  #pushed(pushed: Pushed): void {
    if (pushed.kind === 'seen') this.#seen.get(pushed.watchId)?.(pushed.value);
    else if (pushed.kind === 'copied') this.#copied.get(pushed.callId)?.(pushed.copiedBytes, pushed.totalBytes);
    else this.#notice(pushed.notice);
  }

  #notice(notice: Notice): void {
    this.#notices.push(notice);
    for (const seen of this.#noticed) tell(seen, notice);
  }

  #throwIfGone(): void {
    if (this.#gone !== undefined) throw this.#gone;
  }

  #orGone<T>(promise: Promise<T>): Promise<T> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      promise.then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  #lose(reason: string): void {
    if (this.#gone !== undefined) return;
    const error = new ErrandError('engine-lost', undefined, { reason });
    this.#abandon(error);
    this.#notice({ at: systemClock.now(), kind: 'engine-lost', message: error.message });
  }

  /** An engine that failed may live on and keep the lead: it is ended for good. */
  #abandon(error: ErrandError): void {
    this.#stopWaking();
    this.#ended.abort();
    this.#worker.terminate();
    this.#end(error);
  }

  #end(error: ErrandError): void {
    this.#gone ??= error;
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
  }
}

const GONE: TaskError = { ...new ErrandError('not-found').toPlain(), retryable: false };

function requestOf({ type, payload, options = {} }: EnqueueItem): EnqueueRequest {
  checkDepth(payload);
  const named = typeof type === 'string' ? { type } : { type: type.type, typeVersion: type.version };
  return { ...options, ...named, payload };
}

function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw ErrandError.fromPlain(reply.error);
}

/** What could not be sent was not taken: it cannot be cloned, or throws when it is looked at. */
function sendingError(error: unknown): unknown {
  if (error instanceof ErrandError) return error;
  return new ErrandError('payload-not-cloneable', undefined, { field: 'payload' }, { cause: error });
}

/** A listener that throws is the page's affair, and said aloud there. */
function tell(seen: (notice: Notice) => void, notice: Notice): void {
  try {
    seen(notice);
  } catch (error) {
    reportError(error);
  }
}

function ignore(): void {
  // It will be heard of elsewhere.
}
