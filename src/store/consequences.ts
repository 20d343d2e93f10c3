// What follows of what an operation did, in the same transaction, whichever operation it was: whoever waited for a task
// that has ended goes on, its children are cancelled with it, its concurrency key goes to the next in line, and the task
// that was to follow it is made.

import {
  afterLink,
  checkRequest,
  draft,
  type FollowUp,
  holdsLink,
  isFinal,
  placed,
  type TaskId,
  type TaskRow,
  uniqueLink,
} from '../task/index.ts';
import type { Load } from './load.ts';
import { aheadOf, equals, lastOf } from './equals.ts';
import { comparePlaces, placeOf } from './place.ts';
import { prefix } from './request.ts';
import { CHILDREN, LINKS, WANTS } from './schema.ts';
import type { Moved, Work } from './work.ts';

/** So many that wait for a key are read at a time. */
const KEY_BATCH = 20;

/** Draws the consequences of all that has moved, and theirs. Returns `undefined` if nothing had to be read for that. */
export function follow(work: Work, load: Load, newId: () => TaskId): Promise<void> | undefined {
  const moved = work.takeMoved();
  if (moved.length === 0) return undefined;
  for (const each of moved) followUps(work, each, newId);
  const reads = [
    ...readsForEnded(work, load, moved.filter(hasEnded)),
    ...keysOf(moved).map((key) => passOn(work, load, key)),
  ];
  if (reads.length === 0) return undefined;
  return Promise.all(reads).then((steps) => {
    for (const step of steps) step();
    return follow(work, load, newId);
  });
}

/** What is to be done once it has been read what that needs. */
type Step = () => void;

/** It has gone, or is over, and was not before, or was between. */
function hasEnded({ before, after }: Moved): boolean {
  if (after === undefined || before === undefined) return after === undefined || isFinal(after.status);
  if (!isFinal(after.status)) return false;
  const isSameEnd = after.run.index === before.run.index && after.finishedAt === before.finishedAt;
  return !isFinal(before.status) || !isSameEnd;
}

/** It was cancelled, or deleted before it was over. */
function wasCutOff({ before, after }: Moved): boolean {
  if (after !== undefined) return after.status === 'cancelled';
  return before === undefined || !isFinal(before.status);
}

/** How many of a task's runs are over. */
function runsOver(row: TaskRow | undefined): number {
  return row === undefined ? 0 : row.run.index + (isFinal(row.status) ? 1 : 0);
}

function* readsForEnded(work: Work, load: Load, ended: readonly Moved[]): Generator<Promise<Step>> {
  for (const each of ended) {
    if (work.head.blocked > 0) yield release(work, load, each);
    if (work.head.children > 0 && wasCutOff(each)) yield cancelChildren(work, load, each.id);
  }
}

async function release(work: Work, load: Load, moved: Moved): Promise<Step> {
  const { id: by, after } = moved;
  const waiting = await load.index('tasks', LINKS, IDBKeyRange.only(afterLink(by)));
  const ids = new Set([...waiting.map((row) => row.id), ...work.linkedNow(afterLink(by))]);
  const keys = new Set<string>();
  for (const id of ids) {
    const key = keyBehind(moved, work.get('tasks', id));
    if (key !== undefined) keys.add(key);
  }
  await Promise.all([...keys].map((key) => load.index('tasks', LINKS, IDBKeyRange.only(uniqueLink(key)))));
  return () => {
    for (const id of ids) {
      const key = keyBehind(moved, work.get('tasks', id));
      const next = key === undefined ? undefined : lastOf(aheadOf(equals(work, key), id))?.id;
      work.move(id, { kind: 'unblocked', by, failed: after?.status !== 'completed', next });
    }
  };
}

/** The unique key of a task that stood behind one that was not free itself: others may be ahead of it still. */
function keyBehind({ before }: Moved, row: TaskRow | undefined): string | undefined {
  const key = row?.unique?.key;
  const wasFree = before !== undefined && before.blockedBy === undefined;
  return wasFree || (before !== undefined && before.unique?.key !== key) ? undefined : key;
}

async function cancelChildren(work: Work, load: Load, parentId: TaskId): Promise<Step> {
  const family = new Set([parentId]);
  // A set that grows while it is walked. The children of what has ended are reached through it; others go by themselves.
  for (const member of family) {
    const children = await load.index('tasks', CHILDREN, IDBKeyRange.only(member));
    for (const child of children) if (isFinal((now(work, child.id) ?? child).status)) family.add(child.id);
  }
  return () => {
    const children = [...work.known('tasks')].filter((row) => row.parentId !== undefined && family.has(row.parentId));
    for (const { id } of children) work.move(id, { kind: 'cancelled', reason: 'Its parent task was cancelled.' });
  };
}

/** The concurrency keys that somebody asks for, or has let go of. */
function keysOf(moved: readonly Moved[]): string[] {
  const keys = new Set<string>();
  for (const { before, after } of moved) {
    if (after?.wants !== undefined) keys.add(after.wants);
    if (before?.holds !== undefined && after?.holds !== before.holds) keys.add(before.holds);
  }
  return [...keys];
}

/** Gives a key that nobody has to the first in line. */
async function passOn(work: Work, load: Load, key: string): Promise<Step> {
  const holders = await load.index('tasks', LINKS, IDBKeyRange.only(holdsLink(key)));
  const waiting: TaskRow[] = [];
  for (let range = prefix([key]), first: TaskRow | undefined; ;) {
    const rows = await load.index('tasks', WANTS, range, KEY_BATCH);
    waiting.push(...rows);
    first = rows.find((row) => now(work, row.id)?.wants === key);
    const last = rows.at(-1);
    if (first !== undefined || last === undefined || rows.length < KEY_BATCH) break;
    range = IDBKeyRange.bound([key, ...placeOf(last)], [key, []], true);
  }
  return () => {
    const ids = [...holders.map((row) => row.id), ...work.linkedNow(holdsLink(key))];
    if (ids.some((id) => now(work, id)?.holds === key)) return;
    const here = [...work.known('tasks')].filter((row) => row.wants === key);
    const [first] = here.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
    if (first !== undefined) work.move(first.id, { kind: 'admitted' });
  };
}

function now(work: Work, id: TaskId): TaskRow | undefined {
  return work.knows('tasks', id) ? work.get('tasks', id) : undefined;
}

/** One for each run that is over. */
function followUps(work: Work, { before, after }: Moved, newId: () => TaskId): void {
  if (after?.onComplete === undefined) return;
  for (let left = runsOver(after) - runsOver(before); left > 0; left--) followUp(work, after, after.onComplete, newId);
}

function followUp(work: Work, after: TaskRow, onComplete: FollowUp, newId: () => TaskId): void {
  const { id, workspace, creator } = after;
  const request = checkRequest({
    ...onComplete,
    workspace,
    creator,
    name: `${onComplete.type} after ${after.name}`.slice(0, 1_000),
  });
  const row = draft(request, { now: work.now, newId, payloadApart: false });
  // It has ended already: nothing is left to wait for, and its run is what the handler is to be told of.
  const dependsOn = { tasks: [id], onFailure: 'continue' as const, met: true as const };
  work.putTask({ row: placed({ ...row, dependsOn }, work.now) }, undefined);
  if (after.status !== 'cancelled' || after.run.startedAt !== undefined) return;
  work.putTask({ row: { ...after, run: { ...after.run, followUp: row.id } } }, { row: after });
}
