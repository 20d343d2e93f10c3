// How ready tasks are claimed: seeks to the heads of the open lanes, merged by priority and age.
// A claim does not touch its task's row, so claimed tasks still stand in their lane: the claimer remembers how far it
// has come in each lane, reads rows only beyond that, and of those before it looks at the ids alone.

import {
  type Claim,
  type ClaimToken,
  type EngineId,
  SUSPECTS,
  type TaskId,
  type TaskRow,
  transition,
} from '../task/index.ts';
import type { Load, Operation } from './commit.ts';
import { READY } from './schema.ts';
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
  /** Nothing else runs: the suspects' turn. */
  alone: boolean;
}

export interface ClaimResult {
  claimed: Claimed[];
  /** Nothing is ready beyond what was claimed. */
  exhausted: boolean;
  /** Another engine leads now: this one must not claim. */
  deposed: boolean;
}

/** How far claims have come in each lane: the ready key of the last task claimed there. */
export class Positions {
  readonly #last = new Map<string, IDBValidKey[]>();
  readonly #taken = new Map<string, number>();

  get(lane: string): IDBValidKey[] | undefined {
    return this.#last.get(lane);
  }

  /** At most so many tasks up to the position are claimed; one more means that somebody overtook. */
  taken(lane: string): number {
    return this.#taken.get(lane) ?? 0;
  }

  advance(row: TaskRow): void {
    const lane = row.lane ?? '';
    const key = [lane, row.rank, row.createdAt, row.id];
    const last = this.#last.get(lane);
    if (last === undefined || compare(key, last) > 0) this.#last.set(lane, key);
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
  let full = false;
  const seek = request.lanes.length > 0;
  return {
    ...(seek && {
      load: async (load: Load) => {
        const lanes = await Promise.all(request.lanes.map((lane) => readLane(load, lane, positions, request.most)));
        found.push(...lanes.flat());
        full = lanes.some((rows) => rows.length >= request.most);
      },
    }),
    apply: (work) => {
      if (work.head.leader !== request.engineId) return { claimed: [], exhausted: true, deposed: true };
      const { claimed, stopped } = takeFrom(work, candidates(work, request, found), request);
      return { claimed, exhausted: !stopped && !full, deposed: false };
    },
  };
}

async function readLane(load: Load, lane: string, positions: Positions, most: number): Promise<TaskRow[]> {
  const position = positions.get(lane);
  if (position === undefined) return load.index('tasks', READY, IDBKeyRange.bound([lane], [lane, []]), most);
  const [before, after] = await Promise.all([
    load.keys('tasks', READY, IDBKeyRange.bound([lane], position), positions.taken(lane) + most),
    load.index('tasks', READY, IDBKeyRange.bound(position, [lane, []], true), most),
  ]);
  if (before.length <= positions.taken(lane)) return after;
  const ahead = await load.index('tasks', READY, IDBKeyRange.bound([lane], position), before.length);
  return [...ahead, ...after];
}

/** What was read and what this very transaction made ready, in the order in which it is to be claimed. */
function candidates(work: Work, request: ClaimRequest, found: readonly TaskRow[]): TaskId[] {
  const rows = new Map<TaskId, TaskRow>();
  for (const row of found) rows.set(row.id, row);
  for (const id of work.newlyReady) {
    const row = work.get('tasks', id);
    if (row?.lane !== undefined && (request.alone ? row.lane === SUSPECTS : row.lane !== SUSPECTS)) rows.set(id, row);
  }
  return [...rows.values()].sort(byReadyKey).map((row) => row.id);
}

function takeFrom(work: Work, ids: readonly TaskId[], request: ClaimRequest): { claimed: Claimed[]; stopped: boolean } {
  const claimed: Claimed[] = [];
  const { engineId, alone } = request;
  let token: ClaimToken | undefined;
  for (const id of ids) {
    const before = work.task(id);
    if (before?.row.lane === undefined || before.claim !== undefined) continue;
    const verdict = request.take(before.row);
    if (verdict === 'stop') return { claimed, stopped: true };
    if (verdict === 'leave') continue;
    token ??= work.nextToken();
    const after = transition(before, { kind: 'claimed', token, engineId, alone }, work.now);
    if (after?.claim === undefined) continue;
    work.putTask(after, before);
    claimed.push({ row: after.row, claim: after.claim });
  }
  return { claimed, stopped: false };
}

function byReadyKey(a: TaskRow, b: TaskRow): number {
  return a.rank - b.rank || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

function compare(a: readonly IDBValidKey[], b: readonly IDBValidKey[]): number {
  return indexedDB.cmp([...a], [...b]);
}
