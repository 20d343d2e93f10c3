// What the log holds: for each write transaction its number and what it changed, and for a checkpoint the rows there were.

import type { Change } from '../work.ts';
import { KEY_PATHS, type TableName } from '../schema.ts';
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
  seq: number;
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
