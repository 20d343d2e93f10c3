// Why a task is not running: each thing it waits for, since when, and what will wake it.

import type { HeadRow } from '../store/index.ts';
import {
  type Claim,
  type Clock,
  parseLane,
  type SignalName,
  statusOf,
  type TaskId,
  type TaskRow,
  type TaskState,
  type WaitKind,
} from '../task/index.ts';
import type { Closed, Gate } from './gate.ts';
import type { Explained, Explanation } from './runner.ts';

/** What is looked at to explain a task. */
export interface Situation {
  clock: Clock;
  gate: Gate;
  head: HeadRow | undefined;
  claims: ReadonlyMap<TaskId, Claim>;
  /** The number of slots wanted. */
  slots: number;
  /** Somebody leads who can run tasks. */
  isLed: boolean;
  /** When a signal took the state that it has now, as far as is known here. */
  signalSince: (signal: SignalName) => number | undefined;
}

/** What a pending task waits for: the kinds alone, for lists. */
export function waitsFor(row: TaskRow, gate: Gate): WaitKind[] {
  if (row.waiting !== undefined) return [row.waiting];
  const kinds = new Set<WaitKind>();
  for (const closed of gate.reasons(parseLane(row.lane ?? row.type))) kinds.add(closed.kind);
  return kinds.size === 0 ? ['slot'] : [...kinds];
}

/** Everything that a task waits for. Nothing, where it runs or has ended. */
export function explain(state: TaskState, situation: Situation): Explanation {
  const status = statusOf(state);
  if (status !== 'pending') return { status, waitingFor: [] };
  const { row } = state;
  const found =
    row.waiting === undefined ? whileReady(row, situation) : whileWaiting(row, row.waitingSince ?? row.createdAt);
  return { status, waitingFor: found };
}

/** A ready task waits for its lane to open, then for a slot. */
function whileReady(row: TaskRow, situation: Situation): Explained[] {
  const since = row.updatedAt ?? row.createdAt;
  const closed = [...situation.gate.reasons(parseLane(row.lane ?? row.type))];
  if (closed.length > 0) return closed.map((each) => whileClosed(row, each, since, situation));
  const ahead = situation.claims.size;
  if (!situation.isLed)
    return [
      {
        kind: 'slot',
        since,
        wakes: 'a page of this app that can run tasks',
        message: 'No page that is open runs tasks now.',
      },
    ];
  const message = parseLane(row.lane ?? '').alone
    ? 'It may have ended its worker before: it runs alone, once nothing else does.'
    : `${ahead} of ${situation.slots} slots are taken, and it is not its turn yet.`;
  return [{ kind: 'slot', since, wakes: 'the next free slot', message }];
}

function whileClosed({ type }: TaskRow, closed: Closed, since: number, { signalSince }: Situation): Explained {
  switch (closed.kind) {
    case 'handler':
      return {
        kind: 'handler',
        since,
        wakes: `a page whose worker serves ${type}`,
        message: `Nothing here can run ${type}, in the version that this task was made for.`,
      };
    case 'page':
      return {
        kind: 'page',
        since,
        wakes: 'a page of this app is opened',
        message: `No page is open, and ${type} cannot run without one.`,
      };
    case 'pause': {
      const { createdAt, createdBy, expiresAt, ruleId, type: paused } = closed.rule;
      const what = paused === undefined ? 'Everything is' : `${paused} is`;
      return {
        kind: 'pause',
        since: Math.max(since, createdAt),
        ...(expiresAt !== undefined && { until: expiresAt }),
        wakes: 'the pause is lifted, or expires',
        message: `${what} paused by ${createdBy}.`,
        ruleId,
      };
    }
    case 'constraint': {
      const { signal, unknown } = closed.unmet;
      const message = unknown
        ? `Nobody here can tell whether the device is ${nameOf(signal)}, and the task waits for that.`
        : `The device is not ${nameOf(signal)}.`;
      return {
        kind: 'constraint',
        since: Math.max(since, signalSince(signal) ?? since),
        wakes: nameOf(signal),
        message,
      };
    }
    case 'limit':
      if (!('until' in closed))
        return {
          kind: 'limit',
          since,
          wakes: `a task of ${type} ends`,
          message: `${closed.limit} of ${type} run, and no more may at once.`,
        };
      return {
        kind: 'limit',
        since,
        until: closed.until,
        wakes: 'time',
        message: `No more than ${closed.limit} of ${type} may start within ${closed.perMs} ms.`,
      };
  }
}

