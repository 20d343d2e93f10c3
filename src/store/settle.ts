// How attempts end, and what else befalls a task. Whoever settles names the claim's own token; an old one writes nothing.

import {
  type ClaimToken,
  type EngineId,
  ErrandError,
  type InterruptCause,
  isFinal,
  statusOf,
  type TaskEvent,
  type TaskId,
  type TaskRow,
  type TaskState,
  transition,
} from '../task/index.ts';
import type { Load, Operation } from './commit.ts';
import { prefix } from './request.ts';
import { CHILDREN, DUE, FILES_OF, type LogRow, type ValueRow } from './schema.ts';
import type { Work } from './work.ts';

type SettlingEvent = Extract<TaskEvent, { token: ClaimToken }> & {
  kind: 'succeeded' | 'failed' | 'snoozed' | 'interrupted';
};

export interface Settlement {
  /** The row as its claim's holder knows it: while the claim stands, nobody else may change it, so it need not be read. */
  row: TaskRow;
  event: SettlingEvent;
  /** The result, where it lies apart. */
  result?: ValueRow;
  log?: LogRow;
}

/** Settles an attempt. Says what became of the task, or `undefined` if the claim was lost: then nothing was written. */
export function settle({ row, event, result, log }: Settlement): Operation<TaskState | undefined> {
  return {
    apply: (work) => {
      const claim = work.claims.get(row.id);
      if (claim?.token !== event.token) return undefined;
      work.know('tasks', row.id, row);
      const before: TaskState = { row, claim };
      const after = transition(before, event, work.now);
      if (after === undefined) return undefined;
      work.putTask(after, before);
      if (result !== undefined) work.put('values', result);
      if (log !== undefined) work.put('logs', log);
      return after;
    },
  };
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

async function loadClaimed(load: Load): Promise<void> {
  await load.tasks([...(await load.claims).keys()]);
}

function interruptOne(work: Work, id: TaskId, cause: InterruptCause): void {
  const before = work.task(id);
  if (before?.claim === undefined) {
    work.setClaim(id, undefined);
    return;
  }
  const after = transition(before, { kind: 'interrupted', token: before.claim.token, cause }, work.now);
  if (after !== undefined) work.putTask(after, before);
  // A claim on what has ended, as a damaged log may give: it must not be found dead again and again.
  else work.setClaim(id, undefined);
}

/** Cancels a task and its unfinished children. Rejects with `not-found` or `already-finished`. */
export function cancel(id: TaskId, reason: string): Operation<TaskState> {
  const family: TaskId[] = [];
  return {
    durable: true,
    load: async (load) => {
      family.splice(0, Infinity, ...(await loadFamily(load, id)));
    },
    apply: (work) => {
      const before = found(work, id);
      if (isFinal(statusOf(before))) throw new ErrandError('already-finished');
      for (const member of withNewcomers(work, family)) cancelOne(work, member, reason);
      return found(work, id);
    },
  };
}

async function loadFamily(load: Load, id: TaskId): Promise<TaskId[]> {
  const family = new Set([id]);
  await load.tasks([id]);
  // A set that grows while it is walked: the walk goes on to what was added.
  for (const member of family) {
    const children = await load.index('tasks', CHILDREN, IDBKeyRange.only(member));
    for (const child of children) family.add(child.id);
  }
  return [...family];
}

/** With the children that came in this very transaction. */
function withNewcomers(work: Work, members: readonly TaskId[]): Set<TaskId> {
  const family = new Set(members);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const { id, parentId } of work.known('tasks'))
      if (parentId !== undefined && family.has(parentId)) family.add(id);
  }
  return family;
}

function cancelOne(work: Work, id: TaskId, reason: string): void {
  const before = work.task(id);
  if (before === undefined) return;
  const after = transition(before, { kind: 'cancelled', reason }, work.now);
  if (after !== undefined) work.putTask(after, before);
}

/** Deletes tasks with all that belongs to them, whatever their status. Says which files' bytes may go now. */
export function remove(
  named: readonly TaskId[],
  which: 'all' | 'finished' = 'all',
): Operation<{ removed: number; files: string[] }> {
  const ids = new Set(named);
  const stored = new Map<string, string[]>();
  return {
    durable: true,
    load: async (load) => {
      await load.tasks([...ids]);
      const filesOf = async (id: TaskId) => {
        stored.set(id, (await load.keys('files', FILES_OF, prefix([id]))).map(String));
      };
      await Promise.all([...ids].map(filesOf));
    },
    apply: (work) => {
      const there = [...ids].map((id) => work.task(id)).filter((state) => state !== undefined);
      const present = there.filter((state) => which === 'all' || isFinal(statusOf(state)));
      const gone = new Set<string>(present.map((state) => state.row.id));
      const newer = [...work.known('files')].filter((file) => gone.has(file.taskId)).map((file) => file.id);
      const files = [...new Set([...[...gone].flatMap((id) => stored.get(id) ?? []), ...newer])];
      for (const state of present) removeOne(work, state);
      for (const id of files) work.delete('files', id);
      return { removed: present.length, files };
    },
  };
}

function removeOne(work: Work, state: TaskState): void {
  work.removeTask(state);
  for (const table of ['runs', 'values', 'steps', 'chunks', 'logs'] as const) work.deletePrefix(table, [state.row.id]);
}

/** Makes ready what has come due. Says when the next task is due: never is `Infinity`. */
export function makeDue(now: number, most: number): Operation<number> {
  const due: TaskId[] = [];
  let next = Infinity;
  return {
    load: async (load) => {
      const rows = await load.index('tasks', DUE, IDBKeyRange.lowerBound(0), most);
      due.splice(0, Infinity, ...rows.filter((row) => (row.dueAt ?? Infinity) <= now).map((row) => row.id));
      next = due.length === most ? now : Math.min(...rows.map((row) => row.dueAt ?? now).filter((at) => at > now));
    },
    apply: (work) => {
      for (const id of due) {
        const before = work.task(id);
        const after = before === undefined ? undefined : transition(before, { kind: 'due' }, Math.max(now, work.now));
        if (after !== undefined) work.putTask(after, before);
      }
      return next;
    },
  };
}

function found(work: Work, id: TaskId): TaskState {
  const state = work.task(id);
  if (state === undefined) throw new ErrandError('not-found');
  return state;
}
