// What to do on opening: nothing, as a rule; else to make again what the browser has deleted or forgotten.

import type { HeadRow } from '../schema.ts';
import { glanceAt, type History, readHistory } from './history.ts';
import { logLock } from './redo-log.ts';
import { redo, restoreAll } from './restore.ts';

/** What was made again of the log. `restored`: the whole database. `redone`: its last transactions. */
export interface Recovery {
  kind: 'restored' | 'redone';
  /** How many tasks, or transactions, that were. */
  count: number;
  /** Bytes of the log that could not be believed. */
  lostBytes: number;
}

export interface Recovered {
  recovery?: Recovery;
  /** The log lacks something that the database has: it wants a checkpoint. */
  logIsBehind: boolean;
}

/**
 * Compares a database with its log, and makes it whole. Must be done before anybody else uses the database.
 * Rejects with `UnknownError` where the log cannot be read now, unless this is the last try: then it does without.
 */
export async function recover(
  name: string,
  database: IDBDatabase,
  head: HeadRow | undefined,
  { ownLog, isLastTry }: { ownLog: string | undefined; isLastTry: boolean },
): Promise<Recovered> {
  const unread = (error: unknown) => {
    if (!isLastTry) throw new DOMException(`The log could not be read: ${String(error)}`, 'UnknownError');
    return undefined;
  };
  // Where somebody else has it open it is neither gone nor set back, and its log may be just ahead of it.
  if (head !== undefined && (await isOpenElsewhere(name, ownLog))) return { logIsBehind: false };
  const glance = await glanceAt(name).catch(unread);
  if (glance === undefined) return { logIsBehind: head !== undefined };
  const isWhole = head !== undefined && (glance.generation !== head.generation || glance.lastSeq <= head.commitSeq);
  // A log of another generation is none of this database's: the database is the truth.
  if (isWhole) return { logIsBehind: glance.lastSeq !== head.commitSeq || glance.files > MOST_FILES };
  const history = await readHistory(name).catch(unread);
  if (history === undefined || history.lastSeq === 0) return { logIsBehind: head !== undefined };
  return { recovery: await makeWhole(database, history, head), logIsBehind: true };
}

/** Whether a database that nobody can open can be made again of its log. */
export async function holdsAll(name: string, ownLog?: string): Promise<boolean> {
  const glance = await glanceAt(name).catch(() => undefined);
  return glance !== undefined && glance.lastSeq > 0 && !(await isOpenElsewhere(name, ownLog));
}

/** Every engine that writes a log holds a lock for as long as it lives. */
async function isOpenElsewhere(name: string, ownLog: string | undefined): Promise<boolean> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name !== ownLog && lock.name?.startsWith(logLock(name)) === true);
}

async function makeWhole(database: IDBDatabase, history: History, head: HeadRow | undefined): Promise<Recovery> {
  const { lostBytes } = history;
  // A database that was set back to before the checkpoint lacks what is nowhere else any more.
  if (head === undefined || head.commitSeq < history.checkpointSeq)
    return { kind: 'restored', count: await restoreAll(database, history), lostBytes };
  return { kind: 'redone', count: await redo(database, history, head.commitSeq), lostBytes };
}

/** Each engine leaves a file; a checkpoint clears them away. */
const MOST_FILES = 64;
