// How ready tasks are claimed: seeks to the heads of the open lanes, merged by priority and age.
// A claim does not touch its task's row, so claimed tasks still stand in their lane: the claimer remembers how far it
// has come in each lane and reads only beyond that, unless somebody may have overtaken.

import {
  type Claim,
  type ClaimToken,
  type EngineId,
  parseLane,
  pausesType,
  type TaskId,
  type TaskRow,
  type TaskState,
} from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { comparePlaces, isBefore, type Place, placeOf } from './place.ts';
import { type RatesRow, READY } from './schema.ts';
import type { Work } from './work.ts';

export interface Claimed {
  row: TaskRow;
  claim: Claim;
}

export interface ClaimRequest {
  engineId: EngineId;
  /** The lanes to look at, as far as the engine knows of them. */
  lanes: readonly string[];
  /** At most so many rows are read from a lane. */
  most: number;
  /** Whether a task is taken, is left, or nothing more is taken. */
  take(row: TaskRow): 'take' | 'leave' | 'stop';
  /** Whether a task must not run twice. */
  once?: (row: TaskRow) => boolean;
  /** Nothing else runs: the suspects' turn. */
  alone: boolean;
  /** The types whose tasks may not start too often. */
  rates?: ReadonlyMap<string, RateLimit>;
}

/** So many tasks of a type may start within a span. */
export interface RateLimit {
  limit: number;
  perMs: number;
}

export interface ClaimResult {
  claimed: Claimed[];
  /** Nothing is ready beyond what was claimed. */
  exhausted: boolean;
  /** Another engine leads now: this one must not claim. */
  deposed: boolean;
  /** The types that have reached their rate limit, with when they may start again. */
  limited?: ReadonlyMap<string, number>;
  /** Tasks that would have been claimed, but wait for a decision now. */
  doubted: number;
}

/** How far claims have come in each lane: the place in line of the last task claimed there. */
export class Positions {
  readonly #last = new Map<string, Place>();
  readonly #taken = new Map<string, number>();

  get(lane: string): Place | undefined {
    return this.#last.get(lane);
  }

  /** The tasks of the lane that are claimed. */
  taken(lane: string): number {
    return this.#taken.get(lane) ?? 0;
  }

  advance(row: TaskRow): void {
    const lane = row.lane ?? '';
    const last = this.#last.get(lane);
    if (last === undefined || comparePlaces(placeOf(row), last) > 0) this.#last.set(lane, placeOf(row));
    this.#taken.set(lane, this.taken(lane) + 1);
  }

  leave(lane: string): void {
    const taken = this.taken(lane) - 1;
    this.#taken.set(lane, Math.max(0, taken));
    if (taken <= 0) this.#last.delete(lane);
  }
}

export function claim(request: ClaimRequest, positions: Positions): Operation<ClaimResult> {
  const found: TaskRow[] = [];
  /** Per lane the place up to which those ahead were read, where there may be more of them. */
  const cuts = new Map<string, Place>();
  let full = false;
  let starts: ReadonlyMap<string, number[]> = new Map();
  const seek = request.lanes.length > 0 || request.rates !== undefined;
  return {
    ...(seek && {
      load: async (load: Load) => {
        cuts.clear();
        const read = (lane: string) => readLane(load, lane, positions, request.most, cuts);
        if (request.rates !== undefined) starts = await loadStarts(load);
        const lanes = await Promise.all(request.lanes.map(read));
        found.splice(0, Infinity, ...lanes.flat());
        full = lanes.some((rows) => rows.length >= request.most);
      },
    }),
    apply: (work) => {
      if (work.head.leader !== request.engineId) return { claimed: [], exhausted: true, deposed: true, doubted: 0 };
      const rows = candidates(work, request, found);
      const rates = request.rates === undefined ? undefined : new Rates(request.rates, starts, work.now);
      const { claimed, stopped, doubted } = takeFrom(work, rows, request, rates);
      noteOvertakers(work, rows, request.lanes, positions, cuts);
      if (rates === undefined) return { claimed, exhausted: !stopped && !full, deposed: false, doubted };
      if (rates.changed) work.setRates({ key: 'rates', starts: rates.starts });
      return { claimed, exhausted: !stopped && !full, deposed: false, doubted, limited: rates.limited };
    },
  };
}

async function readLane(
  load: Load,
  lane: string,
  positions: Positions,
  most: number,
  cuts: Map<string, Place>,
): Promise<TaskRow[]> {
  const position = positions.get(lane);
  // What is claimed still stands in line, whoever holds the claim.
  if (position === undefined) {
    const { size } = await load.claims;
    return load.index('tasks', READY, IDBKeyRange.bound([lane], [lane, []]), most + size);
  }
  const here = [lane, ...position];
  const beyond = load.index('tasks', READY, IDBKeyRange.bound(here, [lane, []], true), most);
  // Where the head cannot be read, nobody waits for this.
  beyond.catch(() => undefined);
  const { lowest } = await load.head;
  const overtaker = lowest.get(lane);
  if (overtaker === undefined || isBefore(position, overtaker)) return beyond;
  const { size } = await load.claims;
  const ahead = await load.index('tasks', READY, IDBKeyRange.bound([lane], here), most + size);
  const last = ahead.at(-1);
  if (last !== undefined && ahead.length === most + size) cuts.set(lane, placeOf(last));
  return [...ahead, ...(await beyond)];
}

