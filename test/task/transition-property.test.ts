// Whatever happens to a task, in whatever order, with whichever token and on however wild a clock: what must always hold.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClaimToken,
  DEATHS_TO_SUSPECT,
  type Effects,
  type EnqueueRequest,
  type InterruptCause,
  isFinal,
  linked,
  type Park,
  type RetryPolicy,
  statusOf,
  SUSPECTS,
  type TaskEvent,
  type TaskId,
  type TaskState,
  transition,
} from '../../src/task/index.ts';
import { NOON } from '../support/fake-clock.ts';
import { engine, frozen, newRow, tokenOf } from '../support/rows.ts';

type Kind = TaskEvent['kind'];

/** What happens next, before it is known which token is the right one. */
interface Happening {
  kind: Kind;
  token: 'right' | 'stale' | 'none';
  /** How the clock jumps before it. */
  jumpMs: number;
  alone: boolean;
  retryable: boolean;
  retryAfterMs: number | undefined;
  cause: InterruptCause;
}

/** What the task is like, for the whole of a history. */
interface Nature {
  effects: Effects;
  policy: RetryPolicy;
  startsLate: boolean;
  /** What holds it back beside its own time. */
  flow: Pick<EnqueueRequest, 'concurrencyKey' | 'deadline' | 'dependsOn' | 'unique' | 'constraints'>;
}

interface Step {
  before: TaskState;
  event: TaskEvent;
  after: TaskState | undefined; // undefined where the event came too late
  nature: Nature;
  /** Deaths since anything was recorded, counted by the test itself. */
  deaths: number;
}

const kinds: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('claimed') },
  { weight: 5, arbitrary: fc.constant('interrupted') },
  { weight: 2, arbitrary: fc.constantFrom('due', 'failed', 'snoozed', 'retried', 'decided') },
  { weight: 1, arbitrary: fc.constantFrom('succeeded', 'recorded', 'cancelled', 'hurried', 'occurred') },
  { weight: 4, arbitrary: fc.constantFrom('admitted', 'unblocked', 'lifted', 'parked', 'notified') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('paused', 'expired', 'lapsed', 'summoned', 'updated', 'restored', 'triggered'),
  },
);

const happening: fc.Arbitrary<Happening> = fc.record({
  kind: kinds,
  token: fc.oneof(
    { weight: 8, arbitrary: fc.constant('right') },
    { weight: 2, arbitrary: fc.constantFrom('stale', 'none') },
  ),
  jumpMs: fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 1e9 })),
  alone: fc.boolean(),
  retryable: fc.boolean(),
  retryAfterMs: fc.option(fc.nat(1e6), { nil: undefined }),
  cause: fc.constantFrom('death', 'death', 'gone', 'released'),
});

