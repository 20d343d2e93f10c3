// The connection to the database: opened once, opened again when the browser drops it, given up when the database moves on.

import { Dexie } from 'dexie';
import { type Clock, ErrandError, plainError } from '../task/index.ts';
import { committed, done } from './request.ts';
import { encodeClaims } from './claims.ts';
import { nothingCounted } from './counts.ts';
import { readMarker } from './marker.ts';
import { holdsAll, recover, type Recovered } from './log/index.ts';
import { ErrandDatabase, type HeadRow } from './schema.ts';

/** What opening found. */
export interface Opened {
  generation: string;
  /** The database was made just now. */
  fresh: boolean;
  recovered: Recovered;
  /** The generation that was noted outside of the database, before anybody could note this one. */
  marked: string | undefined;
}

type OpenedDatabase = Omit<Opened, 'marked'>;

/** Dexie's version n is IndexedDB's version 10 n. */
const DEXIE_VERSIONS = 10;
/** Errors that mean that the connection is gone, not that the request was wrong. Safari says UnknownError. */
const LOST = new Set(['InvalidStateError', 'UnknownError', 'DatabaseClosedError']);

/** What browsers say of a database whose files they cannot read, or whose tables are not all there. */
const DAMAGE = new Set(['UnknownError', 'NotFoundError', 'DataError', 'InvalidStateError', 'AbortError']);
const RETRIES = 2;
const RETRY_MS = 300;

export class Connection {
  readonly dexie: ErrandDatabase;
  readonly #name: string;
  readonly #clock: Clock;
  #closed = false;
  #reopening: Promise<unknown> | undefined;
  /** The lock on this engine's own log, which does not speak for somebody else. */
  ownLog: string | undefined;
  /** Called when another, newer version of the app needs this one to let go of the database. */
  onMovedOn: () => void = () => undefined;
  /** Called when a connection that the browser dropped was opened again. */
  onReopened: (opened: Opened) => Promise<void> = () => Promise.resolve();

  constructor(name: string, clock: Clock) {
    this.dexie = new ErrandDatabase(name);
    this.#name = name;
    this.#clock = clock;
    this.dexie.on('versionchange', ({ newVersion }) => {
      // Somebody deletes it: whoever comes next makes it again of its log.
      if (newVersion === null) {
        this.dexie.close({ disableAutoOpen: false });
        return;
      }
      this.close();
      this.onMovedOn();
    });
  }

  /**
   * Opens the database, making it if there is none, and whole again if the browser has damaged it.
   * Rejects with `database-newer` or `database-unavailable`.
   */
  open(): Promise<Opened> {
    return oneAtATime(this.#name, async () => {
      const [marked, opened] = await Promise.all([readMarker(this.#name), this.#openSomehow()]);
      return { ...opened, marked };
    });
  }

  async #openSomehow(): Promise<OpenedDatabase> {
    try {
      return await this.#openPatiently();
    } catch (error) {
      if (!(await this.#isHopeless(error))) throw this.#notOpened(error);
      return await this.#openAnew().catch((again: unknown) => {
        throw this.#notOpened(again);
      });
    }
  }

  /** It may be open and not yet made whole: nobody may use it so. */
  #notOpened(error: unknown): ErrandError {
    this.dexie.close({ disableAutoOpen: false });
    return openingError(error);
  }

