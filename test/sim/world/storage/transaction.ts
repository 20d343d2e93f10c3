// A transaction of the fake database, watched from beneath: each request and the commit are counted, may fail, and may
// be the last thing that their tab does. What is touched here is private to fake-indexeddb, and checked to be there.

import type { Lands, Realm } from '../realm.ts';
import type { Area, Meter, Verdict } from './meter.ts';

interface Asked {
  operation: () => unknown;
  source: { name: string } | null;
  request?: IDBRequest;
}

/** What lies beneath the public face of fake-indexeddb's transactions. */
interface Insides extends IDBTransaction {
  _state: 'active' | 'inactive' | 'committing' | 'finished';
  _requests: { request: IDBRequest }[];
  _rollbackLog: (() => void)[];
  _execRequestAsync(asked: Asked): IDBRequest;
  _start(): void;
  _abort(errorName: string | null): void;
}

/** What a transaction wrote, in order. */
export type Written =
  | { table: string; kind: 'put'; row: object }
  | { table: string; kind: 'delete'; range: IDBValidKey | IDBKeyRange }
  | { table: string; kind: 'clear' };

export interface Watch {
  realm: Realm;
  meter: Meter;
  area: Area;
  /** Keeps what is written, for `onCommit`. */
  onCommit?: ((written: readonly Written[], undo: readonly (() => void)[], durability: string) => void) | undefined;
}

export class WatchedTransaction {
  readonly #inside: Insides;
  readonly #watch: Watch;
  readonly #requests: IDBRequest[] = [];
  readonly #written: Written[] = [];
  #label = 'read';

  constructor(transaction: IDBTransaction, watch: Watch) {
    this.#inside = insidesOf(transaction);
    this.#watch = watch;
    this.#countRequests();
    if (transaction.mode !== 'readonly') this.#noteWrites();
    this.#countCommit();
  }

  get isOver(): boolean {
    return this.#inside._state === 'finished';
  }

  /** Its tab is gone: it commits if that was asked for and comes to the disk, else nothing of it stays. */
  end(lands: Lands): void {
    const inside = this.#inside;
    for (const request of this.#requests) request.dispatchEvent = () => true;
    inside.oncomplete = inside.onabort = inside.onerror = null;
    if (this.isOver || (inside._state === 'committing' && lands === 'all')) return;
    this.abort(null);
  }

  abort(errorName: string | null): void {
    this.#inside._abort(errorName);
    this.#inside._rollbackLog = [];
  }

  #countRequests(): void {
    const inside = this.#inside;
    const execute = inside._execRequestAsync.bind(inside);
    inside._execRequestAsync = (asked) => {
      // What has no source is the fake's own business, such as filling a new index.
      if (asked.source === null) return execute(asked);
      const what = `${this.#label} ${asked.source.name}`;
      const changes = this.#label !== 'read';
      const operation = () => {
        const verdict = this.#use(what, changes);
        if (verdict.kind === 'fail') throw verdict.error;
        const isGone = verdict.kind === 'dead' && inside._state === 'finished';
        return isGone ? undefined : asked.operation();
      };
      const request = execute({ ...asked, operation });
      this.#requests.push(request);
      return request;
    };
  }

  #countCommit(): void {
    const inside = this.#inside;
    const start = inside._start.bind(inside);
    inside._start = () => {
      const isCommitting = inside._state !== 'finished' && inside._requests.every(isDone);
      if (isCommitting && inside.mode !== 'readonly') this.#commit();
      start();
    };
  }

  #commit(): void {
    const inside = this.#inside;
    // Whoever did not ask for it has it done by the browser all the same.
    inside._state = 'committing';
    const verdict = this.#use('commit', true);
    if (verdict.kind === 'unheard') this.#mislead(verdict.error);
    if (verdict.kind === 'fail') this.abort(verdict.error.name);
    else if (!this.isOver) this.#watch.onCommit?.(this.#written, inside._rollbackLog, inside.durability);
  }

  /** Whoever waits for it is told that it failed. */
  #mislead(error: DOMException): void {
    const inside = this.#inside;
    const { onabort } = inside;
    inside.oncomplete = (event) => {
      Object.defineProperty(inside, 'error', { value: error });
      onabort?.call(inside, event);
    };
  }

  #noteWrites(): void {
    const objectStore = this.#inside.objectStore.bind(this.#inside);
    const seen = new Set<IDBObjectStore>();
    this.#inside.objectStore = (name) => {
      const store = objectStore(name);
      if (!seen.has(store)) this.#noteWritesOf(store);
      seen.add(store);
      return store;
    };
  }

  #noteWritesOf(store: IDBObjectStore): void {
    const { name: table } = store;
    const [put, remove, clear] = [store.put.bind(store), store.delete.bind(store), store.clear.bind(store)];
    const note = (written: () => Written) => {
      if (this.#watch.onCommit !== undefined) this.#written.push(written());
    };
    store.put = (row: object, ...key) => {
      note(() => ({ table, kind: 'put', row: structuredClone(row) }));
      return this.#labelled('put', () => put(row, ...key));
    };
    store.delete = (range) => {
      note(() => ({ table, kind: 'delete', range }));
      return this.#labelled('delete', () => remove(range));
    };
    store.clear = () => {
      note(() => ({ table, kind: 'clear' }));
      return this.#labelled('clear', clear);
    };
  }

  #labelled<T>(label: string, ask: () => T): T {
    this.#label = label;
    try {
      return ask();
    } finally {
      this.#label = 'read';
    }
  }

  #use(what: string, changes: boolean): Verdict {
    const { meter, realm, area } = this.#watch;
    return meter.use(realm, area, what, changes);
  }
}

function isDone({ request }: { request: IDBRequest }): boolean {
  return request.readyState === 'done';
}

const PRIVATE = ['_execRequestAsync', '_start', '_abort'];

function insidesOf(transaction: IDBTransaction): Insides {
  const inside = transaction as Insides;
  const isKnown = PRIVATE.every((name) => typeof Reflect.get(inside, name) === 'function');
  if (isKnown && Array.isArray(inside._rollbackLog)) return inside;
  throw new Error('This fake-indexeddb is made differently from the one that the simulated world knows.');
}