const natures: fc.Arbitrary<Nature> = fc.record({
  effects: fc.constantFrom('none', 'idempotent', 'once'),
  policy: fc.record({
    maxRetries: fc.nat(4),
    initialBackoffMs: fc.nat(5_000),
    backoffMultiplier: fc.integer({ min: 1, max: 5 }),
    maxBackoffMs: fc.nat(60_000),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  startsLate: fc.boolean(),
  flow: fc.constantFrom<Nature['flow']>(
    {},
    {},
    {},
    { concurrencyKey: 'key' },
    { deadline: NOON + 1e8 },
    { dependsOn: { tasks: ['other', 'another'], onFailure: 'continue' }, unique: { key: 'mine', policy: 'keep' } },
    { dependsOn: ['other'], concurrencyKey: 'key', constraints: { charging: true } },
  ),
});

const SETTLING: readonly Kind[] = ['succeeded', 'failed', 'snoozed', 'parked', 'interrupted'];
const NEEDS_TOKEN: readonly Kind[] = [...SETTLING, 'recorded', 'occurred'];
/** What proves nothing of the task: its deaths before it still count. */
const PROVES_NOTHING: readonly Kind[] = [
  ...(['claimed', 'due', 'hurried', 'occurred', 'triggered', 'admitted', 'unblocked'] as const),
  ...(['paused', 'lifted', 'summoned', 'updated', 'notified', 'restored'] as const),
];

/** Lives a whole history; every argument is frozen, so that a change of one would throw. */
function live(nature: Nature, happenings: readonly Happening[]): Step[] {
  let now = NOON;
  let lastToken = 1;
  let deaths = 0;
  const request = { ...nature.flow, ...(nature.startsLate && { schedule: { at: NOON + 1_000 } }) };
  let state: TaskState = frozen({ row: newRow(request) });
  return happenings.map((each) => {
    now += each.jumpMs;
    const before = state;
    const token = each.kind === 'claimed' ? tokenOf(++lastToken) : tokenFor(each, before, lastToken);
    const event = frozen(eventOf(each, token, nature));
    const after = transition(before, event, now);
    if (after !== undefined) {
      state = frozen(after);
      if (event.kind === 'interrupted') deaths += pointsToTheTask(event.cause, before) ? 1 : 0;
      else if (!PROVES_NOTHING.includes(event.kind) && after.row.status !== 'pending') deaths = 0;
      else if (['failed', 'snoozed', 'parked', 'recorded', 'retried'].includes(event.kind)) deaths = 0;
    }
    return { before, event, after, nature, deaths };
  });
}

/** A browser that ends points to nobody; where the task ran alone, that is counted apart. */
function pointsToTheTask(cause: InterruptCause, { claim }: TaskState): boolean {
  return cause === 'death' || (cause === 'gone' && claim?.alone !== true);
}

function tokenFor({ token }: Happening, { claim }: TaskState, lastToken: number): ClaimToken {
  if (token === 'none') return tokenOf(lastToken + 1_000);
  return token === 'right' && claim !== undefined ? claim.token : tokenOf(Math.max(0, (claim?.token ?? lastToken) - 1));
}

function eventOf(each: Happening, token: ClaimToken, { effects, policy }: Nature): TaskEvent {
  const { kind, alone, cause, retryable, retryAfterMs } = each;
  switch (kind) {
    case 'claimed':
      return { kind, token, engineId: engine('one'), alone, once: effects === 'once' };
    case 'succeeded':
      return { kind, token, result: { n: 1 }, resultApart: alone };
    case 'failed': {
      const error = { code: 'oops', message: 'no', retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
      return { kind, token, error, policy, random: 0.5 };
    }
    case 'snoozed':
      return { kind, token, delayMs: 10 };
    case 'interrupted':
      return { kind, token, cause };
    case 'recorded':
      return { kind, token };
    case 'cancelled':
      return { kind, reason: 'enough' };
    case 'due':
    case 'hurried':
    case 'doubted':
      return { kind };
    case 'occurred':
      return { kind, token };
    case 'decided':
      if (alone) return { kind, decision: 'run-again' };
      return retryable ? { kind, decision: 'completed' } : { kind, decision: 'failed', reason: 'no' };
    case 'retried':
      return { kind, triggeredBy: 'kim', trigger: 'retry' };
    case 'parked':
      return { kind, token, park: parkOf(alone, retryable) };
    case 'unblocked':
      return { kind, by: (alone ? 'other' : 'another') as TaskId, failed: !retryable };
    case 'paused':
      return { kind, pause: { ruleId: alone ? 'a' : 'b', expiresAt: retryable ? Infinity : NOON + 1e6 } };
    case 'lifted':
      return { kind, ruleIds: alone ? ['a'] : ['a', 'b'] };
    case 'updated':
      return { kind, change: { name: 'another' }, edit: { at: NOON, by: 'kim', fields: ['name'] } };
    case 'restored':
      return { kind, blockedBy: [] };
    case 'admitted':
    case 'expired':
    case 'lapsed':
    case 'notified':
    case 'summoned':
    case 'triggered':
      return { kind };
  }
}

function parkOf(alone: boolean, retryable: boolean): Park {
  const until = alone ? Infinity : NOON + 5_000;
  if (retryable && alone) return { kind: 'sign-in', credential: 'mail', until };
  if (retryable) return { kind: 'event', step: 'wait', event: 'paid', until };
  if (alone) return { kind: 'pause', step: 'send', ruleId: 'a', until };
  return { kind: 'sleep', step: 'cool down', until };
}

/** Checks something at every step of many random histories. */
function always(check: (step: Step) => void): void {
  const histories = fc.tuple(natures, fc.array(happening, { minLength: 1, maxLength: 60, size: 'max' }));
  fc.assert(
    fc.property(histories, ([nature, happenings]) => {
      for (const step of live(nature, happenings)) check(step);
    }),
    { numRuns: 500 },
  );
}

const ENDLESS = ['decision', 'dependency', 'limit', 'pause', 'event', 'sign-in'];

describe('in any history', () => {
  test('the random histories reach every status, every wait and the verdict', () => {
    const reached = new Set<string | undefined>();
    always(({ after }) => {
      if (after === undefined) return;
      reached.add(statusOf(after)).add(after.row.waiting).add(after.row.error?.code).add(after.row.lane);
    });
    expect([...reached]).toEqual(
      expect.arrayContaining(['pending', 'running', 'completed', 'failed', 'cancelled', 'retry', 'time', 'decision']),
    );
    expect([...reached]).toEqual(expect.arrayContaining(['worker-crashed', `${SUSPECTS}test.noop`]));
  });

  test('a final status is changed by "retried" alone, or "restored" after a cancel; "completed" by nothing', () => {
    always(({ before, event, after }) => {
      if (!isFinal(before.row.status) || after === undefined) return;
      if (event.kind === 'lifted') expect(after.row.status).toBe(before.row.status);
      else expect(['retried', 'restored']).toContain(event.kind);
      if (event.kind === 'lifted') return;
      if (event.kind === 'restored') expect(before.row).toMatchObject({ status: 'cancelled' });
      expect(before.row.status).not.toBe('completed');
    });
  });

  test('an event with an old token, or none, changes nothing', () => {
    always(({ before, event, after }) => {
      if (!NEEDS_TOKEN.includes(event.kind) || !('token' in event)) return;
      // A task that runs once has no next time for its holder to note.
      if (before.claim?.token === event.token) expect(after !== undefined || event.kind === 'occurred').toBe(true);
      else expect(after).toBeUndefined();
    });
  });

  test('a task has a lane exactly while it is ready: pending, with no time and no decision to wait for', () => {
    always(({ after }) => {
      if (after === undefined) return;
      const { status, lane, dueAt, waiting } = after.row;
      expect(lane !== undefined).toBe(status === 'pending' && dueAt === undefined && waiting === undefined);
      expect(dueAt !== undefined).toBe(waiting !== undefined);
      if (dueAt === Infinity) expect(ENDLESS).toContain(waiting);
      if (waiting === 'decision') expect(dueAt).toBe(Infinity);
    });
  });

  test('a task runs only under a claim, and a claim is only on a ready row', () => {
    always(({ event, after }) => {
      if (after === undefined) return;
      expect(statusOf(after) === 'running').toBe(after.claim !== undefined);
      if (after.claim === undefined) return;
      expect(after.row.status).toBe('pending');
      expect(after.row.lane).toBeDefined();
      expect(['claimed', 'recorded', 'paused', 'lifted']).toContain(event.kind);
    });
  });

  test('C2 the version grows by one with each change that can be seen', () => {
    always(({ before, event, after }) => {
      if (after === undefined) return;
      // To have the key, or one dependency less, is still to wait.
      const isStillBlocked = event.kind === 'unblocked' && after.row.blockedBy !== undefined;
      const isUnheld = event.kind === 'lifted' && isFinal(after.row.status);
      const isUnseen = event.kind === 'recorded' || event.kind === 'admitted' || isStillBlocked || isUnheld;
      const isSeen = after.row !== before.row && !isUnseen;
      expect(after.row.version).toBe(before.row.version + (isSeen ? 1 : 0));
    });
  });

  test('B13 an interruption costs no attempt', () => {
    always(({ before, event, after }) => {
      if (event.kind === 'interrupted' && after !== undefined) expect(after.row.failures).toBe(before.row.failures);
    });
  });

  test('B13 a task that must not run twice waits for a decision when interrupted, until a person decides', () => {
    always(({ before, event, after, nature }) => {
      if (nature.effects !== 'once') return;
      if (event.kind === 'interrupted' && after !== undefined) expect(after.row.waiting).toBe('decision');
      if (before.row.waiting === 'decision' && after?.row.waiting !== 'decision' && after !== undefined)
        expect(['cancelled', 'decided', 'expired']).toContain(event.kind);
    });
  });

  test('B13 after two deaths with nothing recorded a task stands among the suspects, and only then', () => {
    always(({ event, after, deaths }) => {
      // While it runs, its lane is that from which it was claimed.
      if (after?.row.lane === undefined || (after.claim !== undefined && event.kind !== 'claimed')) return;
      expect(after.row.lane.startsWith(SUSPECTS)).toBe(deaths >= DEATHS_TO_SUSPECT);
      expect(after.row.deaths ?? 0).toBe(deaths);
    });
  });

  test('B13 the third death, alone, is the verdict; no other death is one', () => {
    always(({ before, event, after, deaths, nature }) => {
      if (event.kind !== 'interrupted' || after === undefined || nature.effects === 'once') return;
      if (event.cause === 'gone' && (before.row.vanished ?? 0) >= 9) return;
      const guilty = event.cause === 'death' && before.claim?.alone === true && deaths > DEATHS_TO_SUSPECT;
      expect(after.row.status).toBe(guilty ? 'failed' : 'pending');
      if (guilty) expect(after.row.error?.code).toBe('worker-crashed');
    });
  });

  test('B13 anything recorded wipes out the deaths before it', () => {
    always(({ event, after }) => {
      if (after === undefined || !['recorded', 'failed', 'snoozed', 'parked', 'retried'].includes(event.kind)) return;
      expect(after.row).not.toHaveProperty('deaths');
    });
  });

  test('B7 a run has at most as many retries as its policy allows, and uses them all before it fails', () => {
    always(({ event, after, nature: { policy } }) => {
      if (after === undefined) return;
      if (after.row.status === 'pending') expect(after.row.failures).toBeLessThanOrEqual(policy.maxRetries);
      if (event.kind !== 'failed') return;
      const isLast = !event.error.retryable || after.row.failures > policy.maxRetries;
      expect(after.row.status).toBe(isLast ? 'failed' : 'pending');
    });
  });

  test('B9 what has ended says when and how; what has not, says neither', () => {
    always(({ after }) => {
      if (after === undefined) return;
      const { row } = after;
      expect(row.finishedAt !== undefined).toBe(isFinal(row.status));
      if (row.status === 'failed' || row.status === 'cancelled') expect(row.error).toBeDefined();
      if (row.status !== 'completed') expect(row.result ?? row.resultApart).toBeUndefined();
    });
  });

  test('what was set at insert is never changed', () => {
    always(({ before, after }) => {
      if (after === undefined) return;
      for (const key of ['id', 'type', 'creator', 'workspace', 'createdAt', 'rank', 'payload'] as const) {
        expect(after.row[key]).toBe(before.row[key]);
      }
    });
  });

  test('C2 a retry by hand begins the next run with its attempts unused and its steps kept', () => {
    always(({ before, event, after }) => {
      if (after === undefined) return;
      const index = before.row.run.index + (event.kind === 'retried' ? 1 : 0);
      expect(after.row.run).toMatchObject({ index, stepSet: before.row.run.stepSet });
      if (event.kind === 'retried') expect(after.row.failures).toBe(0);
    });
  });

  test('B10 a task that has a concurrency key runs only while it holds it, and holds it only while it is ready', () => {
    always(({ after }) => {
      if (after === undefined) return;
      const { concurrencyKey, holds, wants, lane, waiting } = after.row;
      if (lane !== undefined) expect(holds).toBe(concurrencyKey);
      else expect(holds).toBeUndefined();
      expect(wants !== undefined).toBe(waiting === 'limit');
    });
  });

  test('B12 a task is ready only when all that it depends on has ended', () => {
    const ended = new Set<string>();
    always(({ before, event, after, nature }) => {
      if (before.row.version === 1 && before.row.blockedBy?.length === before.row.dependsOn?.tasks.length)
        ended.clear();
      if (after === undefined) return;
      if (event.kind === 'unblocked') ended.add(event.by);
      expect(after.row.blockedBy !== undefined).toBe(after.row.waiting === 'dependency');
      if (after.row.waiting === 'dependency' || nature.flow.dependsOn === undefined || after.row.run.index > 0) return;
      if (event.kind === 'unblocked' && after.row.status === 'pending')
        expect(ended.size).toBe(after.row.dependsOn?.tasks.length);
    });
  });

  test('what a task can be found by is what is true of it', () => {
    always(({ after }) => {
      if (after !== undefined) expect(after.row.links).toEqual(linked(after.row).links);
    });
  });

  test('D6 nothing that a rule names is ready while the rule holds', () => {
    always(({ before, event, after }) => {
      if (after === undefined || after.claim !== undefined || event.kind !== 'paused' || before.claim !== undefined)
        return;
      if (event.pause.expiresAt === Infinity) expect(after.row.lane).toBeUndefined();
    });
  });
});
