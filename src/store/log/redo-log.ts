// The log beneath the database: what each write transaction of this engine changed, in a file of its own in OPFS.
// IndexedDB comes first, the log second; only then does the transaction's caller hear of it.

import type { Clock } from '../../task/index.ts';
import type { HeadRow } from '../schema.ts';
import type { Change } from '../work.ts';
import { type Batch, entryBytes } from './entry.ts';
import {
  checkpointName,
  deleteLogFiles,
  hasTail,
  lastCheckpoint,
  type LogHome,
  logFileNames,
  logHome,
  namesIn,
  withTail,
} from './files.ts';
import { createLogFile, type LogFile } from './log-file.ts';

/** A log that is this many times as large as what is live is compacted. */
const COMPACT_AT = 2;
/** Checkpoints come no closer to each other, so that a full disk is not tried at every commit. */
const REST_MS = 2_000;
const TRIES = 5;
const RETRY_MS = 50;
const LEAST_BYTES = 2 * 1024 * 1024;
const NEVER = Infinity;

export class RedoLog {
  readonly #home: LogHome;
  #generation: string;
  readonly #lock: string;
  readonly #id: string;
  readonly #clock: Clock;
  /** The file that something was to go into, and did not; a whole checkpoint begun after that makes up for it. */
  #behindTurn = NEVER;
  #rotatedTurn = 0;
  #rolling: Promise<void> | undefined;
  /** Written since the last checkpoint. */
  #bytes = 0;
  #notBefore = -Infinity;
  #release: () => void = () => undefined;
  /** None yet, where it could not be begun. */
  #file: LogFile | undefined;
  /** Where the last entry went, if it could be appended. */
  #target: LogFile | undefined;
  /** The file before this one: open as long as its last entry may have to be taken back. */
  #retired: LogFile | undefined;
  #turn = -1;
  /** The last transaction in this file, and in each file before it. */
  #lastSeq = 0;
  readonly #earlier = new Map<string, number>();
  #checkpointSeq = 0;
  /** The bytes of the last checkpoint, as far as this engine knows. */
  #checkpointBytes = 0;
  /** Told when something is to be made up for by a checkpoint. */
  onBehind: () => void = () => undefined;

