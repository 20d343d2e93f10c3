// IndexedDB of one origin: fake-indexeddb, shared by its tabs, with each realm's connections watched.

import { forceCloseDatabase, IDBFactory, IDBOpenDBRequest } from 'fake-indexeddb';
import type { Lands, Realm } from '../realm.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Area, Meter } from './meter.ts';
import { WatchedTransaction, type Written } from './transaction.ts';

interface Connected {
  database: IDBDatabase;
  transactions: Set<WatchedTransaction>;
}

/** One transaction that was committed. */
export interface Commit {
  database: string;
  written: readonly Written[];
}

export class Databases {
  readonly #factory = new IDBFactory();
  readonly #meter: Meter;
  readonly #area: Area;
  readonly #connected = new Map<Realm, Connected[]>();
  /** How to take back what was committed `relaxed` since the last `strict` commit, the newest last. */
  #relaxed: (() => void)[] = [];
  onCommit: ((commit: Commit) => void) | undefined;

  constructor(meter: Meter, area: Area) {
    this.#meter = meter;
    this.#area = area;
  }

  /** `indexedDB` for one realm. */
  of(realm: Realm): Pick<IDBFactory, 'open' | 'deleteDatabase' | 'databases' | 'cmp'> {
    const factory = this.#factory;
    this.#connected.set(realm, []);
    realm.onEnd((lands) => this.#end(realm, lands));
    return {
      open: (name, version) => this.#open(realm, name, version),
      deleteDatabase: (name) => factory.deleteDatabase(name),
      databases: () => realm.later(() => 0).then(() => factory.databases()),
      cmp: (a, b) => factory.cmp(a, b),
    };
  }

  /** The factory itself, whose use nobody watches. */
  get unwatched(): IDBFactory {
    return this.#factory;
  }

  /** The power goes: what was committed `relaxed` since the last `strict` commit is gone. Nobody may have it open. */
  cutPower(): void {
    for (const undo of this.#relaxed.reverse()) undo();
    this.#relaxed = [];
  }

  /** The browser loses a database while tabs have it open: their transactions abort, their connections are closed. */
  lose(name: string): void {
    for (const { database, transactions } of [...this.#connected.values()].flat()) {
      if (database.name !== name) continue;
      for (const transaction of transactions) if (!transaction.isOver) transaction.abort('AbortError');
      forceCloseDatabase(database as never);
    }
    this.#relaxed = [];
    this.#factory.deleteDatabase(name);
  }

  #open(realm: Realm, name: string, version: number | undefined): IDBOpenDBRequest {
    const verdict = this.#meter.use(realm, this.#area, `open ${name}`, false);
    if (verdict.kind === 'dead') return new IDBOpenDBRequest();
    if (verdict.kind === 'fail') return refused(realm, verdict.error);
    const request = version === undefined ? this.#factory.open(name) : this.#factory.open(name, version);
    request.addEventListener('upgradeneeded', (event) => {
      const { transaction } = request;
      if (realm.isAlive && transaction !== null)
        this.#adopt(realm, request.result).transactions.add(this.#watch(realm, transaction));
      else {
        event.stopImmediatePropagation();
        transaction?.abort();
      }
    });
    request.addEventListener('success', (event) => {
      if (realm.isAlive) this.#adopt(realm, request.result);
      else {
        event.stopImmediatePropagation();
        request.result.close();
      }
    });
    return request;
  }

  #adopt(realm: Realm, database: IDBDatabase): Connected {
    const all = this.#connected.get(realm) ?? [];
    const known = all.find((each) => each.database === database);
    if (known !== undefined) return known;
    const connected: Connected = { database, transactions: new Set() };
    all.push(connected);
    const begin = database.transaction.bind(database);
    database.transaction = (...asked) => {
      const transaction = begin(...asked);
      for (const each of connected.transactions) if (each.isOver) connected.transactions.delete(each);
      connected.transactions.add(this.#watch(realm, transaction));
      return transaction;
    };
    return connected;
  }

  #watch(realm: Realm, transaction: IDBTransaction): WatchedTransaction {
    const { name } = transaction.db;
    return new WatchedTransaction(transaction, {
      realm,
      meter: this.#meter,
      area: this.#area,
      onCommit: (written, undo, durability) => {
        if (durability === 'relaxed') this.#relaxed.push(...undo);
        else this.#relaxed = [];
        this.onCommit?.({ database: name, written });
      },
    });
  }

  /** The realm's transactions end with it, and then its connections. */
  #end(realm: Realm, lands: Lands): void {
    for (const { database, transactions } of this.#connected.get(realm) ?? []) {
      for (const transaction of transactions) transaction.end(lands);
      database.close();
    }
    this.#connected.delete(realm);
  }
}

function refused(realm: Realm, error: DOMException): IDBOpenDBRequest {
  const request = new IDBOpenDBRequest();
  realm.post(() => {
    Object.assign(request, { error, readyState: 'done' });
    request.onerror?.({ type: 'error', target: request, preventDefault: () => undefined } as unknown as Event);
  });
  return request;
}

let borrowed: Scheduler | undefined;
const nodesOwn = globalThis.setImmediate;

/** From now on the fake databases' tasks are the scheduler's: fake-indexeddb asks for `setImmediate` each time. */
export function lendTasks(scheduler: Scheduler): () => void {
  const lane = scheduler.newLane();
  borrowed = scheduler;
  const post = (run: () => void) => (borrowed === undefined ? nodesOwn(run) : borrowed.post(lane, run));
  Reflect.set(globalThis, 'setImmediate', post);
  return () => {
    borrowed = undefined;
    Reflect.set(globalThis, 'setImmediate', nodesOwn);
  };
}
