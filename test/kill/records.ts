// The checker's second half: recorded steps and items, and whether the database agrees with itself.

import { lost, other, partsOf, twice, type Violation } from './check.ts';
import type { Ledger } from './ledger.ts';
import type { Snapshot, TaskCells } from './protocol.ts';

/** A part's result as it lies in the database. */
export interface Observed {
  id: string;
  part: string;
  nonce: string;
}

/**
 * Steps and items that are lost, that were recorded twice, or that nobody began. Handlers go on while the snapshot is
 * taken: it must have what was acknowledged up to event `until`, before it was asked for.
 */
export function checkRecords(ledger: Ledger, snapshot: Snapshot, until: number): Violation[] {
  const rows = new Map(snapshot.tasks.map((row) => [row.id, row]));
  const there = new Map<string, string>();
  const found: Violation[] = [];
  for (const observed of observedIn(snapshot)) {
    const key = `${observed.id}/${observed.part}`;
    if (there.has(key)) found.push(twice(`${observed.part} is recorded in two rows`, observed.id, observed));
    there.set(key, observed.nonce);
    if (!isForgotten(ledger, observed.id)) found.push(...observedPart(ledger, observed));
  }
  for (const [key, { nonce, acknowledged, seq }] of ledger.recorded) {
    const id = key.slice(0, key.lastIndexOf('/'));
    const row = rows.get(id);
    if (row === undefined || seq > until || there.has(key) || isOutsideSteps(key) || isForgotten(ledger, id)) continue;
    found.push(lost(`${key}, which was recorded, is gone`, row.name, { row, nonce, acknowledged }));
  }
  return found;
}

function observedPart(ledger: Ledger, observed: Observed): Violation[] {
  const { id, part, nonce } = observed;
  const before = ledger.recorded.get(`${id}/${part}`);
  if (before !== undefined && before.nonce !== nonce)
    return [twice(`${part} was recorded with another result`, id, { observed, before })];
  return ledger.knowsStart(id, part, nonce) ? [] : [other(`nobody began ${part} so`, id, observed)];
}

/** Every recorded step and item of a map. */
export function observedIn({ steps, chunks }: Snapshot): Observed[] {
  const done = steps.filter(({ kind, status }) => kind === 'step' && status === 'completed');
  return [
    ...done.map(({ taskId: id, name: part, result }) => ({ id, part, nonce: String(result) })),
    ...chunks.flatMap(({ taskId: id, from, results }) =>
      results.map((nonce, i) => ({ id, part: `item${from + i}`, nonce: String(nonce) })),
    ),
  ];
}

/** Code around the steps has no record but the task's result. */
function isOutsideSteps(key: string): boolean {
  return key.endsWith('/run') || key.endsWith('/once');
}

function isForgotten(ledger: Ledger, id: string): boolean {
  const state = ledger.byId(id);
  return state !== undefined && ledger.isForgotten(state.task.name);
}

/** What is counted, claimed and owned fits what is there. */
export function checkIntegrity(snapshot: Snapshot): Violation[] {
  const ids = new Set([...snapshot.tasks.map(({ id }) => id), ...snapshot.trashed]);
  const ready = new Set(snapshot.tasks.filter(({ lane }) => lane !== undefined).map(({ id }) => id));
  const orphans = Object.entries(snapshot.owners).flatMap(([table, owners]) =>
    owners.filter((id) => !ids.has(id)).map((id) => other(`${table} has rows of a task that is not there`, id)),
  );
  const claimed = snapshot.claimed.filter((id) => !ready.has(id));
  return [
    ...orphans,
    ...claimed.map((id) => other('a claim is on a task that is not ready', id)),
    ...differing('counts', countsOf(snapshot.tasks), new Map(snapshot.counts.map(([group, each]) => [group, each]))),
    ...differing('lanes', lanesOf(snapshot.tasks), new Map(snapshot.lanes)),
    ...differing('timed', snapshot.tasks.filter(({ dueAt }) => dueAt !== undefined).length, snapshot.timed),
  ];
}

function differing(what: string, actual: unknown, kept: unknown): Violation[] {
  return textOf(actual) === textOf(kept) ? [] : [other(`${what} are kept wrong`, undefined, { actual, kept })];
}

function textOf(value: unknown): string {
  if (!(value instanceof Map)) return JSON.stringify(value);
  const entries = [...(value as Map<string, unknown>)].map(([key, each]) => [key, sorted(each)]);
  return JSON.stringify(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    : value;
}

function countsOf(rows: readonly TaskCells[]): Map<string, Record<string, number>> {
  const counts = new Map<string, Record<string, number>>();
  for (const { creator, type, status } of rows) {
    const group = `${creator}\0${type}`;
    const count = counts.get(group) ?? { pending: 0, completed: 0, failed: 0, cancelled: 0 };
    count[status] = (count[status] ?? 0) + 1;
    counts.set(group, count);
  }
  return counts;
}

function lanesOf(rows: readonly TaskCells[]): Map<string, number> {
  const lanes = new Map<string, number>();
  for (const { lane } of rows) if (lane !== undefined) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
  return lanes;
}

/**
 * Makes what was seen the measure of the next check. After the browser ended nothing is on its way any more; else an
 * operation that nobody answered may yet surface, out of the log of an engine that died.
 */
export function settle(ledger: Ledger, snapshot: Snapshot, browserEnded: boolean): void {
  const rows = new Map(snapshot.tasks.map((row) => [row.name, row]));
  for (const state of ledger.tasks.values()) {
    const row = rows.get(state.task.name);
    if (row !== undefined) {
      ledger.learnId(state, row.id);
      state.enqueued = 'yes';
      const { version, status, run, result } = row;
      state.seen = { version, status, run, ...(result !== undefined && { result }) };
      for (const [part, nonce] of Object.entries(partsOf(result))) remember(ledger, row.id, part, nonce);
    } else if (state.enqueued === 'yes' || browserEnded) state.gone = true;
    state.ops = browserEnded ? [] : state.ops.filter(({ answer }) => answer === undefined);
  }
  for (const { id, part, nonce } of observedIn(snapshot)) remember(ledger, id, part, nonce);
}

function remember(ledger: Ledger, id: string, part: string, nonce: string): void {
  const key = `${id}/${part}`;
  if (!ledger.recorded.has(key)) ledger.recorded.set(key, { nonce, acknowledged: false, seq: ledger.seq });
}
