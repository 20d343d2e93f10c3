// How attempts end, and what else befalls a task. Whoever settles names the claim's own token; an old one writes nothing.

import {
  type Claim,
  type ClaimToken,
  type EngineId,
  ErrandError,
  type InterruptCause,
  type Progress,
  type SettlingEvent,
  type TaskId,
  type TaskRow,
  type TaskState,
  transition,
} from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { DUE, EXPIRES, type LogRow, type StepRow, type ValueRow } from './schema.ts';
import type { Work } from './work.ts';

export interface Settlement {
  /** The row as its claim's holder knows it: while the claim stands, nobody else may change it, so it need not be read. */
  row: TaskRow;
  event: SettlingEvent;
  /** When its handler began, where that is known: it may have been claimed a while before. */
  startedAt?: number;
  /** The result, where it lies apart. */
  result?: ValueRow;
  log?: LogRow;
  /** What its handler waits for. */
  steps?: readonly StepRow[];
  /** The last that its handler said of its progress, where that is not with the claim. */
  progress?: Progress;
}

/** Settles an attempt. Says what became of the task, or `undefined` if the claim was lost: then nothing was written. */
export function settle(settlement: Settlement): Operation<TaskState | undefined> {
  const { row, event, result, log, steps } = settlement;
  return {
    apply: (work) => {
      const claim = work.claims.get(row.id);
      if (claim?.token !== event.token) return undefined;
      work.know('tasks', row.id, row);
      const before: TaskState = { row, claim: informed(claim, settlement) };
      const after = unheld(work, transition(before, event, work.now));
      if (after === undefined) return undefined;
      work.putTask(after, before);
      if (result !== undefined) work.put('values', result);
      if (log !== undefined) work.put('logs', log);
      for (const step of steps ?? []) work.put('steps', step);
      return after;
    },
  };
}

/** The claim with what only its holder knew. A clock that was set back says nothing. */
function informed(claim: Claim, { startedAt = claim.claimedAt, progress }: Settlement): Claim {
  const known = { ...claim, claimedAt: Math.max(claim.claimedAt, startedAt) };
  return progress === undefined ? known : { ...known, progress };
}

/** The rule before which a handler stopped may have been lifted while it did: nobody would lift it again. */
function unheld(work: Work, after: TaskState | undefined): TaskState | undefined {
  const { parked } = after?.row ?? {};
  if (after === undefined || parked?.kind !== 'pause') return after;
  const { ruleId } = parked;
  if (work.head.rules.some((rule) => rule.ruleId === ruleId)) return after;
  return transition(after, { kind: 'lifted', ruleIds: [ruleId] }, work.now) ?? after;
}

/** The schedule of a running task has come to its next occurrence: its holder notes that. Says what became of the task. */
export function occur(row: TaskRow, token: ClaimToken): Operation<TaskState | undefined> {
  return {
    apply: (work) => {
      const claim = work.claims.get(row.id);
      if (claim?.token !== token) return undefined;
      work.know('tasks', row.id, row);
      const before: TaskState = { row, claim };
      const after = transition(before, { kind: 'occurred', token }, work.now);
      if (after !== undefined) work.putTask(after, before);
      return after;
    },
  };
}

/** Interrupts every claim of engines that are no more, and makes this engine the leader. Says how many there were. */
export function takeLead(
  engineId: EngineId,
  fateOf: (engine: EngineId) => InterruptCause | 'lives',
): Operation<number> {
  return {
    load: loadClaimed,
    apply: (work) => {
      work.head.leader = engineId;
      work.headChanged = true;
      let interrupted = 0;
      for (const claim of [...work.claims.values()]) {
        const fate = fateOf(claim.engineId);
        if (fate === 'lives') continue;
        interruptOne(work, claim.taskId, fate);
        interrupted += 1;
      }
      return interrupted;
    },
  };
}

