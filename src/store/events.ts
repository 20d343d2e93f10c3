// Events: sent to all that wait for one of that name, or to one task, which may ask for it later.

import {
  ErrandError,
  eventLink,
  signInLink,
  type TaskId,
  type TaskRow,
  type TaskState,
  type Trigger,
  triggerLink,
} from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { heldClaim, type Holder, recordStep } from './record.ts';
import { prefix } from './request.ts';
import { LINKS, type EventRow, type StepRow } from './schema.ts';
import { settle, type Settlement } from './settle.ts';
import type { Work } from './work.ts';

/** So many events are kept for one task that has not asked for them. */
const MOST_KEPT = 1_000;

/**
 * Sends an event to every task that waits for it now, those included that it triggers; or to one task alone, which gets it
 * when it asks if it neither waits now nor is triggered by it. Says how many it reached. Throws `not-found` or `already-finished` for that one.
 */
export function sendEvent(name: string, payload: unknown, to?: TaskId): Operation<number> {
  return to === undefined ? broadcast(name, payload) : address(name, payload, to);
}

function broadcast(name: string, payload: unknown): Operation<number> {
  let reached: TaskRow[] = [];
  return {
    durable: true,
    load: async (load) => {
      const links = [eventLink(name), triggerLink({ event: name })];
      const found = links.map((link) => load.index('tasks', LINKS, IDBKeyRange.only(link)));
      reached = (await Promise.all(found)).flat();
      await loadWaits(load, reached);
    },
    apply: (work) => {
      const link = triggerLink({ event: name });
      const newer = [...work.linkedNow(eventLink(name)), ...work.linkedNow(link)];
      const ids = new Set([...reached.map((row) => row.id), ...newer]);
      return [...ids].filter((id) => deliver(work, id, name, payload) || happen(work, id, link)).length;
    },
  };
}

function address(name: string, payload: unknown, to: TaskId): Operation<number> {
  let kept = 0;
  return {
    durable: true,
    load: async (load) => {
      const rows = await load.tasks([to]);
      await loadWaits(load, rows);
      kept = (await load.keys('events', null, prefix([to]))).length;
    },
    apply: (work) => {
      const state = work.task(to);
      if (state === undefined) throw new ErrandError('not-found');
      if (state.row.status !== 'pending') throw new ErrandError('already-finished');
      if (deliver(work, to, name, payload) || start(work, state, triggerLink({ event: name }))) return 1;
      const place = [...work.known('events')].filter((event) => event.taskId === to).length;
      if (kept + place >= MOST_KEPT)
        throw new ErrandError('invalid-request', `${MOST_KEPT} events are already kept for this task.`, {
          field: 'taskId',
        });
      work.put('events', { taskId: to, name, seq: work.head.commitSeq + 1, place, payload });
      return 1;
    },
  };
}

/** Sends an event for a running attempt and records that as a step, both or neither. The step's result is how many it reached. */
export function sendAsStep(
  holder: Holder,
  step: StepRow,
  { event, payload, to }: { event: string; payload: unknown; to?: TaskId },
): Operation<{ row: TaskRow; reached: number }> {
  const send = sendEvent(event, payload, to);
  return {
    durable: true,
    load: async (load) => send.load?.(load),
    apply: (work) => {
      heldClaim(work, holder);
      const reached = send.apply(work);
      const row = recordStep(holder, { ...step, status: 'completed', completedAt: work.now, result: reached }).apply(
        work,
      );
      return { row, reached };
    },
  };
}

/** What triggers schedules has happened: the device came online, say. Says how many tasks that concerns. */
export function trigger(what: Trigger): Operation<number> {
  const link = triggerLink(what);
  let concerned: TaskRow[] = [];
  return {
    load: async (load) => {
      concerned = await load.index('tasks', LINKS, IDBKeyRange.only(link));
    },
    apply: (work) => {
      const ids = new Set([...concerned.map((row) => row.id), ...work.linkedNow(link)]);
      return [...ids].filter((id) => happen(work, id, link)).length;
    },
  };
}

/** Somebody has signed in, there or (without a name) wherever that was asked for. Says how many tasks waited for it. */
export function signedIn(credential?: string): Operation<number> {
  const link = signInLink(credential);
  let waiting: TaskRow[] = [];
  return {
    durable: true,
    load: async (load) => {
      waiting = await load.index('tasks', LINKS, IDBKeyRange.only(link));
    },
    apply: (work) => {
      const ids = new Set([...waiting.map((row) => row.id), ...work.linkedNow(link)]);
      return [...ids].filter((id) => letIn(work, id, link)).length;
    },
  };
}

function letIn(work: Work, id: TaskId, link: string): boolean {
  return work.task(id)?.row.links?.includes(link) === true && work.move(id, { kind: 'notified' }) !== undefined;
}

/** Settles an attempt whose handler stopped to wait for an event: one that was sent before is there at once. */
export function waitForEvent(settlement: Settlement): Operation<TaskState | undefined> {
  const { row, event } = settlement;
  const park = event.kind === 'parked' ? event.park : undefined;
  let kept: EventRow | undefined;
  return {
    load: async (load) => {
      if (park?.kind !== 'event') return;
      [[kept]] = await Promise.all([
        load.index('events', null, prefix([row.id, park.event]), 1),
        load.rows('steps', [[row.id, row.run.stepSet, park.step]]),
      ]);
    },
    apply: (work) => {
      const state = settle(settlement).apply(work);
      if (state === undefined || park?.kind !== 'event') return state;
      const event = kept ?? keptNow(work, row.id, park.event);
      if (event === undefined || !deliver(work, row.id, event.name, event.payload)) return state;
      work.delete('events', [event.taskId, event.name, event.seq, event.place]);
      return work.task(row.id);
    },
  };
}

/** One that was sent in this very transaction, before its handler stopped to wait. */
function keptNow(work: Work, id: TaskId, name: string): EventRow | undefined {
  return [...work.known('events')].find((event) => event.taskId === id && event.name === name);
}

function loadWaits(load: Load, rows: readonly TaskRow[]): Promise<unknown> {
  const waits = rows.flatMap(({ id, run, parked }) =>
    parked?.kind === 'event' ? [[id, run.stepSet, parked.step]] : [],
  );
  return load.rows('steps', waits);
}

/** Hands the event to a handler that waits for it: its wait is recorded as over, and it is entered again. */
function deliver(work: Work, id: TaskId, name: string, payload: unknown): boolean {
  const before = work.task(id);
  if (before?.row.parked?.kind !== 'event' || before.row.parked.event !== name) return false;
  if (work.move(id, { kind: 'notified' }) === undefined) return false;
  const step: StepRow | undefined = work.get('steps', [id, before.row.run.stepSet, before.row.parked.step]);
  if (step !== undefined) work.put('steps', { ...step, status: 'completed', completedAt: work.now, result: payload });
  return true;
}

/** A run of the task that is triggered by it, at once or after the one that is on; false where that would be dropped. */
function start(work: Work, { row, claim }: TaskState, link: string): boolean {
  const isBusy = claim !== undefined || row.waiting !== 'event' || row.parked !== undefined;
  const isDropped = isBusy && (row.schedule?.overlap ?? 'skip') === 'skip';
  return !isDropped && happen(work, row.id, link);
}

function happen(work: Work, id: TaskId, link: string): boolean {
  return work.task(id)?.row.links?.includes(link) === true && work.move(id, { kind: 'triggered' }) !== undefined;
}
