// What the log holds: for each write transaction its number and what it changed, and for a checkpoint the rows there were.

import { type HeadRow, KEY_PATHS, type TableName } from '../schema.ts';
import type { Change } from '../work.ts';
import type { Link } from './chain.ts';
import { decode, encode } from './codec.ts';
import { frame } from './frame.ts';

/** The first entry of each file: whose database this is. */
export interface Header {
  kind: 'header';
  generation: string;
}
/** One write transaction. */
export interface Transaction {
  kind: 'transaction';
  seq: number;
  changes: Change[];
}
/** Some rows of a table, as a checkpoint found them. */
export interface Batch {
  kind: 'batch';
  table: TableName;
  rows: object[];
}
/** The end of a checkpoint: without it, the checkpoint is not whole. Transactions up to `seq` are in it. */
export interface End {
  kind: 'end';
  generation: string;
  seq: number;
  /** Of that transaction: the next one names it. */
  stamp: number;
  /** The transaction that its newest rows may be of: what comes after `seq` must be known up to there. */
  until: number;
  /** How many batches there are, so that a lost one is noticed. */
  batches: number;
}
export type LogEntry = Header | Transaction | Batch | End;

/** The bytes of one entry, framed. */
export function entryBytes(entry: LogEntry): Uint8Array<ArrayBuffer> {
  return frame(encode(entry));
}

/** The entry in a frame's content, or `undefined` if it is none. */
export function entryIn(content: Uint8Array): LogEntry | undefined {
  try {
    const entry = decode(content);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Where a transaction stands. */
export function linkOf(transaction: Transaction): Link {
  const { seq } = transaction;
  const { committedAt = 0, stamp = NaN, stampBefore = NaN } = headOf(transaction) ?? {};
  return { seq, at: committedAt, stamp, stampBefore };
}

/** The database that an entry says it belongs to. */
export function generationIn(entry: LogEntry): string | undefined {
  if (entry.kind === 'transaction') return headOf(entry)?.generation;
  if (entry.kind === 'batch') return entry.table === 'meta' ? headIn(entry.rows)?.generation : undefined;
  return entry.generation;
}

function headOf({ changes }: Transaction): HeadRow | undefined {
  return headIn(changes.find((change) => change.table === 'meta')?.puts ?? []);
}

function headIn(rows: readonly object[]): HeadRow | undefined {
  return (rows as { key: string }[]).find((row) => row.key === 'head') as HeadRow | undefined;
}

function isEntry(value: unknown): value is LogEntry {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'header') return 'generation' in value && typeof value.generation === 'string';
  if (value.kind === 'batch')
    return 'table' in value && isTable(value.table) && 'rows' in value && Array.isArray(value.rows);
  return (value.kind === 'transaction' || value.kind === 'end') && 'seq' in value && typeof value.seq === 'number';
}

function isTable(table: unknown): table is TableName {
  return typeof table === 'string' && Object.hasOwn(KEY_PATHS, table);
}