  /** Uses the open database. A connection that the browser dropped is opened again, once, and the use repeated. */
  async use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    let database: IDBDatabase | undefined;
    try {
      database = await this.#database();
      return await work(database);
    } catch (error) {
      if (this.#closed) throw new ErrandError('closed');
      if (!isLost(error, database)) throw error;
      await this.#reopen();
      return work(await this.#database());
    }
  }

  close(): void {
    this.#closed = true;
    this.dexie.close();
  }

  async #database(): Promise<IDBDatabase> {
    if (this.#closed) throw new ErrandError('closed');
    if (this.#reopening !== undefined || !this.dexie.isOpen()) await this.#reopen();
    return this.dexie.backendDB();
  }

  /** Everybody who finds the connection gone waits for the same new one. */
  #reopen(): Promise<unknown> {
    this.#reopening ??= (async () => {
      this.dexie.close({ disableAutoOpen: false });
      const opened = await this.open();
      await this.onReopened(opened);
    })().finally(() => {
      this.#reopening = undefined;
    });
    return this.#reopening;
  }

  async #openOnce(isLastTry = true): Promise<OpenedDatabase> {
    await this.#refuseNewer();
    await this.dexie.open();
    const database = this.dexie.backendDB();
    const head = await done<HeadRow | undefined>(database.transaction('meta').objectStore('meta').get('head'));
    const recovered = await recover(this.#name, database, head, { ownLog: this.ownLog, isLastTry });
    return { ...(await this.#ensureHead()), recovered };
  }

  /** A browser that has much to do may fail to open a database that is whole. */
  async #openPatiently(): Promise<OpenedDatabase> {
    for (let left = RETRIES; ; left--) {
      try {
        return await this.#openOnce(left === 0);
      } catch (error) {
        if (left === 0 || !isDamage(error)) throw error;
        this.dexie.close({ disableAutoOpen: false });
        await new Promise<void>((resolve) => this.#clock.timer(resolve, RETRY_MS));
      }
    }
  }

  /** It cannot be opened, all of it is in the log, and nobody else has it open. */
  async #isHopeless(error: unknown): Promise<boolean> {
    return isDamage(error) && (await holdsAll(this.#name, this.ownLog));
  }

  /** Damaged files can make it fail for good: it is deleted, and made again of the log. */
  async #openAnew(): Promise<OpenedDatabase> {
    this.dexie.close({ disableAutoOpen: false });
    await deleteDatabase(this.dexie.name);
    return this.#openOnce();
  }

  /** Dexie would open a database that a newer version has made, and work on tables that it does not know. */
  async #refuseNewer(): Promise<void> {
    const { name } = this.dexie;
    const found = (await indexedDB.databases()).find((each) => each.name === name);
    if ((found?.version ?? 0) > this.dexie.verno * DEXIE_VERSIONS) throw new ErrandError('database-newer');
  }

  async #ensureHead(): Promise<Omit<OpenedDatabase, 'recovered'>> {
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

/** One at a time: whoever comes first makes again what the browser has deleted, and the others wait for that. */
function oneAtATime<T>(name: string, open: () => Promise<T>): Promise<T> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return open();
  return navigator.locks.request(`errand:${name}:open`, open);
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(request.error ?? new ErrandError('database-unavailable'));
    };
    request.onblocked = () => {
      reject(new ErrandError('database-unavailable'));
    };
  });
}

/** Whether an error means that the connection is gone: a browser that drops it aborts what is under way. */
function isLost(error: unknown, database: IDBDatabase | undefined): boolean {
  if (!hasName(error)) return false;
  if (LOST.has(error.name)) return true;
  if (error.name !== 'AbortError' || database === undefined) return false;
  try {
    database.transaction('meta');
    return false;
  } catch {
    return true;
  }
}

/** Whether an error while opening says that the files are damaged, and not that they may not be opened now. */
function isDamage(error: unknown): boolean {
  if (error instanceof ErrandError) return false;
  return [error, innerOf(error)].some((each) => hasName(each) && DAMAGE.has(each.name));
}

/** Dexie wraps what IndexedDB said. */
function innerOf(error: unknown): unknown {
  return error instanceof Error && 'inner' in error ? error.inner : undefined;
}

function hasName(error: unknown): error is { name: string } {
  return error instanceof Error || error instanceof DOMException;
}

function newHead(clock: Clock): HeadRow {
  const bytes = clock.bytes(new Uint8Array(16));
  return {
    key: 'head',
    generation: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    commitSeq: 0,
    stamp: 0,
    stampBefore: 0,
    committedAt: 0,
    claimsSeq: 0,
    lastToken: 0 as HeadRow['lastToken'],
    leader: null,
    ...nothingCounted(),
    settings: {},
  };
}

function openingError(error: unknown): ErrandError {
  if (error instanceof ErrandError) return error;
  if (error instanceof Dexie.VersionError) return new ErrandError('database-newer', undefined, {}, { cause: error });
  const reason = plainError(error).message;
  return new ErrandError('database-unavailable', undefined, { reason }, { cause: error });
}
