// The connection to the database: opened once, opened again when the browser drops it, given up when the database moves on.

import { Dexie } from 'dexie';
import { type Clock, ErrandError, plainError } from '../task/index.ts';
import { committed, done } from './request.ts';
import { encodeClaims } from './claims.ts';
import { ErrandDatabase, type HeadRow } from './schema.ts';

/** What opening found. */
export interface Opened {
  generation: string;
  /** The database was made just now. */
  fresh: boolean;
}

/** Errors that mean that the connection is gone, not that the request was wrong. Safari says UnknownError. */
const LOST = new Set(['InvalidStateError', 'UnknownError', 'DatabaseClosedError']);

export class Connection {
  readonly dexie: ErrandDatabase;
  readonly #clock: Clock;
  #closed = false;
  /** Called when another, newer version of the app needs this one to let go of the database. */
  onMovedOn: () => void = () => undefined;

  constructor(name: string, clock: Clock) {
    this.dexie = new ErrandDatabase(name);
    this.#clock = clock;
    this.dexie.on('versionchange', () => {
      this.close();
      this.onMovedOn();
    });
  }

  /** Opens the database, making it if there is none. Rejects with `database-newer` or `database-unavailable`. */
  async open(): Promise<Opened> {
    try {
      await this.dexie.open();
      return await this.#ensureHead();
    } catch (error) {
      throw openingError(error);
    }
  }

  /** Uses the open database. A connection that the browser dropped is opened again, once, and the use repeated. */
  async use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    try {
      return await work(this.#database());
    } catch (error) {
      if (this.#closed) throw new ErrandError('closed');
      if (!(error instanceof Error || error instanceof DOMException) || !LOST.has(error.name)) throw error;
      this.dexie.close({ disableAutoOpen: false });
      await this.open();
      return work(this.#database());
    }
  }

  close(): void {
    this.#closed = true;
    this.dexie.close();
  }

  #database(): IDBDatabase {
    if (this.#closed) throw new ErrandError('closed');
    return this.dexie.backendDB();
  }

  async #ensureHead(): Promise<Opened> {
    const transaction = this.dexie.backendDB().transaction('meta', 'readwrite', { durability: 'strict' });
    const end = committed(transaction);
    const meta = transaction.objectStore('meta');
    const found = await done<HeadRow | undefined>(meta.get('head'));
    const head = found ?? newHead(this.#clock);
    if (found === undefined) {
      meta.put(head);
      meta.put(encodeClaims(new Map()));
    }
    await end;
    return { generation: head.generation, fresh: found === undefined };
  }
}

function newHead(clock: Clock): HeadRow {
  const bytes = clock.bytes(new Uint8Array(16));
  return {
    key: 'head',
    generation: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    commitSeq: 0,
    claimsSeq: 0,
    lastToken: 0 as HeadRow['lastToken'],
    leader: null,
    counts: new Map(),
    lanes: new Map(),
    timed: 0,
    settings: {},
  };
}

function openingError(error: unknown): ErrandError {
  if (error instanceof ErrandError) return error;
  if (error instanceof Dexie.VersionError) return new ErrandError('database-newer', undefined, {}, { cause: error });
  const reason = plainError(error).message;
  return new ErrandError('database-unavailable', undefined, { reason }, { cause: error });
}
