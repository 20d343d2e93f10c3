// The checker: compares what was acknowledged, and what was seen before, with what is there now. It knows nothing of the
// engine but its promises.

import { hadNoEffect, type Ledger, type OpState, type TaskState } from './ledger.ts';
import type { Snapshot, TaskCells } from './protocol.ts';

export interface Violation {
  /** `lost`: something acknowledged or seen is not there. `twice`: recorded twice, or run though it was recorded. */
  kind: 'lost' | 'twice' | 'other';
  what: string;
  name?: string;
  facts?: unknown;
}

/** Every breach of a promise in a snapshot. Nothing may be on its way while it is taken. */
export function check(ledger: Ledger, snapshot: Snapshot): Violation[] {
  const byName = new Map(snapshot.tasks.map((row) => [row.name, row]));
  const tasks = [...ledger.tasks.values()].filter(({ task }) => !ledger.isForgotten(task.name));
  const strangers = snapshot.tasks.filter(({ name }) => !ledger.tasks.has(name));
  return [
    ...strangers.map((row) => lost(`${row.name} is back from the dead, or nobody enqueued it`, row.name, row)),
    ...tasks.flatMap((state) => taskIn(state, byName.get(state.task.name))),
    ...tasks.flatMap((state) => orphanIn(state, byName, ledger)),
    ...tornBatches(tasks, byName),
    ...begunAgain(ledger),
  ];
}

function taskIn(state: TaskState, row: TaskCells | undefined): Violation[] {
  const { name } = state.task;
  const facts = { state, row };
  const removals = state.ops.filter(({ op }) => op.kind === 'remove');
  if (row === undefined) {
    if (state.gone || state.enqueued !== 'yes' || removals.some(isPossible)) return [];
    return [lost(state.acknowledged ? 'an accepted task is gone' : 'a task that was seen is gone', name, facts)];
  }
  if (state.gone) return [lost('a removed task is back', name, facts)];
  if (state.enqueued === 'refused') return [other('a refused task is there', name, facts)];
  if (removals.some(isSure)) return [lost('a task is there whose removal was acknowledged', name, facts)];
  return [...statusIn(state, row), ...seenIn(state, row)];
}

function statusIn(state: TaskState, row: TaskCells): Violation[] {
  const { name } = state.task;
  const facts = { state, row };
  const found: Violation[] = [];
  const atLeast = Math.max(0, ...state.ops.filter(isSure).map(({ answer }) => shownIn(answer)?.version ?? 0));
  if (row.version < atLeast) found.push(lost(`a change is undone: version ${row.version} < ${atLeast}`, name, facts));
  if (row.status !== 'cancelled' && state.ops.some((op) => isSure(op) && op.op.kind === 'cancel' && isLast(op, state)))
    found.push(lost('a cancellation is undone', name, facts));
  const ended = state.ops.find(({ op, answer }) => op.kind === 'result' && shownIn(answer)?.status === 'completed');
  const shown = shownIn(ended?.answer);
  if (shown !== undefined && !(row.status === 'completed' && isSame(row.result, shown.result)))
    found.push(twice('a result that was handed out is another now', name, facts));
  return found;
}

/** Compares with the last check: nothing goes back, and what has ended stays as it ended. */
function seenIn(state: TaskState, row: TaskCells): Violation[] {
  const { seen, task } = state;
  if (seen === undefined) return [];
  const facts = { state, row };
  if (row.version < seen.version)
    return [lost(`a task went back from version ${seen.version} to ${row.version}`, task.name, facts)];
  const isEqual = row.status === seen.status && row.run === seen.run && isSame(row.result, seen.result);
  if (isEqual) return [];
  if (row.version === seen.version) return [twice('one version of a task has two contents', task.name, facts)];
  if (seen.status === 'completed') return [twice('a completed task was changed', task.name, facts)];
  const wasRetried = state.ops.some((op) => op.op.kind === 'retry' && isPossible(op));
  if (seen.status !== 'pending' && !wasRetried)
    return [twice('an ended task goes on though nobody retried it', task.name, facts)];
  return [];
}

