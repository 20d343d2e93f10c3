// The façade: what a page holds. It draws nothing and writes nothing; every call goes to the page's own worker, in the
// name of whoever asks.

import {
  checkDepth,
  checkIdText,
  checkQuery,
  type EnqueueRequest,
  ErrandError,
  errorOf,
  isFinal,
  type ListQuery,
  type PauseMatch,
  systemClock,
  type Task,
  type TaskDefinition,
  type TaskError,
} from '../task/index.ts';
import { changesOf } from './changes.ts';
import type { Arguments, Answer, CommandName, Enqueued } from './commands.ts';
import { Line } from './line.ts';
import { type Link, toWorker } from './link.ts';
import { LOCAL } from './local.ts';
import { askToKeepStorage, type Memory, siteMemory } from './page.ts';
import { checkPrincipal, mayDo } from './permissions.ts';
import type {
  BulkProgress,
  EnqueueCallOptions,
  EnqueueItem,
  Notice,
  PauseRequest,
  Permission,
  Principal,
  Runner,
  Settings,
  Stats,
  TaskDetail,
  TaskHandle,
  TaskPage,
  TransferProgress,
} from './runner.ts';

export interface RunnerOptions {
  /** Starts the worker that calls `serve`. */
  worker: () => Worker;
  /** The database's name. Runners of one name on one origin share their tasks. Default `default`. */
  database?: string;
  /** The number of slots, until somebody configures another. Default: the number of cores, at least 2, at most 10. */
  maxConcurrent?: number;
  /**
   * Who is asking: from now on the one of this database, in whose name its service worker answers, too. Default: the last one
   * that was set; at first the user `local`, an admin.
   */
  principal?: Principal;
}

/**
 * Starts a runner on a database. Resolves once the database is open.
 * Rejects with `database-unavailable`, `database-newer`, or `engine-lost` when the worker cannot be loaded.
 * @example
 * const runner = await createRunner({
 *   worker: () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }),
 * });
 */
export async function createRunner({ worker, ...options }: RunnerOptions): Promise<Runner> {
  return openRunner(toWorker(worker()), options);
}

/**
 * Starts a runner that takes calls at once, in the name of whoever was set last, as far as this site remembers: each waits
 * until the database is open. `opened` resolves then, with a runner in the name that the database knows; it rejects as
 * `createRunner` does, and what was asked rejects, too. Throws what `worker` throws.
 */
export function startRunner({ worker, database = 'default' }: Pick<RunnerOptions, 'worker' | 'database'>): {
  runner: Runner;
  opened: Promise<Runner>;
} {
  const line = new Line(toWorker(worker()), database);
  const soon = new Client(line, lastPrincipalOf(database));
  const opened = line.open().then(
    (last) => {
      principalMemory(database).write(JSON.stringify(last));
      return isSame(last, soon.principal) ? soon : soon.as(last);
    },
    async (error: unknown) => {
      await line.close();
      throw error;
    },
  );
  return { runner: soon, opened };
}

/** The same, wherever the engine lives. */
export async function openRunner(
  link: Link,
  { database = 'default', maxConcurrent, principal }: Omit<RunnerOptions, 'worker'>,
): Promise<Runner> {
  const line = new Line(link, database);
  try {
    const last = await line.open(maxConcurrent);
    const isLast = principal === undefined || isSame(principal, last);
    const set = isLast ? last : await line.call(LOCAL, 'actAs', principal);
    principalMemory(database).write(JSON.stringify(set));
    return new Client(line, set);
  } catch (error) {
    await line.close();
    throw error;
  }
}

function isSame(a: Principal, b: Principal): boolean {
  return a.user === b.user && a.role === b.role;
}

function principalMemory(database: string): Memory {
  return siteMemory(`errand:${database}:principal`);
}

function lastPrincipalOf(database: string): Principal {
  try {
    return checkPrincipal(JSON.parse(principalMemory(database).read() ?? 'null') as Principal);
  } catch {
    return LOCAL;
  }
}

/** There is something worth keeping since the first task. */
let askedToKeep = false;

class Client implements Runner {
  readonly database: string;
  readonly principal: Principal;
  readonly #line: Line;

  constructor(line: Line, principal: Principal) {
    this.#line = line;
    this.database = line.database;
    this.principal = Object.freeze({ ...principal });
  }