const SIGNAL_NAMES: Partial<Record<SignalName, string>> = {
  online: 'online',
  unmetered: 'on an unmetered network',
  charging: 'charging',
  batteryNotLow: 'well charged',
  deviceIdle: 'idle',
  storageNotLow: 'well provided with storage',
  visible: 'in sight',
};

function nameOf(signal: SignalName): string {
  return SIGNAL_NAMES[signal] ?? `told that “${signal.slice('custom:'.length)}” holds`;
}

function whileWaiting(row: TaskRow, since: number): Explained[] {
  const until = row.wakeAt ?? row.dueAt ?? Infinity;
  const timed = { since, ...(Number.isFinite(until) && { until }) };
  switch (row.waiting) {
    case 'dependency':
      return (row.blockedBy ?? []).map((id) => ({
        kind: 'dependency',
        since,
        taskId: id,
        wakes: `task ${id} ends`,
        message: 'A task that it depends on has not ended.',
      }));
    case 'limit':
      return [
        {
          kind: 'limit',
          since,
          wakes: 'the task that has the key ends',
          message: `Another task runs that has its concurrency key “${row.wants ?? ''}”.`,
        },
      ];
    case 'decision':
      return [
        {
          kind: 'decision',
          since,
          wakes: 'a person decides',
          message: 'It was interrupted and must not run twice: say what becomes of it.',
        },
      ];
    case 'pause':
      return pausesOf(row, timed);
    case 'event':
      return [eventOf(row, timed)];
    case 'retry':
      return [
        {
          kind: 'retry',
          ...timed,
          wakes: 'time',
          message: `An attempt failed (${row.error?.message ?? 'no error was kept'}); it is tried again.`,
        },
      ];
    case 'sign-in':
      return [signInOf(row, since)];
    default:
      return [
        {
          kind: 'time',
          ...timed,
          wakes: 'time',
          message:
            row.parked?.kind === 'sleep' ? `It sleeps at its step “${row.parked.step}”.` : 'Its time has not come.',
        },
      ];
  }
}

/** The rules that name the task, or the one before whose step it stopped. */
function pausesOf({ parked, pauses = [] }: TaskRow, timed: { since: number; until?: number }): Explained[] {
  const said = { kind: 'pause', ...timed, wakes: 'the pause is lifted, or expires' } as const;
  if (parked?.kind === 'pause') {
    const message = `It stopped before its step “${parked.step}”, which is paused.`;
    return [{ ...said, message, ruleId: parked.ruleId }];
  }
  if (pauses.length === 0) return [{ ...said, message: 'It is paused.' }];
  return pauses.map(({ ruleId }) => ({ ...said, message: 'It is paused.', ruleId }));
}

function signInOf({ parked }: TaskRow, since: number): Explained {
  const where = parked?.kind === 'sign-in' ? ` at “${parked.credential}”` : '';
  return {
    kind: 'sign-in',
    since,
    wakes: `somebody signs in${where}`,
    message: `It was not let in: sign in${where}.`,
    ...(parked?.kind === 'sign-in' && { credential: parked.credential }),
  };
}

function eventOf({ parked, schedule }: TaskRow, timed: { since: number; until?: number }): Explained {
  if (parked?.kind === 'event')
    return {
      kind: 'event',
      ...timed,
      wakes: `event ${parked.event}`,
      message: `It waits for the event “${parked.event}” at its step “${parked.step}”.`,
      event: parked.event,
    };
  const on = schedule?.kind === 'on' ? schedule.on : 'event';
  const what = typeof on === 'string' ? on : `event ${on.event}`;
  const event = typeof on === 'object' ? { event: on.event } : {};
  return { kind: 'event', ...timed, wakes: what, message: `It runs each time this happens: ${what}.`, ...event };
}