  private constructor(home: LogHome, isTailed: boolean, generation: string, lock: string, clock: Clock) {
    this.#home = home;
    if (home.tails !== undefined)
      home.tails.onLost = () => {
        this.fallBehind();
      };
    this.#generation = generation;
    this.#lock = lock;
    this.#clock = clock;
    const id = Array.from(clock.bytes(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#id = isTailed ? withTail(id) : id;
  }

  /** Begins this engine's file, behind if that fails for now; `undefined` where there is no OPFS that can be written. */
  static async open(database: string, generation: string, clock: Clock): Promise<RedoLog | undefined> {
    let log: RedoLog | undefined;
    try {
      const home = await logHome(database);
      // A file is best where it can be appended to.
      const isTailed = !('FileSystemSyncAccessHandle' in globalThis) && (await home.tails?.works()) === true;
      log = new RedoLog(home, isTailed, generation, logLock(database), clock);
      // Held before there is a file: what belongs to nobody who lives is deleted.
      await log.#holdLock();
      await log.#begin();
      return log;
    } catch {
      log?.close();
      return undefined;
    }
  }

  /** What its lock is called, which it holds for as long as this engine lives. */
  get lockName(): string {
    return `${this.#lock}${this.#id}`;
  }

  /** The database is another one than it was: what comes from now on belongs to that. */
  async belongTo(generation: string): Promise<void> {
    if (generation === this.#generation) return;
    this.#generation = generation;
    await this.#roll();
  }

  /** An entry is appended only once its transaction has landed: one kill must not damage both. Else meanwhile, and taken back if it fails. */
  get comesAfter(): boolean {
    return hasTail(this.#id);
  }

  /** The bytes of a transaction's entry: made before it commits, so that what cannot be logged is not committed. */
  entry(seq: number, changes: Change[]): Uint8Array<ArrayBuffer> {
    return entryBytes({ kind: 'transaction', seq, changes });
  }

  /** Appends an entry; flushed, it outlives a power cut. False where it could not: then the log is behind until its next checkpoint. */
  append(seq: number, bytes: Uint8Array<ArrayBuffer>, flush: boolean): boolean | Promise<boolean> {
    this.#closeRetired();
    const file = this.#file;
    try {
      const appending = file?.append(bytes, flush);
      if (appending === undefined) return this.#appended(seq, bytes, file);
      return appending.then(
        () => this.#appended(seq, bytes, file),
        () => this.#appended(seq, bytes, undefined),
      );
    } catch {
      return this.#appended(seq, bytes, undefined);
    }
  }

  #appended(seq: number, bytes: Uint8Array, target: LogFile | undefined): boolean {
    this.#target = target;
    if (target === undefined) this.fallBehind();
    else {
      this.#bytes += bytes.length;
      this.#lastSeq = seq;
    }
    if (this.#file === undefined || this.#file.size > this.#file.fullBytes) void this.#roll().catch(() => undefined);
    return target !== undefined;
  }

  /** Takes back the entry that was appended last: its transaction did not commit. */
  async takeBack(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const target = this.#target;
    this.#target = undefined;
    if (target !== undefined && !(await target.takeBack(bytes.length))) this.fallBehind();
  }

  /** Something committed is not in the log: the disk is full, or the file was taken away. */
  get isBehind(): boolean {
    return this.#behindTurn !== NEVER;
  }

  /** Something is to be made up for by the next checkpoint. */
  fallBehind(): void {
    this.#behindTurn = this.#turn;
    this.onBehind();
  }

  /** It has grown. */
  get wantsCheckpoint(): boolean {
    if (this.#clock.elapsed() < this.#notBefore) return false;
    return this.#bytes > Math.max(LEAST_BYTES, this.#checkpointBytes * COMPACT_AT);
  }

  /** The last transaction that is in a whole checkpoint, as far as this engine knows. */
  get checkpointSeq(): number {
    return this.#checkpointSeq;
  }

  /** Another engine has written a checkpoint: what this one wrote before that goes. */
  async forget(seq: number): Promise<void> {
    this.#checkpointSeq = Math.max(this.#checkpointSeq, seq);
    if (this.#file?.isEmpty === false && this.#lastSeq <= seq) {
      await this.#roll();
      this.#bytes = 0;
    }
    await this.#delete([...this.#earlier].filter(([, last]) => last <= seq).map(([name]) => name));
  }

  /** Begins a new file for what comes from now on. Gives the names of the files that a checkpoint made after this replaces. */
  async rotate(): Promise<string[]> {
    this.#notBefore = this.#clock.elapsed() + REST_MS;
    await this.#roll();
    this.#rotatedTurn = this.#turn;
    const current = this.#file?.name;
    this.#bytes = 0;
    const living = await this.#livingIds();
    const names = (await namesIn(this.#home)).filter((name) => name !== current && !name.startsWith(`${current}.`));
    return names.filter((name) => name.startsWith(this.#id) || !living.has(name.split('.')[0] ?? ''));
  }

  async #begin(): Promise<void> {
    await this.#roll().catch((error: unknown) => {
      // Files cannot be written here.
      if (error instanceof TypeError) throw error;
      this.fallBehind();
    });
    const names = await logFileNames(this.#home);
    const last = await lastCheckpoint(this.#home, names, this.#generation).catch(() => undefined);
    this.#checkpointSeq = last?.seq ?? 0;
  }

  /** Goes on in the next file. Files are kept small, because opening the database reads the last of each engine. */
  #roll(): Promise<void> {
    this.#rolling ??= (async () => {
      const next = await createLogFile(this.#home, nameOf(this.#id, this.#turn + 1), this.#generation);
      const before = this.#file;
      this.#file = next;
      this.#turn += 1;
      this.#closeRetired();
      if (before === undefined) return;
      this.#earlier.set(before.name, this.#lastSeq);
      this.#retired = before;
      this.#flush(before);
    })().finally(() => {
      this.#rolling = undefined;
    });
    return this.#rolling;
  }

  #flush(file: LogFile): void {
    try {
      file.flush();
    } catch {
      this.fallBehind();
    }
  }

  /**
   * Writes a checkpoint of everything there was at a commit, then deletes what it makes superfluous. Rejects where the
   * database became another one meanwhile. Says up to which commit it goes.
   */
  async checkpoint(
    superfluous: readonly string[],
    head: () => Promise<HeadRow>,
    batches: AsyncIterable<Omit<Batch, 'kind'>>,
  ): Promise<number> {
    const { commitSeq: seq, stamp, generation } = await head();
    const name = checkpointName(seq, `${this.#id}-${this.#turn}`);
    const file = await createLogFile(this.#home, name, generation, 'checkpoint');
    try {
      let count = 0;
      for await (const batch of batches) {
        await file.append(entryBytes({ kind: 'batch', ...batch }), false);
        count += 1;
      }
      const now = await head();
      if (now.generation !== generation) throw new DOMException('The database is another one now.', 'AbortError');
      // Rows may be newer than the checkpoint: what made them so must not be lost where they are kept.
      this.#file?.flush();
      await file.append(entryBytes({ kind: 'end', generation, seq, stamp, until: now.commitSeq, batches: count }));
      await file.close();
    } catch (error) {
      await Promise.resolve(file.close()).catch(() => undefined);
      await this.#delete([name]);
      throw error;
    }
    this.#checkpointBytes = file.size;
    this.#checkpointSeq = Math.max(this.#checkpointSeq, seq);
    if (this.#behindTurn < this.#rotatedTurn) this.#behindTurn = NEVER;
    await this.#delete(superfluous);
    return seq;
  }

  close(): void {
    this.#closeRetired();
    void this.#file?.close();
    this.#home.tails?.close();
    this.#release();
  }

  #closeRetired(): void {
    void this.#retired?.close();
    this.#retired = undefined;
  }

  /** The browser lets go of a file a little after it was closed. */
  async #delete(names: readonly string[]): Promise<void> {
    if (names.includes(this.#retired?.name ?? '')) this.#closeRetired();
    let left = names;
    for (let tries = TRIES; left.length > 0 && tries > 0; tries--) {
      if (left !== names) await new Promise<void>((resolve) => this.#clock.timer(resolve, RETRY_MS));
      const gone = new Set(await deleteLogFiles(this.#home, left));
      for (const name of gone) this.#earlier.delete(name);
      left = left.filter((name) => !gone.has(name));
    }
  }

  async #livingIds(): Promise<Set<string>> {
    const { held = [] } = await navigator.locks.query();
    const names = held.map(({ name = '' }) => name).filter((name) => name.startsWith(this.#lock));
    return new Set(names.map((name) => name.slice(this.#lock.length)));
  }

  #holdLock(): Promise<void> {
    return new Promise((resolve, reject) => {
      const held = () => {
        resolve();
        return new Promise<void>((release) => {
          this.#release = release;
        });
      };
      navigator.locks.request(this.lockName, held).catch(reject);
    });
  }
}

/** What the names of the locks begin with that engines hold on their logs. */
export function logLock(database: string): string {
  return `errand:${database}:log:`;
}

function nameOf(id: string, turn: number): string {
  return `${id}.${turn}`;
}
