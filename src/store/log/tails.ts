// What follows a log file's header where there are no sync access handles, as in a service worker: rows of a database in a
// storage bucket. Chromium keeps the databases of each bucket in files of their own, so that what damages or deletes the
// site's other databases leaves these alone (https://wicg.github.io/storage-buckets/). Only what is being written can be damaged by
// a kill, so that nobody may write to both at the same moment.

import { committed, done, prefix } from '../request.ts';

const BUCKET = 'errand-log';
const ENTRIES = 'entries';

/** What the types of today's browsers lack. */
interface Buckets {
  open(name: string): Promise<Bucket>;
}
interface Bucket {
  indexedDB: IDBFactory;
}

/** The tails of one database's log files: byte strings under the file's name and their number, from 0 on. */
export class Tails {
  readonly #name: string;
  readonly #buckets: Buckets;
  #opening: Promise<IDBDatabase> | undefined;
  /** Held for as long as its database is open: in Chromium 156 transactions never end once a bucket's object was collected. */
  #bucket: Bucket | undefined;
  /** Told when the database was closed from outside: it may be gone. */
  onLost: () => void = () => undefined;

  private constructor(database: string, buckets: Buckets) {
    this.#name = `errand:${database}:log`;
    this.#buckets = buckets;
  }

  /** Nothing is opened before it is used. `undefined` where there are no buckets. */
  static of(database: string): Tails | undefined {
    const buckets = (navigator as { storageBuckets?: Buckets }).storageBuckets;
    return buckets === undefined ? undefined : new Tails(database, buckets);
  }

  /** Whether they can be opened here. */
  works(): Promise<boolean> {
    return this.#use(() => Promise.resolve(true)).catch(() => false);
  }

  /** Resolves once it is committed, and on the disk, if that is asked for. Rejects with `QuotaExceededError` on a full disk. */
  put(file: string, index: number, bytes: Uint8Array, flush: boolean): Promise<void> {
    return this.#write((entries) => entries.put(bytes, [file, index]), flush);
  }

  deleteAll(file: string): Promise<void> {
    return this.#write((entries) => entries.delete(prefix([file])), false);
  }

  /** In order, as far as they are there. */
  read(file: string): Promise<Uint8Array[]> {
    return this.#use((database) =>
      done(
        database
          .transaction(ENTRIES)
          .objectStore(ENTRIES)
          .getAll(prefix([file])),
      ),
    );
  }

  close(): void {
    void this.#opening?.then((database) => {
      database.close();
    }, ignore);
    this.#opening = undefined;
  }

  #write(work: (entries: IDBObjectStore) => unknown, flush: boolean): Promise<void> {
    return this.#use((database) => {
      const transaction = database.transaction(ENTRIES, 'readwrite', { durability: flush ? 'strict' : 'relaxed' });
      const end = committed(transaction);
      work(transaction.objectStore(ENTRIES));
      transaction.commit();
      return end;
    });
  }

  /** A connection on which something failed may be one that the browser has dropped: the next use opens another. */
  async #use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    this.#opening ??= this.#open();
    try {
      return await work(await this.#opening);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #open(): Promise<IDBDatabase> {
    this.#bucket ??= await this.#buckets.open(BUCKET);
    const request = this.#bucket.indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ENTRIES);
    };
    const database = await done<IDBDatabase>(request);
    database.onclose = database.onversionchange = () => {
      this.close();
      this.onLost();
    };
    return database;
  }
}

function ignore(): void {
  // It was never open.
}
