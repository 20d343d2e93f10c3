// Undoing: for ten seconds a deleted task can be had back, and a cancelled one that never ran. The world has gone on
// meanwhile: it stands in line again for what others have taken, and waits for what has not ended.

import { isFinal, linked, ready, type TaskId, type TaskRow, UNDO_MS, uniqueLink, isInForce } from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { aheadOf, equals, lastOf } from './equals.ts';
import { LINKS, type TrashRow } from './schema.ts';
import { unblock } from './unblock.ts';
import { behind } from './unique.ts';
import type { Work } from './work.ts';

/** Has deleted and cancelled tasks back. Those that ran stay cancelled; `own` has only those of that creator. Says which came back: others are too old, or were not there. */
export function undo(named: readonly TaskId[], own?: string): Operation<TaskId[]> {
  const ids = [...new Set(named)];
  return {
    durable: true,
    load: async (load) => {
      const [rows, trashed] = await Promise.all([load.tasks(ids), load.rows('trash', ids)]);
      await loadNeeds(load, [...rows, ...trashed.map(({ row }) => row)]);
    },
    apply: (work) => {
      const gone = new Set(ids.filter((id) => work.task(id) === undefined));
      const creatorOf = (id: TaskId) => (work.task(id)?.row ?? work.get('trash', id)?.row)?.creator;
      const seen = ids.filter((id) => own === undefined || creatorOf(id) === own);
      const back = seen.filter((id) => (gone.has(id) ? undelete(work, id) : uncancel(work, id)));
      // Those that come back together may wait for each other, in whatever order they were named.
      for (const id of back) takePlace(work, id);
      return back.filter((id) => gone.has(id) || work.task(id)?.row.status === 'pending');
    },
  };
}

/** What it waits for, and what holds it back. */
async function loadNeeds(load: Load, rows: readonly TaskRow[]): Promise<void> {
  const needs = rows.map(async ({ dependsOn, blockedBy = [], unique, pauses = [], parked, run }) => {
    const rules = pauses.map(({ ruleId }) => ruleId);
    if (parked?.kind === 'pause') rules.push(parked.ruleId);
    await Promise.all([
      load.tasks([...(dependsOn?.tasks ?? []), ...blockedBy, ...(run.followUp === undefined ? [] : [run.followUp])]),
      load.rows('pauses', rules),
      unique === undefined ? undefined : load.index('tasks', LINKS, IDBKeyRange.only(uniqueLink(unique.key))),
    ]);
  });
  await Promise.all(needs);
}

function undelete(work: Work, id: TaskId): boolean {
  const trashed: TrashRow | undefined = work.get('trash', id);
  if (trashed === undefined || trashed.deletedAt < work.now - UNDO_MS) return false;
  work.delete('trash', id);
  const { holds: _holds, ...kept } = trashed.row;
  // Its concurrency key has gone to another: it stands in line for it again.
  const row = { ...kept, version: kept.version + 1, updatedAt: work.now };
  work.bringBack(linked(row.lane === undefined ? row : ready(row, work.now)), trashed.row);
  unpause(work, id);
  return true;
}

/** Rules that were lifted while it was not there. */
function unpause(work: Work, id: TaskId): void {
  const before = work.task(id);
  if (before === undefined) return;
  const { pauses = [], parked } = before.row;
  const rules = pauses.map(({ ruleId }) => ruleId);
  if (parked?.kind === 'pause') rules.push(parked.ruleId);
  const ruleIds = rules.filter((ruleId) => {
    const rule = work.get('pauses', ruleId);
    return rule === undefined || !isInForce(rule, work.now);
  });
  if (ruleIds.length > 0) work.move(id, { kind: 'lifted', ruleIds });
}

function uncancel(work: Work, id: TaskId): boolean {
  const { dependsOn, run } = work.task(id)?.row ?? {};
  const blockedBy = dependsOn?.met === true ? [] : (dependsOn?.tasks ?? []);
  if (work.move(id, { kind: 'restored', blockedBy }) === undefined) return false;
  if (run?.followUp !== undefined) withdraw(work, run.followUp);
  return true;
}

/** What was to follow the cancelled run will follow its end instead. */
function withdraw(work: Work, id: TaskId): void {
  const state = work.task(id);
  if (state?.claim !== undefined || state?.row.status !== 'pending' || state.row.run.startedAt !== undefined) return;
  work.removeTask(state);
}

/** Others may have its unique key by now; what it waits for may have ended. */
function takePlace(work: Work, id: TaskId): void {
  const row = work.task(id)?.row;
  if (row === undefined || isFinal(row.status)) return;
  const { unique, run } = row;
  const ahead = unique === undefined ? undefined : lastOf(aheadOf(equals(work, unique.key), id));
  const isWaiting = ahead !== undefined && row.blockedBy?.includes(ahead.id) === true;
  const placed = isWaiting || run.startedAt !== undefined ? row : behind(row, ahead, work.now);
  if (placed !== row) work.putTask({ row: placed }, { row });
  for (const other of placed.blockedBy ?? []) unblock(work, id, other);
}
