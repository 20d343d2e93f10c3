// Whatever happens to a task, in whatever order, with whichever token and on however wild a clock: what must always hold.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClaimToken,
  DEATHS_TO_SUSPECT,
  type Effects,
  type InterruptCause,
  isFinal,
  type RetryPolicy,
  statusOf,
  SUSPECTS,
  type TaskEvent,
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
}

interface Step {
  before: TaskState;
  event: TaskEvent;
  /** Undefined where the event came too late. */
  after: TaskState | undefined;
  nature: Nature;
  /** Deaths since anything was recorded, counted by the test itself. */
  deaths: number;
}

const kinds: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('claimed') },
  { weight: 5, arbitrary: fc.constant('interrupted') },
  { weight: 2, arbitrary: fc.constantFrom('due', 'failed', 'snoozed', 'retried', 'decided') },
  { weight: 1, arbitrary: fc.constantFrom('succeeded', 'recorded', 'cancelled', 'hurried', 'occurred') },
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
});

const SETTLING: readonly Kind[] = ['succeeded', 'failed', 'snoozed', 'interrupted'];
const NEEDS_TOKEN: readonly Kind[] = [...SETTLING, 'recorded', 'occurred'];
/** What proves nothing of the task: its deaths before it still count. */
const PROVES_NOTHING: readonly Kind[] = ['claimed', 'due', 'hurried', 'occurred'];

/** Lives a whole history; every argument is frozen, so that a change of one would throw. */
function live(nature: Nature, happenings: readonly Happening[]): Step[] {
  let now = NOON;
  let lastToken = 1;
  let deaths = 0;
  let state: TaskState = frozen({ row: newRow(nature.startsLate ? { schedule: { at: NOON + 1_000 } } : {}) });
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
      else if (['failed', 'snoozed', 'recorded', 'retried'].includes(event.kind)) deaths = 0;
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
      return { kind };
    case 'occurred':
      return { kind, token };
    case 'decided':
      if (alone) return { kind, decision: 'run-again' };
      return retryable ? { kind, decision: 'completed' } : { kind, decision: 'failed', reason: 'no' };
    case 'retried':
      return { kind, triggeredBy: 'kim', trigger: 'retry' };
  }
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

  test('a final status is changed by "retried" alone, and "completed" by nothing', () => {
    always(({ before, event, after }) => {
      if (!isFinal(before.row.status) || after === undefined) return;
      expect(event.kind).toBe('retried');
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
      expect(dueAt === Infinity).toBe(waiting === 'decision');
    });
  });

  test('a task runs only under a claim, and a claim is only on a ready row', () => {
    always(({ event, after }) => {
      if (after === undefined) return;
      expect(statusOf(after) === 'running').toBe(after.claim !== undefined);
      if (after.claim === undefined) return;
      expect(after.row.status).toBe('pending');
      expect(after.row.lane).toBeDefined();
      expect(['claimed', 'recorded']).toContain(event.kind);
    });
  });

  test('C2 the version grows by one with each change that can be seen', () => {
    always(({ before, event, after }) => {
      if (after === undefined) return;
      const isSeen = after.row !== before.row && event.kind !== 'recorded';
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
      if (before.row.waiting === 'decision' && after !== undefined)
        expect(['cancelled', 'decided']).toContain(event.kind);
    });
  });

  test('B13 after two deaths with nothing recorded a task stands among the suspects, and only then', () => {
    always(({ event, after, deaths }) => {
      if (after?.row.lane === undefined || event.kind === 'recorded') return;
      expect(after.row.lane).toBe(deaths >= DEATHS_TO_SUSPECT ? `${SUSPECTS}test.noop` : 'test.noop');
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
      if (after === undefined || !['recorded', 'failed', 'snoozed', 'retried'].includes(event.kind)) return;
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
});
