// How tasks come in: many at once, all or none, and an id that is there already answers with the task that is there.
// What they depend on is looked up here, and so is who has their unique key.

import { ErrandError, linked, type TaskId, type TaskRow, type TaskState, uniqueLink } from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { prefix } from './request.ts';
import { FILES_OF, type FileRow, LINKS, type ValueRow } from './schema.ts';
import { forgetTrashed, loadTrashed } from './trash.ts';
import { unblock } from './unblock.ts';
import { amongEquals } from './unique.ts';
import type { Work } from './work.ts';

/** A checked task on its way in, with what of it lies apart. */
export interface Arrival {
  row: TaskRow;
  /** The caller's own id, which may be there already. */
  ownId: boolean;
  payload?: ValueRow;
  files?: FileRow[];
}

export interface Inserted {
  row: TaskRow;
  /** False where a task that was there already is the answer. */
  created: boolean;
  /** The payload was taken, with its files: by the new task, or by the one that was there. */
  taken: boolean;
}

export function insert(arrivals: readonly Arrival[]): Operation<Inserted[]> {
  const ids = new Set<string>();
  const own: string[] = [];
  /** The links of the unique keys, and whether one that waits may take over what a newcomer was to do. */
  const keys = new Map<string, boolean>();
  for (const { row, ownId } of arrivals) {
    if (ownId) own.push(row.id);
    if (row.parentId !== undefined) ids.add(row.parentId);
    for (const id of row.dependsOn?.tasks ?? []) ids.add(id);
    if (row.unique === undefined) continue;
    const link = uniqueLink(row.unique.key);
    keys.set(link, keys.get(link) === true || row.unique.policy === 'debounce' || row.unique.policy === 'latest');
  }
  const reads = own.length + ids.size + keys.size > 0;
  return {
    durable: true,
    isNew: true,
    ...(reads && {
      load: async (load: Load) => {
        const byKey = [...keys].map(([link, renews]) => loadEquals(load, link, renews));
        const trashed = load.head.then((head) => (head.trashed === 0 ? undefined : loadTrashed(load, own)));
        await Promise.all([load.tasks([...own, ...ids]), trashed, ...byKey]);
      },
    }),
    apply: (work) => {
      /** Who answers to the ids of those that were not made. */
      const answers = new Map<string, TaskId>();
      const inserted = arrivals.map((arrival) => {
        const each = arrive(work, answeredIn(arrival, answers));
        if (each.row.id !== arrival.row.id) answers.set(arrival.row.id, each.row.id);
        return each;
      });
      // Those that come together may depend on each other, in whatever order they come.
      const made = inserted.map((each) => (each.created ? answeredLater(work, each, answers) : each));
      refuseCircles(work, made);
      return made.map((each) => (each.created ? { ...each, row: checkDependencies(work, each.row) } : each));
    },
  };
}

async function loadEquals(load: Load, link: string, renews: boolean): Promise<void> {
  const rows = await load.index('tasks', LINKS, IDBKeyRange.only(link));
  if (!renews) return;
  const given = rows.map(({ id }) => load.keys('files', FILES_OF, prefix([id, 'payload'])));
  await load.rows('files', (await Promise.all(given)).flat().map(String));
}

/** What it names of the same call may have another's answer. */
function answeredIn(arrival: Arrival, answers: ReadonlyMap<string, TaskId>): Arrival {
  const { parentId } = arrival.row;
  const answer = parentId === undefined ? undefined : answers.get(parentId);
  return answer === undefined ? arrival : { ...arrival, row: { ...arrival.row, parentId: answer } };
}

function answeredLater(work: Work, inserted: Inserted, answers: ReadonlyMap<string, TaskId>): Inserted {
  const row = work.task(inserted.row.id)?.row ?? inserted.row;
  const { dependsOn, blockedBy } = row;
  if (!dependsOn?.tasks.some((id) => answers.has(id))) return { ...inserted, row };
  const answered = (ids: readonly TaskId[]) => [...new Set(ids.map((id) => answers.get(id) ?? id))];
  const after: TaskRow = { ...row, dependsOn: { ...dependsOn, tasks: answered(dependsOn.tasks) } };
  if (blockedBy !== undefined) after.blockedBy = answered(blockedBy);
  work.putTask({ row: linked(after) }, { row });
  return { ...inserted, row: after };
}

/** Only those that come together can wait for each other in a circle: nobody can name what is not there yet. */
function refuseCircles(work: Work, inserted: readonly Inserted[]): void {
  const open = new Map<TaskId, Set<TaskId>>();
  for (const { row } of inserted) open.set(row.id, new Set(work.task(row.id)?.row.blockedBy));
  const followers = new Map<TaskId, TaskId[]>();
  for (const [id, awaited] of open) {
    for (const other of awaited) {
      if (open.has(other)) followers.set(other, [...(followers.get(other) ?? []), id]);
      else awaited.delete(other);
    }
  }
  const free = [...open.keys()].filter((id) => open.get(id)?.size === 0);
  // A list that grows while it is walked.
  for (const id of free) {
    for (const follower of followers.get(id) ?? []) {
      const awaited = open.get(follower);
      awaited?.delete(id);
      if (awaited?.size === 0) free.push(follower);
    }
  }
  if (free.length < open.size)
    throw new ErrandError('invalid-request', 'dependsOn: These tasks depend on each other in a circle.', {
      field: 'dependsOn',
    });
}

function arrive(work: Work, arrival: Arrival): Inserted {
  const { row, ownId, payload, files } = arrival;
  const present = ownId ? work.task(row.id) : undefined;
  if (present !== undefined) return { row: present.row, created: false, taken: false };
  if (row.parentId !== undefined) checkParent(work, row.parentId);
  if (ownId && work.knows('trash', row.id)) forgetTrashed(work, row.id);
  const placed = row.unique === undefined ? row : amongEquals(work, arrival, row.unique);
  if ('created' in placed) return placed;
  work.putTask({ row: placed }, undefined);
  if (payload !== undefined) work.put('values', payload);
  for (const file of files ?? []) work.put('files', file);
  return { row: placed, created: true, taken: true };
}

/** What it waits for may have ended already. It must be there. */
function checkDependencies(work: Work, row: TaskRow): TaskRow {
  const { id, dependsOn } = row;
  for (const other of dependsOn?.tasks ?? []) {
    if (work.task(other) === undefined) throw notThere('dependsOn', other);
    unblock(work, id, other);
  }
  return work.task(id)?.row ?? row;
}

function checkParent(work: Work, id: TaskId): void {
  const parent: TaskState | undefined = work.task(id);
  if (parent === undefined) throw notThere('parentId', id);
  if (parent.row.status === 'cancelled') {
    throw new ErrandError('invalid-request', `parentId names ${id}, which was cancelled.`, { field: 'parentId' });
  }
}

/** What is said of a field that names a task which is not there. */
export function notThere(field: 'dependsOn' | 'parentId', id: TaskId): ErrandError {
  return new ErrandError('invalid-request', `${field} names ${id}, which does not exist.`, { field });
}