/** Hands back every claim of an engine that ends in an orderly way; that counts as no death. Some may have begun. */
export function release(engineId: EngineId, begun: ReadonlySet<TaskId> = new Set()): Operation<number> {
  return {
    load: loadClaimed,
    apply: (work) => {
      if (work.head.leader === engineId) {
        work.head.leader = null;
        work.headChanged = true;
      }
      const mine = [...work.claims.values()].filter((claim) => claim.engineId === engineId);
      for (const claim of mine) {
        const { once: _once, ...harmless } = claim;
        if (!begun.has(claim.taskId)) work.setClaim(claim.taskId, harmless);
        interruptOne(work, claim.taskId, 'released');
      }
      return mine.length;
    },
  };
}

/** Hands back claims of a living engine that it knows nothing of: it never heard that they were made, so that none has begun. */
export function releaseUnknown(engineId: EngineId, isKnown: (claim: Claim) => boolean): Operation<number> {
  return {
    load: loadClaimed,
    apply: (work) => {
      const unknown = [...work.claims.values()].filter((claim) => claim.engineId === engineId && !isKnown(claim));
      for (const { once: _once, ...harmless } of unknown) {
        work.setClaim(harmless.taskId, harmless);
        interruptOne(work, harmless.taskId, 'released');
      }
      return unknown.length;
    },
  };
}

async function loadClaimed(load: Load): Promise<void> {
  await load.tasks([...(await load.claims).keys()]);
}

function interruptOne(work: Work, id: TaskId, cause: InterruptCause): void {
  const before = work.task(id);
  if (before?.claim === undefined) {
    work.setClaim(id, undefined);
    return;
  }
  const after = work.move(id, { kind: 'interrupted', token: before.claim.token, cause });
  // A claim on what has ended, as a damaged log may give: it must not be found dead again and again.
  if (after === undefined) work.setClaim(id, undefined);
}

/**
 * Cancels a task, and with it its unfinished children. It keeps its progress, or what is known of that beside its claim.
 * Rejects with `not-found` or `already-finished`.
 */
export function cancel(id: TaskId, reason: string, progress?: Progress): Operation<TaskState> {
  return {
    durable: true,
    load: (load) => load.tasks([id]),
    apply: (work) => {
      const found = work.found(id);
      const { claim } = found;
      const before =
        claim === undefined || progress === undefined ? found : { ...found, claim: { ...claim, progress } };
      const after = transition(before, { kind: 'cancelled', reason }, work.now);
      if (after === undefined) throw new ErrandError('already-finished');
      work.putTask(after, before);
      return after;
    },
  };
}

/** Makes ready what has come due, and fails what is past its deadline. Says when there is more to do: never is `Infinity`. */
export function makeDue(now: number, most: number): Operation<number> {
  const due: TaskId[] = [];
  const expired: TaskId[] = [];
  let next = Infinity;
  return {
    load: async (load) => {
      const { expiring } = await load.head;
      const [waiting, timed] = await Promise.all([
        load.index('tasks', DUE, IDBKeyRange.lowerBound(0), most),
        expiring === 0 ? [] : load.index('tasks', EXPIRES, IDBKeyRange.lowerBound(0), most),
      ]);
      const dueAt = split(due, waiting, (row) => row.dueAt, now, most);
      next = Math.min(
        dueAt,
        split(expired, timed, (row) => row.expiresAt, now, most),
      );
    },
    apply: (work) => {
      const at = Math.max(now, work.now);
      for (const id of expired) work.move(id, { kind: 'expired' }, at);
      for (const id of due) work.move(id, { kind: 'due' }, at);
      return Math.min(next, work.earliestDue);
    },
  };
}

/** Those whose time has come, into a list; says when that of the others does. */
function split(
  list: TaskId[],
  rows: readonly TaskRow[],
  timeOf: (row: TaskRow) => number | undefined,
  now: number,
  most: number,
): number {
  const isDue = (row: TaskRow) => (timeOf(row) ?? Infinity) <= now;
  list.splice(0, Infinity, ...rows.filter(isDue).map((row) => row.id));
  if (list.length === most) return now;
  return Math.min(...rows.filter((row) => !isDue(row)).map((row) => timeOf(row) ?? Infinity));
}
