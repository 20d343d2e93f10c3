// Live views: what a page watches is read again after each commit that may concern it, at most once a frame.

import type { Nudge, Store } from '../store/index.ts';
import type { Clock, ListQuery, Task } from '../task/index.ts';
import { OpenList } from './open-list.ts';
import type { Watched } from './protocol.ts';
import type { ListPart, ListQuestion } from './runner.ts';
import type { Views } from './views.ts';

const FRAME_MS = 16;
/** A list under full load is read again and again: it needs no more than this. */
const LIST_MS = 100;
/** What takes long to read is read less often, so that watching never slows the work that is watched. */
const REST_PER_READ = 9;
/** What seems to take long may have been a tab that was frozen, or a computer that slept. */
const LONGEST_REST_MS = 5_000;

type Seen = (value: Awaited<ReturnType<Watch['read']>> | ListPart) => void;

export class Watching {
  readonly #watches = new Map<number, Watch | OpenList>();
  readonly #store: Store;
  readonly #views: Views;
  readonly #clock: Clock;
  readonly #stop: () => void;
  #refreshedSeq = 0;
  #heardSeq = 0;

  constructor(store: Store, views: Views, clock: Clock) {
    this.#store = store;
    this.#views = views;
    this.#clock = clock;
    this.#stop = store.listen((nudge) => {
      this.#heardSeq = Math.max(this.#heardSeq, nudge.seq);
      for (const watch of this.#watches.values()) if (watch.concerns(nudge)) watch.touch();
    });
  }

  /** `own` shows only the tasks of that creator. */
  add(watchId: number, watched: Watched, own: string | undefined, seen: Seen): void {
    if (watched.kind === 'open-list') {
      this.#watches.set(watchId, this.#open(watched.query, own, seen));
      return;
    }
    const watch = new Watch(watched, own, this.#views, this.#clock, seen);
    this.#watches.set(watchId, watch);
    watch.touch();
  }

  /** Asks an open list. One that was closed meanwhile has nothing to say. */
  async ask(watchId: number, question: ListQuestion): Promise<string[] | number | undefined> {
    const list = this.#watches.get(watchId);
    return list instanceof OpenList ? list.answer(question) : undefined;
  }

  remove(watchId: number): void {
    this.#watches.get(watchId)?.close();
    this.#watches.delete(watchId);
  }

  /** Reads everything again if anything was committed since the last time: a nudge may have been lost. */
  refresh(seq: number): void {
    if (seq === this.#refreshedSeq) return;
    this.#refreshedSeq = seq;
    for (const watch of this.#watches.values()) {
      if (seq > this.#heardSeq) watch.concerns(UNTOLD);
      watch.touch();
    }
  }

  #open(query: ListQuery, own: string | undefined, seen: Seen): OpenList {
    const rooms = { store: this.#store, views: this.#views, clock: this.#clock };
    // What somebody may not see is not there for them.
    const isHidden = own !== undefined && (query.creator ?? own) !== own;
    const visible = own === undefined ? query : { ...query, creator: own, ...(isHidden && { status: [] }) };
    return new OpenList(rooms, visible, seen);
  }

  close(): void {
    this.#stop();
    for (const watchId of [...this.#watches.keys()]) this.remove(watchId);
  }
}

/** Of what a lost nudge would have told, nothing is known. */
const UNTOLD: Nudge = { seq: 0, touched: null, ready: false, dueAt: undefined };

class Watch {
  readonly #watched: Exclude<Watched, { kind: 'open-list' }>;
  readonly #views: Views;
  readonly #clock: Clock;
  readonly #seen: Seen;
  #state: 'rests' | 'reads' | 'pauses' = 'rests';
  #touched = false;
  #closed = false;
  #cancel: () => void = () => undefined;
  readonly #own: string | undefined;
  /** Of those that end: what was told of, and since when others are. */
  #since: number;
  readonly #told = new Map<string, number>();

  constructor(
    watched: Exclude<Watched, { kind: 'open-list' }>,
    own: string | undefined,
    views: Views,
    clock: Clock,
    seen: Seen,
  ) {
    this.#watched = watched;
    this.#own = own;
    this.#since = clock.now();
    this.#views = views;
    this.#clock = clock;
    this.#seen = seen;
  }

  concerns({ touched }: Nudge): boolean {
    const watched = this.#watched;
    return touched === null || !('id' in watched) || touched.includes(watched.id);
  }

  touch(): void {
    this.#touched = true;
    if (this.#state === 'rests') void this.#turn();
  }

  read() {
    const watched = this.#watched;
    switch (watched.kind) {
      case 'task':
        return this.#views.task(watched.id, this.#own);
      case 'detail':
        return this.#views.detail(watched.id, this.#own).catch(() => undefined);
      case 'list':
        return this.#views.list(watched.query, this.#own);
      case 'recent':
        return this.#views.recent(watched.user);
      case 'stats':
        return this.#views.stats(this.#own);
      case 'finished':
        return this.#readFinished(watched.type);
    }
  }

  /** Those that have ended and were not told of: the clock may name one instant for many. */
  async #readFinished(type: string | undefined): Promise<Task[]> {
    const ended = await this.#views.finishedSince(this.#since, type, this.#own);
    const news = ended.filter((task) => !this.#told.has(task.runId));
    for (const { runId, finishedAt } of news) {
      this.#told.set(runId, finishedAt ?? 0);
      this.#since = Math.max(this.#since, finishedAt ?? 0);
    }
    for (const [runId, at] of this.#told) if (at < this.#since) this.#told.delete(runId);
    return news;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #turn(): Promise<void> {
    this.#state = 'reads';
    this.#touched = false;
    const startedAt = this.#clock.elapsed();
    try {
      const value = await this.read();
      if (!this.#closed && !(this.#watched.kind === 'finished' && isNothing(value))) this.#seen(value);
    } catch {
      // The database is closing, or is away for a moment: it is read again.
      this.#touched = true;
    }
    this.#state = 'pauses';
    const shortest = this.#watched.kind === 'task' ? FRAME_MS : LIST_MS;
    const rest = Math.min((this.#clock.elapsed() - startedAt) * REST_PER_READ, LONGEST_REST_MS);
    this.#cancel = this.#clock.timer(
      () => {
        this.#state = 'rests';
        if (this.#touched && !this.#closed) void this.#turn();
      },
      Math.max(shortest, rest),
    );
  }
}

function isNothing(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
