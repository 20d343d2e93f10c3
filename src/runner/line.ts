// A page's line to its engine: calls, what is watched, notices. Every call is raced against the engine's end, so that no
// promise is left hanging.

import type { Reply } from '../pool/index.ts';
import { engineLock } from '../schedule/index.ts';
import { type EnqueueRequest, ErrandError, type ListQuery, systemClock } from '../task/index.ts';
import type { Answer, Arguments, CommandName, Enqueued } from './commands.ts';
import { endOf } from './lifeline.ts';
import type { Link, RemoteEngine } from './link.ts';
import { LOCAL } from './local.ts';
import type { LeftToDo } from './outlook.ts';
import { followPage, type Memory, registerSync, siteMemory, tabMemory } from './page.ts';
import { watchPageSignals } from './page-signals.ts';
import type { OpenSetup, Pushed, Watched } from './protocol.ts';
import type { ListPart, ListQuestion, Notice, OpenedList, Principal } from './runner.ts';
import { syncTag } from './sync-tag.ts';

/** Calls back how far a call is. */
export type OnProgress = (done: number, total: number) => void;

/** An enqueue that waits for the end of this turn of the event loop. */
interface Waiting {
  who: Principal;
  request: EnqueueRequest;
  resolve: (reply: Reply<Enqueued>) => void;
  reject: (error: unknown) => void;
}

const ENQUEUES: ReadonlySet<CommandName> = new Set(['enqueueEach', 'enqueue', 'enqueueAndGet']);

export class Line {
  readonly database: string;
  readonly #link: Link;
  /** Remembers this page's engine for the next page of the tab, should this one crash. */
  readonly #tab: Memory;
  readonly #engine: RemoteEngine;
  readonly #pending = new Set<(error: ErrandError) => void>();
  readonly #seen = new Map<number, (value: unknown) => void>();
  readonly #progress = new Map<number, OnProgress>();
  readonly #notices: Notice[] = [];
  readonly #noticed = new Set<(notice: Notice) => void>();
  #batch: Waiting[] = [];
  /** What a service worker could do, should this page go. */
  #left: LeftToDo = { isThere: false, offline: 0 };
  #lastId = 0;
  #gone: ErrandError | undefined;
  readonly #stopWaking: () => void;
  #stopReporting: () => void = ignore;
  readonly #ended = new AbortController();
  #isOpen = false;