/**
 * Keeps in the head, for each lane that was looked at, the lowest place of a task that was left behind the position.
 * Whoever makes a task ready lowers it (see `Work.putTask`), so that overtakers are found, whichever engine let them in.
 */
function noteOvertakers(
  work: Work,
  rows: readonly TaskRow[],
  read: readonly string[],
  positions: Positions,
  cuts: ReadonlyMap<string, Place>,
): void {
  const lanes = new Map<string, { left?: Place; position?: Place | undefined }>();
  for (const row of rows) {
    const lane = row.lane ?? '';
    const line = lanes.get(lane) ?? { position: positions.get(lane) };
    lanes.set(lane, line);
    const place = placeOf(row);
    if (!work.claims.has(row.id)) line.left ??= place;
    else if (line.position === undefined || isBefore(line.position, place)) line.position = place;
  }
  for (const [lane, { left = cuts.get(lane), position }] of lanes) {
    if (!read.includes(lane) && work.lowestBefore.has(lane)) continue;
    if (left !== undefined && position !== undefined && !isBefore(position, left)) work.head.lowest.set(lane, left);
    else work.head.lowest.delete(lane);
  }
}

/** What was read and what this very transaction made ready, in the order in which it is to be claimed. */
function candidates(work: Work, request: ClaimRequest, found: readonly TaskRow[]): TaskRow[] {
  const rows = new Map<TaskId, TaskRow>();
  for (const row of found) rows.set(row.id, row);
  for (const id of work.newlyReady) {
    const row = work.get('tasks', id);
    if (row?.lane !== undefined && parseLane(row.lane).alone === request.alone) rows.set(id, row);
  }
  return [...rows.values()].sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
}

async function loadStarts(load: Load): Promise<ReadonlyMap<string, number[]>> {
  const [rates] = (await load.index('meta', null, IDBKeyRange.only('rates'))) as RatesRow[];
  return rates?.starts ?? new Map<string, number[]>();
}

/** Counts the starts of rate-limited types: so many within any span, as a sliding log has it. */
class Rates {
  readonly starts: Map<string, number[]>;
  readonly limited = new Map<string, number>();
  changed = false;
  readonly #limits: ReadonlyMap<string, RateLimit>;
  readonly #now: number;

  constructor(limits: ReadonlyMap<string, RateLimit>, starts: ReadonlyMap<string, number[]>, now: number) {
    this.#limits = limits;
    this.#now = now;
    this.starts = new Map();
    // A clock that was set back must not keep anything from starting for longer than the span.
    for (const [type, { perMs }] of limits)
      this.starts.set(
        type,
        (starts.get(type) ?? []).filter((at) => at > now - perMs && at <= now),
      );
  }

  /** Whether one more of a type may start now. */
  allows(type: string): boolean {
    const limit = this.#limits.get(type);
    const starts = this.starts.get(type) ?? [];
    if (limit === undefined || starts.length < limit.limit) return true;
    this.limited.set(type, (starts[starts.length - limit.limit] ?? this.#now) + limit.perMs);
    return false;
  }

  note(type: string): void {
    if (!this.#limits.has(type)) return;
    this.starts.get(type)?.push(this.#now);
    this.changed = true;
  }
}

function takeFrom(
  work: Work,
  rows: readonly TaskRow[],
  request: ClaimRequest,
  rates: Rates | undefined,
): { claimed: Claimed[]; stopped: boolean; doubted: number } {
  const claimed: Claimed[] = [];
  let doubted = 0;
  const { engineId, alone } = request;
  let token: ClaimToken | undefined;
  for (const { id } of rows) {
    const before = work.task(id);
    if (before?.row.lane === undefined || before.claim !== undefined) continue;
    // Another operation of this transaction may have made it a suspect.
    if (parseLane(before.row.lane).alone !== alone) continue;
    if (isTooLate(work, before)) continue;
    // The engine may not have heard of a rule that was made a moment ago: the head of this transaction has.
    if (work.head.rules.some((rule) => pausesType(rule, before.row.type, work.now))) continue;
    if (before.row.mayHaveRun === true && request.once?.(before.row) === true) {
      work.move(id, { kind: 'doubted' });
      doubted += 1;
      continue;
    }
    if (rates?.allows(before.row.type) === false) continue;
    const verdict = request.take(before.row);
    if (verdict === 'stop') return { claimed, stopped: true, doubted };
    if (verdict === 'leave') continue;
    token ??= work.nextToken();
    const once = request.once?.(before.row) === true;
    const after = work.move(id, { kind: 'claimed', token, engineId, alone, once });
    if (after?.claim === undefined) continue;
    rates?.note(after.row.type);
    claimed.push({ row: after.row, claim: after.claim });
  }
  return { claimed, stopped: false, doubted };
}

/** A task whose deadline has passed, or the time by which its run was to start, is not claimed any more. */
function isTooLate(work: Work, before: TaskState): boolean {
  if (before.row.expiresAt === undefined && before.row.schedule === undefined) return false;
  const { id } = before.row;
  return (work.move(id, { kind: 'expired' }) ?? work.move(id, { kind: 'lapsed' })) !== undefined;
}
