// The same for many tasks: those that a filter names, some hundred in a transaction, so that nobody else waits for long.

import { cancel, discard, remove, retry, type Store, update } from '../store/index.ts';
import {
  checkQuery,
  checkTaskId,
  ErrandError,
  isFinal,
  type ListQuery,
  rankOf,
  statusOf,
  type TaskFilter,
  type TaskId,
  type TaskState,
  type TaskStatus,
} from '../task/index.ts';
import type { Office } from './office.ts';
import { checkPermission, seenBy } from './permissions.ts';
import type { BulkAction, BulkFilter, BulkResult, Permission, Principal } from './runner.ts';

const PER_TURN = 200;
/** Where what was found goes at once, so many are found at a time: who looks anew goes over all that has gone. */
const PER_LOOK = 5_000;

interface Deed {
  permission: Permission;
  /** Whether a task is one to which it can be done. */
  fits: (state: TaskState) => boolean;
  /** Does it, to some tasks at once. Says to which it was done. */
  apply: (store: Store, ids: readonly TaskId[]) => Promise<TaskId[]>;
  /** It can be undone. */
  undoable: boolean;
}

/** Does something to all tasks that a filter names and to which it can be done. `dryRun` only counts them. */
export async function bulk(
  office: Office,
  who: Principal,
  action: BulkAction,
  filter: BulkFilter & { dryRun?: boolean },
  callId: number | null,
): Promise<BulkResult> {
  const { dryRun = false, ids: chosen, except, ...named } = filter;
  const deed = deedOf(action, who, office.clock.now());
  checkPermission(who, deed.permission);
  const all = { ...named, ...ownOnly(who) };
  const found =
    chosen === undefined ? await matching(office.store, all, deed.fits) : await among(office.store, chosen, all, deed);
  const leftOut = new Set<string>(except);
  const ids = found.filter((id) => !leftOut.has(id));
  const result: BulkResult = { matched: ids.length, changed: 0, ids: [] };
  if (dryRun) return result;
  for (let at = 0; at < ids.length; at += PER_TURN) {
    const done = await deed.apply(office.store, ids.slice(at, at + PER_TURN));
    result.changed += done.length;
    if (deed.undoable) result.ids.push(...done);
    office.progress(callId, Math.min(at + PER_TURN, ids.length), ids.length);
  }
  return result;
}

/** Deletes finished tasks for good, whatever their number. Says how many. */
export async function clearFinished(
  office: Office,
  who: Principal,
  statuses: readonly ('completed' | 'failed' | 'cancelled')[],
): Promise<number> {
  const { store } = office;
  const own = seenBy(who);
  let cleared = 0;
  const clear = async (ids: readonly TaskId[]) => {
    for (let at = 0; at < ids.length; at += PER_TURN) {
      const { removed, files } = await store.do(discard(ids.slice(at, at + PER_TURN)));
      await store.files.delete(files);
      cleared += removed;
    }
  };
  for (const status of statuses) {
    if (own !== undefined) {
      await clear(await matching(store, { status, creator: own }, () => true));
      continue;
    }
    for (;;) {
      const ids = await store.finished(status, PER_LOOK);
      if (ids.length === 0) break;
      await clear(ids);
    }
  }
  return cleared;
}

/** Nobody but an admin reaches the tasks of others. */
function ownOnly(who: Principal): { creator?: string } {
  const own = seenBy(who);
  return own === undefined ? {} : { creator: own };
}

async function matching(store: Store, filter: TaskFilter, fits: (state: TaskState) => boolean): Promise<TaskId[]> {
  const ids: TaskId[] = [];
  for (let cursor: string | undefined; ;) {
    const query: ListQuery = { ...filter, limit: 1_000, ...(cursor !== undefined && { cursor }) };
    const { states, nextCursor } = await store.page(query);
    for (const state of states) if (fits(state)) ids.push(state.row.id);
    if (nextCursor === null) return ids;
    cursor = nextCursor;
  }
}

/** Those of the chosen that the filter has, in the order in which they were chosen. */
async function among(store: Store, chosen: readonly string[], filter: TaskFilter, { fits }: Deed): Promise<TaskId[]> {
  checkQuery(filter);
  const ids = [...new Set(chosen)].map((id) => checkTaskId(id));
  const found: TaskId[] = [];
  for (let at = 0; at < ids.length; at += PER_TURN) {
    const looked = await store.lookAgain(ids.slice(at, at + PER_TURN), filter);
    for (const { id, state, matches } of looked) if (matches && state !== undefined && fits(state)) found.push(id);
  }
  return found;
}

const isUnfinished = (state: TaskState) => !isFinal(statusOf(state));
const RETRYABLE: readonly TaskStatus[] = ['failed', 'cancelled'];

function deedOf(action: BulkAction, who: Principal, now: number): Deed {
  if (action === 'cancel') {
    const one = (id: TaskId) => cancel(id, `Cancelled by ${who.user}.`);
    return { permission: 'task:cancel', fits: isUnfinished, apply: each(one), undoable: true };
  }
  if (action === 'retry') {
    const fits = (state: TaskState) => RETRYABLE.includes(statusOf(state));
    return { permission: 'task:retry', fits, apply: each((id) => retry(id, who.user)), undoable: false };
  }
  if (action === 'delete') {
    const apply = (store: Store, ids: readonly TaskId[]) => store.do(remove(ids));
    return { permission: 'task:delete', fits: () => true, apply, undoable: true };
  }
  if (typeof action !== 'object' || (action as object | null) === null || !('priority' in action))
    throw new ErrandError('invalid-request', 'action must be cancel, retry, delete, or { priority }.', {
      field: 'action',
    });
  const rank = rankOf(action.priority);
  const edit = { at: now, by: who.user, fields: ['priority'] };
  const fits = (state: TaskState) => statusOf(state) === 'pending';
  return { permission: 'task:create', fits, apply: each((id) => update(id, { rank }, edit)), undoable: false };
}

/** One operation for each task, in one transaction. Those that it comes too late for are passed over. */
function each(operation: (id: TaskId) => Parameters<Store['do']>[0]): Deed['apply'] {
  return async (store, ids) => {
    const done = await Promise.allSettled(ids.map((id) => store.do(operation(id))));
    return ids.filter((_, i) => done[i]?.status === 'fulfilled');
  };
}