  as = (principal: Principal) => new Client(this.#line, principal);
  lastPrincipal = () => this.#call('lastPrincipal');
  actAs = async (principal: Principal) => {
    const set = await this.#call('actAs', principal);
    principalMemory(this.database).write(JSON.stringify(set));
    return this.as(set);
  };
  may = (permission: Permission) => mayDo(this.principal, permission);

  async enqueue(
    type: TaskDefinition | string,
    payload?: unknown,
    options: EnqueueCallOptions = {},
  ): Promise<TaskHandle<never>> {
    const { onCopy, ...rest } = options;
    const request = requestOf({ type, payload, options: rest });
    if (onCopy === undefined) return this.#handle(await this.#line.enqueueSoon(this.principal, request));
    const onProgress = (copiedBytes: number, totalBytes: number) => {
      onCopy({ copiedBytes, totalBytes });
    };
    const [enqueued] = await this.#line.tracked(onProgress, (callId) => this.#call('enqueue', [request], callId));
    return this.#handle(enqueued);
  }

  async enqueueMany(items: readonly EnqueueItem[]): Promise<TaskHandle[]> {
    const requests = items.map(requestOf);
    const enqueued = await this.#call('enqueue', requests, null);
    return enqueued.map((each) => this.#handle(each));
  }

  enqueueAndGet: Runner['enqueueAndGet'] = async (items) => this.#call('enqueueAndGet', items.map(requestOf));
  check: Runner['check'] = async (type, payload, options = {}) =>
    this.#call('check', requestOf({ type, payload, options }));
  get = (id: string) => this.#about('get', id);
  list = (query: ListQuery = {}) => this.#call('list', query);
  recent = () => this.#call('recent');
  stats = () => this.#call('stats');
  detail = (id: string) => this.#about('detail', id);
  history = (id: string) => this.#about('history', id);
  explain = (id: string) => this.#about('explain', id);
  items: Runner['items'] = (id, step, span = {}) => this.#about('items', id, step, span);
  artifacts: Runner['artifacts'] = (id, span = {}) => this.#about('artifacts', id, span);
  artifactsOf = (ids: readonly string[]) => this.#call('artifactsOf', ids);
  log: Runner['log'] = (id, span = {}) => this.#about('log', id, span);
  openFile: Runner['openFile'] = (file) => this.#call('openFile', file);
  update: Runner['update'] = async (id, change) => this.#about('update', id, checkDepth(change));
  cancel = (id: string, reason?: string) => this.#about('cancel', id, reason);
  retry = (id: string) => this.#about('retry', id);
  retryStep: Runner['retryStep'] = (id, step, by = {}) => this.#about('retryStep', id, step, by);
  restart: Runner['restart'] = async (id, change = {}) => this.#about('restart', id, checkDepth(change));
  rerun: Runner['rerun'] = (id, which = {}) => this.#about('rerun', id, which);
  decide: Runner['decide'] = async (id, decision) => this.#about('decide', id, checkDepth(decision));
  runNow = (id: string) => this.#about('runNow', id);
  sendEvent: Runner['sendEvent'] = async (name, payload, { to } = {}) =>
    this.#call('sendEvent', name, checkDepth(payload), to);
  signedIn = (credential?: string) => this.#call('signedIn', credential);
  shared = () => this.#call('shared');
  processNext = () => this.#call('processNext');
  remove = (id: string) => this.#about('remove', id);
  undo: Runner['undo'] = (ids) => this.#call('undo', typeof ids === 'string' ? [ids] : ids);
  bulk: Runner['bulk'] = (action, filter, { dryRun = false, onProgress } = {}) =>
    this.#line.tracked(progressOf(onProgress), (callId) => this.#call('bulk', action, { ...filter, dryRun }, callId));
  clearFinished: Runner['clearFinished'] = (statuses = ['completed', 'failed', 'cancelled']) =>
    this.#call('clearFinished', statuses);
  erase = () => this.#call('erase');
  exportAll: Runner['exportAll'] = ({ onProgress } = {}) =>
    this.#line.tracked(transferOf(onProgress), (callId) => this.#call('exportAll', callId));
  readImport = (zip: Blob) => this.#call('readImport', zip);
  importAll: Runner['importAll'] = (zip, { onProgress, ...options }) =>
    this.#line.tracked(transferOf(onProgress), (callId) => this.#call('importAll', zip, options, callId));
  pause = (rule: PauseRequest = {}) => this.#call('pause', rule);
  resume = (which: PauseMatch | { ruleId: string } = {}) => this.#call('resume', which);
  pauses = ({ lifted = false }: { lifted?: boolean } = {}) => this.#call('pauses', lifted);
  setSignal = (name: string, state: boolean | undefined) => this.#call('setSignal', name, state);
  guarantees = () => this.#call('guarantees');
  status = () => this.#call('status');
  types = () => this.#call('types');
  settings = () => this.#call('settings');
  configure = (settings: Partial<Settings>) => this.#call('configure', settings);

  async wait(id: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<{ task: Task; finished: boolean }> {
    this.#line.throwIfGone();
    const over = Promise.withResolvers<undefined>();
    let last: Task | undefined;
    const stopWatching = this.#watchTask(id, (task) => {
      if (task === undefined) over.reject(new ErrandError('not-found'));
      else last = task;
      if (last !== undefined && isFinal(last.status)) over.resolve(undefined);
    });
    const stopWaiting = timeoutMs === undefined ? ignore : systemClock.timer(() => over.resolve(undefined), timeoutMs);
    try {
      await this.#line.orGone(over.promise);
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
      watch: (seen) => this.#watchTask(id, seen),
      orGone: (promise) => this.#line.orGone(promise),
    });
  }

