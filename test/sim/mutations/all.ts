// Every mutation that the simulation must notice, in the order of the promises.

import type { Mutation } from './mutation.ts';

const one = (from: number, breaks: string, file: string, find: string, put: string): Mutation => ({
  breaks,
  from,
  edits: [{ file, find, put }],
});

export const MUTATIONS: readonly Mutation[] = [
  one(
    1,
    'nothing accepted is lost',
    'store/insert.ts',
    'work.putTask({ row: placed }, undefined);',
    'if (placed.rank !== -3) work.putTask({ row: placed }, undefined);',
  ),
  one(
    90,
    'what somebody had back is there',
    'store/undo.ts',
    'if (trashed === undefined || trashed.deletedAt',
    'if (trashed !== undefined) return true; if (trashed === undefined || trashed.deletedAt',
  ),
  one(
    10,
    'a step is recorded once',
    'worker/context.ts',
    'const recorded = this.#recorded.get(name);',
    'const recorded = this.#job.attempt > 2 ? undefined : this.#recorded.get(name);',
  ),
  {
    breaks: 'one engine at a time',
    from: 1,
    edits: [
      { file: 'schedule/leader.ts', find: '}:leader`, won, lost,', put: '}:leader:${this.#engineId}`, won, lost,' },
      {
        file: 'store/claim.ts',
        find: 'if (work.head.leader !== request.engineId)',
        put: "if (request.engineId === ('' as string))",
      },
    ],
  },
  one(
    11,
    'what was interrupted is not charged',
    'task/settling.ts',
    'const counted = withDeath(row, claim, cause);',
    'const counted = { ...withDeath(row, claim, cause), failures: row.failures + 1 };',
  ),
  one(
    12,
    'a death alone is no verdict',
    'task/settling.ts',
    'if (claim.alone !== true || !isConvicted(counted, cause))',
    "if (cause === 'released')",
  ),
  one(
    14,
    'what must not run twice waits for a decision',
    'task/settling.ts',
    "if (claim.once === true) return waiting(counted, 'decision', now);",
    '',
  ),
  one(
    545,
    'order within a lane',
    'store/claim.ts',
    '.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));',
    '.sort((a, b) => comparePlaces(placeOf(b), placeOf(a)));',
  ),
  {
    breaks: 'no run while its type is paused',
    from: 5,
    edits: [
      { file: 'runner/gate.ts', find: 'if (pausesType(rule, type, clock.now()))', put: 'if (rule === undefined)' },
      { file: 'store/claim.ts', find: '=> pausesType(rule,', put: '=> rule === undefined && pausesType(rule,' },
    ],
  },
  one(
    57,
    'no run while the task itself is paused',
    'task/moves.ts',
    'const until = pausedUntil(row, now);',
    'const until = undefined as number | undefined;',
  ),
  one(
    169,
    'no step while it is paused',
    'worker/context.ts',
    'each.until > now && matchesStep(each.pattern, name)',
    "each.until > now && each.pattern === ''",
  ),
  one(
    5,
    'no run while a constraint is unmet',
    'runner/gate.ts',
    'if (constraints !== undefined) for (const unmet',
    'if (lane.alone && constraints !== undefined) for (const unmet',
  ),
  one(
    2,
    'no run before what it depends on has ended',
    'task/draft.ts',
    'row.dependsOn === undefined ? placed(row, now)',
    "row.name !== '' ? placed(row, now)",
  ),
  one(
    2,
    'no run after what it depends on has failed',
    'task/transition.ts',
    "if (failed && row.dependsOn?.onFailure !== 'continue'",
    "if (failed && row.name === '' && row.dependsOn?.onFailure !== 'continue'",
  ),
  {
    breaks: 'no run before its time',
    from: 1,
    edits: [
      { file: 'task/transition.ts', find: 'row.dueAt > now ? undefined', put: 'row.dueAt > now + 2_000 ? undefined' },
      { file: 'store/settle.ts', find: '?? Infinity) <= now;', put: '?? Infinity) <= now + 2_000;' },
      {
        file: 'task/recurrence.ts',
        find: 'follow(row, schedule, dueNow(schedule, scheduleState, now), now)',
        put: 'ready(row, now)',
      },
    ],
  },
  one(
    23,
    'no run after its deadline',
    'task/transition.ts',
    '|| (row.expiresAt ?? Infinity) > now)',
    '|| (row.expiresAt ?? Infinity) > now - 5_000)',
  ),
  one(
    1,
    'no run once it is cancelled',
    'store/settle.ts',
    '      work.putTask(after, before);\n      return after;\n    },\n  };\n}\n\n/** Makes ready',
    '      return after;\n    },\n  };\n}\n\n/** Makes ready',
  ),
  {
    breaks: 'no more slots than are wanted',
    from: 5,
    edits: [
      {
        file: 'pool/pool.ts',
        find: 'return Math.max(0, this.#size - working);',
        put: 'return Math.max(0, this.#size + 1 - working);',
      },
      { file: 'pool/pool.ts', find: 'this.#staying >= this.#size', put: 'this.#staying > this.#size' },
      { file: 'pool/pool.ts', find: 'slot.retiring = i >= size;', put: 'slot.retiring = i > size;' },
    ],
  },
  {
    breaks: 'no more of a type at once',
    from: 640,
    edits: [
      { file: 'runner/gate.ts', find: 'return beside <', put: 'return beside - 1 <' },
      {
        file: 'runner/gate.ts',
        find: 'running(type) >= definition.concurrency',
        put: 'running(type) > definition.concurrency',
      },
    ],
  },
  one(
    6,
    'one of a concurrency key at once',
    'task/moves.ts',
    'if (key !== undefined && row.holds !== key)',
    "if (key === '' && row.holds !== key)",
  ),
  one(
    6,
    'no more starts within a span',
    'store/claim.ts',
    'if (rates?.allows(before.row.type) === false) continue;',
    '',
  ),
  one(
    235,
    'unique work: one of a key is kept',
    'store/unique.ts',
    'return kept(lastOf(others)) ?? row;',
    'return row;',
  ),
  one(
    240,
    'unique work: one runs, and the next waits',
    'store/unique.ts',
    'return behind(row, lastOf(others), work.now);',
    'return row;',
  ),
  one(
    34,
    'unique work: the newest takes the place',
    'store/unique.ts',
    'for (const { id } of others) giveWay(work, id);',
    '',
  ),
  one(
    1,
    'everything due gets done: a key goes to the next in line',
    'store/consequences.ts',
    "if (first !== undefined) work.move(first.id, { kind: 'admitted' });",
    '',
  ),
  one(
    2,
    'everything due gets done: a time that comes',
    'runner/upkeep.ts',
    'if (head.timed > 0 || head.expiring > 0)',
    'if (head.expiring > 0)',
  ),
  one(
    2,
    'counters are what a count gives',
    'store/counts.ts',
    'if (row.blockedBy !== undefined) head.blocked += by;',
    'if (row.blockedBy !== undefined) head.blocked += 1;',
  ),
  one(
    1,
    'handlers are told what became of what they depended on',
    'runner/prepare.ts',
    'return { id, status: run.status, result,',
    'return { id, status: run.status, result: undefined,',
  ),
];