  constructor(link: Link, database: string) {
    this.database = database;
    this.#link = link;
    this.#tab = tabMemory(`errand:${database}:engine`);
    this.#engine = link.engine;
    link.onError((message) => {
      this.#lose(message);
    });
    this.#stopWaking = followPage({
      wake: () => void this.call(LOCAL, 'poll').catch(ignore),
      hide: () => {
        if (this.#left.isThere) this.#askToBeWoken();
      },
      // A page that is left or loaded anew did not crash: what ran in it killed nobody, even if it cannot be handed back in time.
      leave: () => {
        this.#tab.write('');
        void this.#engine.close().catch(ignore);
      },
      // WebKit lets a page that is laid aside keep its locks: the next one would wait for the lead as long as it lies there.
      aside: () => {
        this.#tab.write('');
        this.#abandon(new ErrandError('engine-lost', undefined, { reason: 'Its page was laid aside.' }));
      },
    });
  }

  /** Gives the principal that the database knows. */
  async open(maxConcurrent?: number): Promise<Principal> {
    const site = siteMemory(`errand:${this.database}:generation`);
    const predecessor = this.#tab.read();
    const generation = site.read();
    const setup: Omit<OpenSetup, 'port'> = { database: this.database };
    if (maxConcurrent !== undefined) setup.maxConcurrent = maxConcurrent;
    if (predecessor) setup.predecessor = predecessor;
    if (generation !== null) setup.generation = generation;
    const opened = await this.#ask(() =>
      this.#link.open(setup, (pushed) => {
        this.#pushed(pushed);
      }),
    );
    this.#isOpen = true;
    this.#tab.write(opened.engineId);
    site.write(opened.generation);
    const lock = engineLock(this.database, opened.engineId);
    void endOf(lock, () => this.#engine.call(LOCAL, 'status', []), this.#ended.signal).then(() => {
      this.#lose('The worker ended without an error.');
    }, ignore);
    this.#stopReporting = watchPageSignals(systemClock, (report) => {
      void this.#engine.report(report).catch(ignore);
    }).stop;
    return opened.principal;
  }

  call<K extends CommandName>(who: Principal, name: K, ...args: Arguments<K>): Promise<Answer<K>> {
    // With no network it may wait for it, and this page may be gone before its engine has found out.
    if (ENQUEUES.has(name) && !navigator.onLine) this.#askToBeWoken();
    // What a generic method answers is lost where it is mapped.
    return this.#ask((engine) => engine.call(who, name, args) as Promise<Reply<Answer<K>>>);
  }

  /** A call that says how far it is; it is handed its number. */
  async tracked<T>(onProgress: OnProgress | undefined, call: (callId: number | null) => Promise<T>): Promise<T> {
    if (onProgress === undefined) return call(null);
    const callId = ++this.#lastId;
    this.#progress.set(callId, onProgress);
    try {
      return await call(callId);
    } finally {
      this.#progress.delete(callId);
    }
  }

  /** Calls of one turn of the event loop travel, and are written, together. */
  async enqueueSoon(who: Principal, request: EnqueueRequest): Promise<Enqueued> {
    const reply = await new Promise<Reply<Enqueued>>((resolve, reject) => {
      this.#batch.push({ who, request, resolve, reject });
      if (this.#batch.length === 1) queueMicrotask(() => void this.#sendBatch());
    });
    return unwrap(reply);
  }

  watch(who: Principal, watched: Watched, seen: (value: unknown) => void): () => void {
    const watchId = ++this.#lastId;
    this.#seen.set(watchId, seen);
    void this.#engine.watch(watchId, watched, who).catch(ignore);
    return () => {
      this.#unwatch(watchId);
    };
  }

  #unwatch(watchId: number): void {
    this.#seen.delete(watchId);
    if (this.#gone === undefined) void this.#engine.unwatch(watchId).catch(ignore);
  }

  openList(who: Principal, query: ListQuery, seen: (part: ListPart) => void): OpenedList {
    const watchId = ++this.#lastId;
    this.#seen.set(watchId, seen as (value: unknown) => void);
    void this.#engine.watch(watchId, { kind: 'open-list', query }, who).catch(ignore);
    const ask = (question: ListQuestion) => this.#ask((engine) => engine.askList(watchId, question));
    return {
      show: (from, limit, gone = 0) => void ask({ kind: 'show', from, limit, gone }).catch(ignore),
      refresh: async () => {
        await ask({ kind: 'refresh' });
      },
      ids: async (from, to) => (await ask({ kind: 'ids', from, to })) as string[],
      place: async (id) => (await ask({ kind: 'place', id })) as number,
      close: () => this.#unwatch(watchId),
    };
  }

  onNotice(seen: (notice: Notice) => void): () => void {
    this.#noticed.add(seen);
    for (const notice of this.#notices) tell(seen, notice);
    return () => this.#noticed.delete(seen);
  }

  throwIfGone(): void {
    if (this.#gone !== undefined) throw this.#gone;
  }

  orGone<T>(promise: Promise<T>): Promise<T> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      promise.then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  async close(): Promise<void> {
    if (this.#gone !== undefined) return;
    this.#stopWaking();
    this.#stopReporting();
    const closing = this.#ask((engine) => engine.close()).catch(ignore);
    // Nobody waits for what may never be open.
    if (this.#isOpen) await closing;
    this.#abandon(new ErrandError('closed'));
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const [first] = batch;
    if (first === undefined) return;
    // Whoever asks: those that ask in one turn are mostly the same.
    const others = batch.filter(({ who }) => who !== first.who);
    if (others.length > 0) for (const each of others) void this.#sendAlone(each);
    const same = batch.filter(({ who }) => who === first.who);
    try {
      const requests = same.map((each) => each.request);
      const replies = await this.call(first.who, 'enqueueEach', requests);
      same.forEach(({ resolve }, i) => {
        resolve(replies[i] ?? { ok: false, error: new ErrandError('internal').toPlain() });
      });
    } catch (error) {
      if (same.length > 1 && isUnsendable(error)) for (const each of same) void this.#sendAlone(each);
      else for (const { reject } of same) reject(error);
    }
  }

  /** One of several could not be sent: only that one is to blame. */
  async #sendAlone({ who, request, resolve, reject }: Waiting): Promise<void> {
    try {
      const [reply] = await this.call(who, 'enqueueEach', [request]);
      resolve(reply ?? { ok: false, error: new ErrandError('internal').toPlain() });
    } catch (error) {
      reject(error);
    }
  }

  async #ask<T>(call: (engine: RemoteEngine) => Promise<Reply<T>>): Promise<T> {
    this.throwIfGone();
    try {
      return unwrap(await this.orGone(call(this.#engine)));
    } catch (error) {
      throw sendingError(error);
    }
  }

  #pushed(pushed: Pushed): void {
    if (pushed.kind === 'seen') this.#seen.get(pushed.watchId)?.(pushed.value);
    else if (pushed.kind === 'progress') this.#progress.get(pushed.callId)?.(pushed.done, pushed.total);
    else if (pushed.kind === 'left') this.#leave(pushed.left);
    else this.#notice(pushed.notice);
  }

  /**
   * The browser is asked at once: nobody knows how long this page lives, and it comes back later where this page does the work.
   * For those that come late it is asked again: the event for the others may be under way.
   */
  #leave(left: LeftToDo): void {
    const isNews = left.isThere && (!this.#left.isThere || left.offline > this.#left.offline);
    this.#left = left;
    if (isNews) this.#askToBeWoken();
  }

  #askToBeWoken(): void {
    void registerSync(syncTag(this.database)).catch(ignore);
  }

  #notice(notice: Notice): void {
    this.#notices.push(notice);
    for (const seen of this.#noticed) tell(seen, notice);
    // An engine without its database must not keep the lead from the newer one.
    if (notice.kind === 'database-closed') void this.close();
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
    this.#stopReporting();
    this.#ended.abort();
    this.#link.end();
    this.#gone ??= error;
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
  }
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

function isUnsendable(error: unknown): boolean {
  return error instanceof ErrandError && error.code === 'payload-not-cloneable';
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
