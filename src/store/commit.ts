// The one place where anything is written. Operations that arrive while a transaction is under way share the next one;
// each is computed in memory on what was read, and one that throws takes nobody with it.

import { type Claim, type Clock, ErrandError, idMaker, plainError, type TaskId } from '../task/index.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Connection } from './connection.ts';
import { follow } from './consequences.ts';
import { type Load, loader, type Read } from './load.ts';
import type { RedoLog } from './log/index.ts';
import type { Standing } from './query.ts';
import { committed, done } from './request.ts';
import { type ClaimsRow, decodeClaims } from './claims.ts';
import type { HeadRow } from './schema.ts';
import { TABLES } from './schema.ts';
import { type Change, Work } from './work.ts';

/** A change of the database: what it must read first, and what it then does, at once and in memory. Both may be asked for again. */
export interface Operation<R> {
  /** Its caller waits for the disk: a lost power supply must not undo it. */
  durable?: boolean;
  /** It brings new work: where the disk is full it is refused, while what runs already gets the room that was kept for it. */
  isNew?: boolean;
  load?(load: Load): Promise<unknown>;
  apply(work: Work): R;
}

/** What everybody may want to know of a commit. */
export interface Committed {
  seq: number;
  /** The tasks it touched, or `null` where they are too many to name. */
  touched: string[] | null;
  /** Tasks became ready, or settings changed: the leader should look. */
  ready: boolean;
  /** The soonest instant at which a task stored here is due, if any is. */
  dueAt: number | undefined;
  head: HeadRow;
  claims: ReadonlyMap<TaskId, Claim>;
}

/** An operation and whoever waits for it. */
export interface Entry<R = unknown> {
  operation: Operation<R>;
  resolve(value: R): void;
  reject(reason: unknown): void;
}

type Settled = { value: unknown } | { error: unknown };

/** So many tasks are named to others; more are too many to name. */
export const MOST_NAMED = 100;

export class Committer {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #log: RedoLog | undefined;
  readonly #onCommit: (commit: Committed) => void;
  readonly #newId: () => TaskId;
  readonly #queue: CommitQueue;
  #busy = false;
  #stopped = false;
  #draining: Promise<void> = Promise.resolve();
  #known: Known | undefined;
  /** Who this is in the head's note of who landed what. */
  readonly #writer: number;
  /** A transaction that failed after its commit was asked for: it may have come to be all the same. */
  #unheard: Unheard | undefined;
  /** Asked before each transaction for an operation to ride along: the engine's next claims. It may have to ride alone. */
  rider: ((alone: boolean) => Entry | undefined) | undefined;
  /** Asked where the disk is full. True if there is room now that was not there before. */
  makeRoom: () => Promise<boolean> = () => Promise.resolve(false);