/** A part that was recorded belongs to a task that is there. */
function orphanIn(state: TaskState, byName: Map<string, TaskCells>, ledger: Ledger): Violation[] {
  const row = byName.get(state.task.name);
  if (row?.status !== 'completed') return [];
  const parts = Object.entries(partsOf(row.result));
  return parts.flatMap(([part, nonce]) => {
    const before = ledger.recorded.get(`${row.id}/${part}`);
    const facts = { state, row, part, before };
    if (before !== undefined && before.nonce !== nonce)
      return [twice(`the result of ${part} is not the one that was recorded`, row.name, facts)];
    return ledger.knowsStart(row.id, part, nonce) ? [] : [other(`nobody began ${part} so`, row.name, facts)];
  });
}

/** Many that were enqueued in one call are all there, or none. */
function tornBatches(tasks: readonly TaskState[], byName: Map<string, TaskCells>): Violation[] {
  const batches = new Map<OpState, TaskState[]>();
  for (const state of tasks) {
    if (state.arrival.op.kind !== 'enqueue-many' || state.gone) continue;
    batches.set(state.arrival, [...(batches.get(state.arrival) ?? []), state]);
  }
  return [...batches].flatMap(([{ op }, members]) => {
    if (members.some(({ ops }) => ops.some(({ op: each }) => each.kind === 'remove'))) return [];
    const there = members.filter(({ task }) => byName.has(task.name)).length;
    if (there === 0 || there === members.length) return [];
    return [lost(`of ${members.length} tasks of one call ${there} are there`, members[0]?.task.name, { op })];
  });
}

function begunAgain(ledger: Ledger): Violation[] {
  const { denied, startedAfterRecorded, onceTwice, recordedTwice } = ledger;
  const found = [
    ...denied.splice(0).map((state) => lost('the engine did not know an accepted task', nameIn(state.op), state)),
    ...startedAfterRecorded.splice(0).map((again) => twice('a recorded part began again', again.start.task, again)),
    ...onceTwice.splice(0).map((again) => twice('a task of effects "once" ran twice', again.start.task, again)),
    ...recordedTwice.splice(0).map((each) => twice('two results of a part were recorded', each.task, each)),
  ];
  return found.filter(({ name = '' }) => !ledger.isForgotten(ledger.byId(name)?.task.name ?? name));
}

function nameIn(op: OpState['op']): string | undefined {
  if ('id' in op) return op.id;
  return 'tasks' in op ? op.tasks[0]?.name : undefined;
}

function shownIn(answer: OpState['answer']) {
  return answer?.ok === true ? answer.shown : undefined;
}

/** Nothing may have come after it that makes the task go on. */
function isLast(op: OpState, { ops }: TaskState): boolean {
  return !ops.some((each) => each.op.kind === 'retry' && isPossible(each) && each.ended > op.begun);
}

function isSure({ answer }: OpState): boolean {
  return answer?.ok === true;
}

export function isPossible({ answer }: OpState): boolean {
  return !hadNoEffect(answer);
}

export function partsOf(result: unknown): Record<string, string> {
  const parts = typeof result === 'object' && result !== null && 'parts' in result ? result.parts : undefined;
  return typeof parts === 'object' && parts !== null ? (parts as Record<string, string>) : {};
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function lost(what: string, name?: string, facts?: unknown): Violation {
  return { kind: 'lost', what, ...(name !== undefined && { name }), facts };
}

export function twice(what: string, name?: string, facts?: unknown): Violation {
  return { kind: 'twice', what, ...(name !== undefined && { name }), facts };
}

export function other(what: string, name?: string, facts?: unknown): Violation {
  return { kind: 'other', what, ...(name !== undefined && { name }), facts };
}
