// What to do on opening: nothing, as a rule; else to make again what the browser has deleted or forgotten.

import type { HeadRow } from '../schema.ts';
import type { Base } from './chain.ts';
import { type Glance, glanceAt } from './glance.ts';
import { type History, readHistory } from './history.ts';
import { logLock } from './redo-log.ts';
import { redo, restoreAll } from './restore.ts';

/** What was made again of the log. `restored`: the whole database. `redone`: its last transactions. */
export interface Recovery {
  kind: 'restored' | 'redone';
  /** How many tasks, or transactions, that were. */
  count: number;
  /** Nothing was missing in the log, as far as that can be told. */
  isWhole: boolean;
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
  // Where somebody else has it open it is neither gone nor set back, and its log may be just ahead of it.
  if (head !== undefined && (await isOpenElsewhere(name, ownLog))) return { logIsBehind: false };
  const unread = (error: unknown) => {
    if (!isLastTry) throw new DOMException(`The log could not be read: ${String(error)}`, 'UnknownError');
    return undefined;
  };
  if (head !== undefined) {
    const glance = await glanceAt(name).catch(unread);
    if (glance === undefined || !isAhead(glance, head))
      return { logIsBehind: glance === undefined || !endsAs(glance, head) };
  }
  const history = await readHistory(name, baseOf(head), isLastTry).catch(unread);
  if (history === undefined || history.lastSeq === 0) return { logIsBehind: head !== undefined };
  return makeWhole(database, history, head);
}

/** Whether a database that nobody can open can be made again of its log. */
export async function holdsAll(name: string, ownLog?: string): Promise<boolean> {
  const glance = await glanceAt(name).catch(() => undefined);
  return glance !== undefined && glance.lastSeq > 0 && !(await isOpenElsewhere(name, ownLog));
}

/** A log of another generation is none of this database's: the database is the truth. */
function isAhead({ generation, lastSeq }: Glance, head: HeadRow): boolean {
  return generation === head.generation && lastSeq > head.commitSeq;
}

/** As far as a glance can tell, the log ends with the database's last transaction, and nothing in it is amiss. */
function endsAs(glance: Glance, head: HeadRow): boolean {
  if (glance.generation !== head.generation || glance.isDamaged || glance.files > MOST_FILES) return false;
  return glance.lastSeq === head.commitSeq && glance.stamps.includes(head.stamp);
}

function baseOf(head: HeadRow | undefined): Base | undefined {
  return head === undefined ? undefined : { seq: head.commitSeq, stamp: head.stamp };
}

/** Every engine that writes a log holds a lock for as long as it lives. */
async function isOpenElsewhere(name: string, ownLog: string | undefined): Promise<boolean> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name !== ownLog && lock.name?.startsWith(logLock(name)) === true);
}

async function makeWhole(database: IDBDatabase, history: History, head: HeadRow | undefined): Promise<Recovered> {
  const isWhole = history.wholeFrom === 0;
  // A database that was set back to before the checkpoint lacks what is nowhere else any more.
  if (head === undefined || head.commitSeq < history.checkpointSeq) {
    const count = await restoreAll(database, history);
    return { recovery: { kind: 'restored', count, isWhole }, logIsBehind: true };
  }
  // What seemed to be ahead came to nothing.
  if (history.transactions.length === 0 && isWhole) return { logIsBehind: true };
  const count = await redo(database, history);
  return { recovery: { kind: 'redone', count, isWhole }, logIsBehind: true };
}

/** Each engine leaves a file; a checkpoint clears them away. */
const MOST_FILES = 64;