  watchList(query: ListQuery, seen: (page: TaskPage) => void): () => void {
    checkQuery(query);
    return this.#line.watch(this.principal, { kind: 'list', query }, seen as (value: unknown) => void);
  }

  openList: Runner['openList'] = (query, seen) => {
    checkQuery(query);
    return this.#line.openList(this.principal, query, seen);
  };

  watchRecent(seen: (tasks: Task[]) => void): () => void {
    const watched = { kind: 'recent', user: this.principal.user } as const;
    return this.#line.watch(this.principal, watched, seen as (value: unknown) => void);
  }

  watchStats(seen: (stats: Stats) => void): () => void {
    return this.#line.watch(this.principal, { kind: 'stats' }, seen as (value: unknown) => void);
  }

  watchDetail(id: string, seen: (detail: TaskDetail | undefined) => void): () => void {
    return this.#line.watch(this.principal, { kind: 'detail', id: checkIdText(id) }, seen as (value: unknown) => void);
  }

  onFinished(seen: (task: Task) => void, { type }: { type?: string } = {}): () => void {
    return this.#line.watch(this.principal, { kind: 'finished', type }, (tasks) => {
      for (const task of tasks as Task[]) seen(task);
    });
  }

  onNotice = (seen: (notice: Notice) => void) => this.#line.onNotice(seen);

  close = () => this.#line.close();

  #watchTask(id: string, seen: (task: Task | undefined) => void): () => void {
    return this.#line.watch(this.principal, { kind: 'task', id: checkIdText(id) }, seen as (value: unknown) => void);
  }

  #handle(enqueued: Enqueued | undefined): TaskHandle<never> {
    if (enqueued === undefined) throw new ErrandError('internal');
    const { id, created } = enqueued;
    if (created && !askedToKeep) {
      askedToKeep = true;
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

  #call<K extends CommandName>(name: K, ...args: Arguments<K>): Promise<Answer<K>> {
    return this.#line.call(this.principal, name, ...args);
  }

  /** A call that names a task. */
  async #about<K extends CommandName>(name: K, ...args: Arguments<K>): Promise<Answer<K>> {
    checkIdText(args[0] as string);
    return this.#call(name, ...args);
  }
}

const GONE: TaskError = { ...new ErrandError('not-found').toPlain(), retryable: false };

function requestOf({ type, payload, options = {} }: EnqueueItem): EnqueueRequest {
  checkDepth(payload);
  const named = typeof type === 'string' ? { type } : { type: type.type, typeVersion: type.version };
  const { dependsOn } = options;
  return { ...options, ...named, payload, ...(dependsOn !== undefined && { dependsOn: plainDependsOn(dependsOn) }) };
}

/** A handle has functions, which cannot be sent: its id can. */
function plainDependsOn(dependsOn: NonNullable<EnqueueRequest['dependsOn']>): NonNullable<EnqueueRequest['dependsOn']> {
  if ('tasks' in dependsOn) return { ...dependsOn, tasks: plainDependsOn(dependsOn.tasks) as typeof dependsOn.tasks };
  return dependsOn.map((task) => (typeof task === 'object' ? task.id : task));
}

function progressOf(onProgress: ((progress: BulkProgress) => void) | undefined) {
  return onProgress === undefined
    ? undefined
    : (done: number, matched: number) => {
        onProgress({ done, matched });
      };
}

function transferOf(onProgress: ((progress: TransferProgress) => void) | undefined) {
  return progressOf(
    onProgress &&
      (({ done, matched }) => {
        onProgress({ done, total: matched });
      }),
  );
}

function ignore(): void {
  // Nothing was waited for.
}