  constructor(connection: Connection, clock: Clock, log: RedoLog | undefined, onCommit: (commit: Committed) => void) {
    this.#connection = connection;
    this.#log = log;
    this.#clock = clock;
    this.#writer = clock.random();
    this.#onCommit = onCommit;
    this.#newId = idMaker(clock);
    this.#queue = new CommitQueue(clock, () => {
      this.kick();
    });
  }

  /** Does the operation in the next transaction. Resolves with what it returned, once that is committed. */
  submit<R>(operation: Operation<R>, mayWait: boolean): Promise<R> {
    if (this.#stopped) return Promise.reject(new ErrandError('closed'));
    return new Promise<R>((resolve, reject) => {
      this.#queue.join({ operation, resolve, reject }, mayWait);
    });
  }

  /** Another engine has committed: to compute on what was there before would be in vain. */
  heard(seq: number): void {
    if (this.#known !== undefined && seq > this.#known.head.commitSeq) this.#known.isOutdated = true;
  }

  /** What somebody has read: the next transaction is computed on it, and is void if anybody has written since. */
  saw({ head, claims }: Standing): void {
    const known = this.#known;
    if (this.#busy || (known !== undefined && head.commitSeq < known.head.commitSeq)) return;
    this.#known = { head, claims: new Map(claims), isOutdated: false };
  }

  /** Starts a transaction soon, if only for the rider. */
  kick(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#draining = Promise.resolve().then(() => this.#drain());
  }

  /** Takes nothing more. Resolves once what was taken is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.rider = undefined;
    this.#queue.hurry();
    await this.#draining;
  }

  async #drain(): Promise<void> {
    for (;;) {
      const { isHeld } = this.#queue;
      const rider = guarded(() => this.rider?.(!isHeld));
      if (!isHeld && rider === undefined) break;
      await this.#commit([...this.#queue.take(), ...(rider === undefined ? [] : [rider])]);
    }
    this.#busy = false;
  }

  async #commit(entries: Entry[]): Promise<void> {
    let settled: Settled[];
    try {
      settled = await this.#connection.use((database) => this.#transact(database, entries));
    } catch (error) {
      const landed = await this.#connection.use((database) => this.#landed(database, entries)).catch(ignore);
      if (landed === undefined) {
        await this.#oneByOne(entries, error);
        return;
      }
      settled = landed;
    }
    // It is committed: whatever those who hear of it do must not have it done again.
    entries.forEach((entry, i) => {
      guarded(() => {
        settle(entry, settled[i]);
      });
    });
  }

  /** A transaction that failed as a whole is tried again in parts, so that whoever is to blame fails alone. */
  async #oneByOne(entries: Entry[], error: unknown): Promise<void> {
    const plain = plainError(error, 'database-unavailable');
    // A connection that was given up does not come back: whoever rides along would ask again and again.
    if (plain.code === 'closed') this.rider = undefined;
    if (entries.length === 1 && plain.code === 'quota-exceeded' && entries[0]?.operation.isNew !== true) {
      if (await this.makeRoom()) {
        await this.#commit(entries);
        return;
      }
    }
    if (entries.length === 1 || plain.code === 'closed') {
      for (const entry of entries) entry.reject(ErrandError.fromPlain(plain));
      return;
    }
    for (const entry of entries) await this.#commit([entry]);
  }

  async #transact(database: IDBDatabase, entries: Entry[]): Promise<Settled[]> {
    const landed = await this.#landed(database, entries);
    if (landed !== undefined) return landed;
    // What is logged is on the disk by its log; else whoever waits for the disk has it written through.
    const waits = entries.some((entry) => entry.operation.durable === true);
    const durable = waits && this.#log?.isBehind !== false;
    const transaction = database.transaction(TABLES, 'readwrite', { durability: durable ? 'strict' : 'relaxed' });
    const end = committed(transaction);
    end.catch(ignore);
    const known = this.#known;
    this.#known = undefined;
    try {
      const made = await this.#compute(transaction, entries, known);
      if (made === undefined) {
        abort(transaction);
        return await this.#transact(database, entries);
      }
      transaction.commit();
      // Where it may, the log is written while IndexedDB commits; if that fails, the entry is taken back.
      const logging = this.#log?.comesAfter === true ? undefined : this.#append(made, waits);
      await end.catch(async (error: unknown) => {
        await logging;
        if (logging !== undefined && made.logged !== undefined) await this.#log?.takeBack(made.logged);
        this.#unheard = { entries, made, waits };
        throw error;
      });
      // It is committed: if it cannot be written through, nobody may be told that it was refused.
      const isLogged = await (logging ?? this.#append(made, waits));
      if (!isLogged && waits && !durable) await writeThrough(database).catch(ignore);
      return this.#committed(made);
    } catch (error) {
      abort(transaction);
      throw error;
    }
  }

  /** What came of these entries, if a transaction that failed did land: its stamp stands in the head. Their log entry was taken back. */
  async #landed(database: IDBDatabase, entries: Entry[]): Promise<Settled[] | undefined> {
    const unheard = this.#unheard;
    if (unheard === undefined) return undefined;
    const { made, waits } = unheard;
    const head = await done<HeadRow | undefined>(database.transaction('meta').objectStore('meta').get('head'));
    this.#unheard = undefined;
    if (made.changes.length === 0 || head?.landed?.get(this.#writer) !== made.work.head.stamp) return undefined;
    if (!(await this.#append(made, waits)) && waits) await writeThrough(database);
    const settled = this.#committed(made);
    return unheard.entries === entries ? settled : undefined;
  }

  /** False where there is a log, and it could not take the entry. */
  #append({ logged, work }: Made, waits: boolean): boolean | Promise<boolean> {
    return logged === undefined || (this.#log?.append(work.head.commitSeq, logged, waits) ?? true);
  }

  #committed({ work, changes, settled }: Made): Settled[] {
    this.#known = { head: work.head, claims: work.claims, isOutdated: false };
    if (changes.length > 0) guarded(() => this.#onCommit(summary(work)));
    return settled;
  }

  /**
   * Computes and writes. Operations that read nothing are written while the head is still on its way, on what it was
   * after this engine's last commit; `undefined` means that another engine has written since, so that all that is void.
   */
  async #compute(transaction: IDBTransaction, entries: Entry[], known: Known | undefined): Promise<Made | undefined> {
    const meta = transaction.objectStore('meta');
    const reads: Read[] = [];
    const head = done<HeadRow>(meta.get('head'));
    const claims = head.then((now) => (knowsClaims(known, now) ? known.claims : readClaims(meta)));
    claims.catch(ignore);
    const load = loader(transaction, { head, claims }, (...read) => reads.push(read));
    const loading = entries.flatMap(({ operation }) => (operation.load === undefined ? [] : operation.load(load)));
    if (known?.isOutdated === false && loading.length === 0) {
      const made = this.#make(transaction, entries, known, []);
      made.catch(ignore);
      return isSame(await head, known) ? made : undefined;
    }
    await Promise.all(loading);
    return this.#make(transaction, entries, { head: await head, claims: await claims }, reads);
  }

  async #make(
    transaction: IDBTransaction,
    entries: Entry[],
    { head, claims }: Omit<Known, 'isOutdated'>,
    reads: readonly Read[],
  ): Promise<Made> {
    const mark = { now: this.#clock.now(), writer: this.#writer, stamp: this.#clock.random() };
    const work = new Work(mark, copyOf(head), claims);
    for (const [table, key, row] of reads) work.know(table, key, row as never);
    const settled = entries.map((entry) => attempt(work, entry.operation));
    const standing = { head: Promise.resolve(head), claims: Promise.resolve(claims) };
    const further = loader(transaction, standing, (table, key, row) => {
      work.know(table, key, row as never);
    });
    const followed = follow(work, further, this.#newId);
    // Where nothing is to be read, what is to be written goes out at once.
    if (followed !== undefined) await followed;
    const changes = work.changes();
    write(transaction, changes);
    // Encoded while IndexedDB is busy; what cannot be is not committed.
    const logged = changes.length === 0 ? undefined : this.#log?.entry(work.head.commitSeq, changes);
    return { work, changes, settled, logged };
  }
}

/** What the database was like after the last commit, as far as this engine knows. */
interface Known {
  head: HeadRow;
  claims: Map<TaskId, Claim>;
  /** Another engine has written since. */
  isOutdated: boolean;
}

interface Unheard {
  entries: Entry[];
  made: Made;
  waits: boolean;
}

interface Made {
  work: Work;
  changes: Change[];
  settled: Settled[];
  /** The entry for the log, if there is anything to log. */
  logged: Uint8Array<ArrayBuffer> | undefined;
}

/** The claims need not be read if nobody else has changed them since. */
function knowsClaims(known: Known | undefined, head: HeadRow): known is Known {
  return known?.head.claimsSeq === head.claimsSeq && known.head.generation === head.generation;
}

async function readClaims(meta: IDBObjectStore): Promise<Map<TaskId, Claim>> {
  return decodeClaims(await done<ClaimsRow>(meta.get('claims')));
}

function isSame(head: HeadRow, known: Known): boolean {
  return head.commitSeq === known.head.commitSeq && head.generation === known.head.generation;
}

/** A work changes its head: that of a transaction that fails must not be taken for the truth. */
function copyOf(head: HeadRow): HeadRow {
  const { counts, lanes, lowest, landed } = head;
  return {
    ...head,
    counts: new Map(counts),
    lanes: new Map(lanes),
    lowest: new Map(lowest),
    landed: new Map(landed),
  };
}

function attempt(work: Work, operation: Operation<unknown>): Settled {
  try {
    return { value: work.attempt((each) => operation.apply(each)) };
  } catch (error) {
    return { error };
  }
}

function write(transaction: IDBTransaction, changes: Change[]): void {
  for (const { table, puts, deletes, deletedPrefixes, cleared } of changes) {
    const store = transaction.objectStore(table);
    if (cleared === true) store.clear();
    for (const parts of deletedPrefixes) store.delete(IDBKeyRange.bound(parts, [...parts, []]));
    for (const key of deletes) store.delete(key);
    for (const row of puts) store.put(row);
  }
}

/** What was committed `relaxed` before comes to the disk with what is written through. */
async function writeThrough(database: IDBDatabase): Promise<void> {
  const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
  const end = committed(transaction);
  const meta = transaction.objectStore('meta');
  meta.put(await done<HeadRow>(meta.get('head')));
  await end;
}

function summary(work: Work): Committed {
  const touched = work.touched.size > MOST_NAMED || work.isCleared ? null : [...work.touched];
  return {
    seq: work.head.commitSeq,
    touched,
    ready: work.newlyReady.length > 0 || work.headChanged,
    dueAt: Number.isFinite(work.earliestDue) ? work.earliestDue : undefined,
    head: work.head,
    claims: work.claims,
  };
}

function settle(entry: Entry, settled: Settled | undefined): void {
  if (settled === undefined || 'error' in settled) entry.reject(settled?.error);
  else entry.resolve(settled.value);
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

/** Calls back; what goes wrong there is theirs, and said aloud. */
function guarded<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    console.error('Errand: a callback failed.', error);
    return undefined;
  }
}

function ignore(): undefined {
  // Nobody waits for this.
}
