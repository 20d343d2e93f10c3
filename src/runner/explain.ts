// Why a task is not running: each thing it waits for, since when, and what will wake it.

import type { HeadRow } from '../store/index.ts';
import {
  type Claim,
  type Clock,
  inSeconds,
  parseLane,
  type SignalName,
  statusOf,
  type TaskId,
  type TaskRow,
  type TaskState,
  type Trigger,
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
  if (!situation.isLed)
    return [{ kind: 'slot', since, wakes: 'a page that can run tasks is open', message: NO_ENGINE }];
  if (parseLane(row.lane ?? '').alone)
    return [{ kind: 'slot', since, wakes: 'no other task is running', message: RUNS_ALONE }];
  const busy = `${situation.claims.size} of ${situation.slots}`;
  return [{ kind: 'slot', since, wakes: 'a slot is free', message: `It is ready to run. Busy slots: ${busy}.` }];
}

const NO_ENGINE = 'No open page runs tasks at the moment.';
const RUNS_ALONE = 'It may have ended its worker before, so it runs alone.';

function whileClosed({ type }: TaskRow, closed: Closed, since: number, { signalSince }: Situation): Explained {
  switch (closed.kind) {
    case 'handler':
      return {
        kind: 'handler',
        since,
        wakes: `a page that can run ${type} is open`,
        message: `Nothing here can run ${type} in the version that this task needs.`,
      };
    case 'page':
      return {
        kind: 'page',
        since,
        wakes: 'a page of this app is open',
        message: `${type} needs an open page, and none is open.`,
      };
    case 'pause': {
      const { createdAt, createdBy, expiresAt, ruleId, type: paused } = closed.rule;
      return {
        kind: 'pause',
        since: Math.max(since, createdAt),
        ...(expiresAt !== undefined && { until: expiresAt }),
        wakes: endOfPause(expiresAt),
        message: `All ${paused === undefined ? '' : `${paused} `}tasks were paused by ${createdBy}.`,
        ruleId,
      };
    }
    case 'constraint': {
      const { signal, unknown } = closed.unmet;
      const { wanted, unmet } = wordsOf(signal);
      return {
        kind: 'constraint',
        since: Math.max(since, signalSince(signal) ?? since),
        wakes: wanted,
        message: unknown ? `It is not known whether ${wanted}, and the task is set to wait.` : unmet,
      };
    }
    case 'limit':
      if (!('until' in closed))
        return {
          kind: 'limit',
          since,
          wakes: `a running task of ${type} ends`,
          message: `At most ${closed.limit} of ${type} may run at once.`,
        };
      return {
        kind: 'limit',
        since,
        until: closed.until,
        wakes: 'its time comes',
        message: `At most ${closed.limit} of ${type} may start within ${inSeconds(closed.perMs)}.`,
      };
  }
}

/** As a clause, and as a sentence where it does not hold. */
const SIGNAL_WORDS: Partial<Record<SignalName, { wanted: string; unmet: string }>> = {
  online: { wanted: 'the device is online', unmet: 'The device is offline.' },
  unmetered: { wanted: 'the network is unmetered', unmet: 'The network is metered.' },
  charging: { wanted: 'the device is charging', unmet: 'The device is not charging.' },
  batteryNotLow: { wanted: 'the battery has enough charge', unmet: 'The battery is low.' },
  deviceIdle: { wanted: 'the device is idle', unmet: 'The device is in use.' },
  storageNotLow: { wanted: 'there is enough storage', unmet: 'Storage is almost full.' },
  visible: { wanted: 'this app is visible', unmet: 'This app is not visible.' },
};

function wordsOf(signal: SignalName): { wanted: string; unmet: string } {
  const custom = `“${signal.slice('custom:'.length)}”`;
  return SIGNAL_WORDS[signal] ?? { wanted: `${custom} holds`, unmet: `${custom} does not hold.` };
}

function endOfPause(expiresAt: number | undefined): string {
  return expiresAt === undefined ? 'the pause is lifted' : 'the pause is lifted or expires';
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
        message: 'It depends on a task that has not ended.',
      }));
    case 'limit':
      return [
        {
          kind: 'limit',
          since,
          wakes: 'the running task with this key ends',
          message: `Another task with the concurrency key “${row.wants ?? ''}” is running.`,
        },
      ];
    case 'decision':
      return [
        {
          kind: 'decision',
          since,
          wakes: 'someone decides what to do with it',
          message: 'It was interrupted and must not run twice.',
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
          wakes: 'its time comes',
          message: 'The last attempt failed. It will be tried again.',
        },
      ];
    case 'sign-in':
      return [signInOf(row, since)];
    default:
      return [
        {
          kind: 'time',
          ...timed,
          wakes: 'its time comes',
          message:
            row.parked?.kind === 'sleep'
              ? `It is sleeping in step “${row.parked.step}”.`
              : 'It is scheduled for later.',
        },
      ];
  }
}

/** The rules that name the task, or the one before whose step it stopped. */
function pausesOf({ parked, pauses = [] }: TaskRow, timed: { since: number; until?: number }): Explained[] {
  const { since } = timed;
  const said = { kind: 'pause', ...timed, wakes: endOfPause(timed.until) } as const;
  if (parked?.kind === 'pause') {
    const message = `It stopped before step “${parked.step}”, which is paused.`;
    return [{ ...said, message, ruleId: parked.ruleId }];
  }
  if (pauses.length === 0) return [{ ...said, message: 'It is paused.' }];
  return pauses.map(({ ruleId, expiresAt }) => {
    const until = Number.isFinite(expiresAt) ? { until: expiresAt } : {};
    return { kind: 'pause', since, ...until, wakes: endOfPause(until.until), message: 'It is paused.', ruleId };
  });
}

function signInOf({ parked }: TaskRow, since: number): Explained {
  const where = parked?.kind === 'sign-in' ? ` to “${parked.credential}”` : '';
  return {
    kind: 'sign-in',
    since,
    wakes: `someone signs in${where}`,
    message: `The server refused it. Sign in${where} to go on.`,
    ...(parked?.kind === 'sign-in' && { credential: parked.credential }),
  };
}

function eventOf({ parked, schedule }: TaskRow, timed: { since: number; until?: number }): Explained {
  if (parked?.kind === 'event')
    return {
      kind: 'event',
      ...timed,
      wakes: `the event “${parked.event}” is sent`,
      message: `Step “${parked.step}” is waiting for the event “${parked.event}”.`,
      event: parked.event,
    };
  const on = schedule?.kind === 'on' ? schedule.on : undefined;
  const event = typeof on === 'object' ? { event: on.event } : {};
  const happens = triggerOf(on);
  return { kind: 'event', ...timed, wakes: happens, message: `It runs each time ${happens}.`, ...event };
}

const TRIGGERS = {
  online: 'the device comes online',
  charging: 'the device starts charging',
  visible: 'this app becomes visible',
  share: 'a file is shared to this app',
} as const;

function triggerOf(on: Trigger | undefined): string {
  if (on === undefined) return 'its event is sent';
  return typeof on === 'object' ? `the event “${on.event}” is sent` : TRIGGERS[on];
}
