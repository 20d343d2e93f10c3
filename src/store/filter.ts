// Which tasks a filter names.

import {
  type Claim,
  instantOf,
  type StoredStatus,
  type TaskFilter,
  type TaskId,
  type TaskRow,
  type TaskStatus,
} from '../task/index.ts';
import type { Span } from './streams.ts';

const STORED: readonly StoredStatus[] = ['pending', 'completed', 'failed', 'cancelled'];

export function statuses(status: TaskFilter['status']): readonly TaskStatus[] {
  if (status === undefined) return ['running', ...STORED];
  return typeof status === 'string' ? [status] : status;
}

/** What is kept counted need not be counted. */
export function isCounted({ workspace, tag, recurring, parentId, from, to, search }: TaskFilter): boolean {
  return [workspace, tag, recurring, parentId, from, to, search].every((each) => each === undefined);
}

/** Some tasks may be left out. */
export function isSelective(filter: TaskFilter): boolean {
  return filter.status !== undefined || filter.type !== undefined || filter.creator !== undefined || !isCounted(filter);
}

/** Every status is wanted. */
export function isWhole({ status }: TaskFilter): boolean {
  return statuses(status).length > STORED.length;
}

/** When the tasks were made; `undefined` where that does not matter. */
export function spanOf({ from, to }: TaskFilter): Span | undefined {
  if (from === undefined && to === undefined) return undefined;
  return { from: instantOf(from) ?? -Infinity, to: instantOf(to) ?? Infinity };
}

export function predicate(filter: TaskFilter, claims: ReadonlyMap<TaskId, Claim>): (row: TaskRow) => boolean {
  const { type, creator, workspace, tag, recurring, parentId } = filter;
  const wanted = new Set(statuses(filter.status));
  const { from, to } = spanOf(filter) ?? { from: -Infinity, to: Infinity };
  const words = (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return (row) =>
    wanted.has(claims.has(row.id) ? 'running' : row.status) &&
    row.createdAt >= from &&
    row.createdAt <= to &&
    (type === undefined || row.type === type) &&
    (creator === undefined || row.creator === creator) &&
    (workspace === undefined || row.workspace === workspace) &&
    (tag === undefined || row.tags?.includes(tag) === true) &&
    (recurring === undefined || recurring === (row.schedule !== undefined && row.schedule.kind !== 'at')) &&
    (parentId === undefined || row.parentId === parentId) &&
    (words.length === 0 || containsAll(row, words));
}

function containsAll(row: TaskRow, words: readonly string[]): boolean {
  const text = `${row.name}\n${row.type}\n${row.id}\n${payloadText(row.payload)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function payloadText(payload: unknown): string {
  if (payload === undefined) return '';
  try {
    return JSON.stringify(payload);
  } catch {
    return '';
  }
}
