// Whatever is done of all that moves tasks, alone or together: what is counted is what counting anew gives, nobody waits
// for what is over, one has each key, and nobody is lost.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cancel,
  type Claimed,
  hurry,
  lift,
  makeDue,
  pause,
  release,
  remove,
  retry,
  sendEvent,
  sweepTrash,
  trigger,
  undo,
  update,
} from '../../../src/store/index.ts';
import { ErrandError, isFinal, type TaskId, type TaskRow } from '../../../src/task/index.ts';
import { FOR_GOOD, forEvent, idOf, parking } from '../../support/flow.ts';
import { newPlace, ONE, type OpenStore, type Place, settling } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';

interface Deed {
  kind: keyof typeof DEEDS;
  pick: number;
  together: boolean;
}

interface World {
  place: Place;
  claimed: Claimed[];
  made: number;
}

const POLICIES = ['keep', 'replace', 'append', 'debounce', 'latest'] as const;
const one = <T>(from: readonly T[], pick: number) => from[pick % from.length] as T;
const named = (pick: number) => idOf(`task ${pick % 15}`);
const edit = { at: 0, by: 'kim', fields: [] };

const DEEDS = {
  insert: ({ place }: World, pick: number) => {
    const [a, b, c] = [pick, pick + 1, pick + 2].map((each) => String(named(each)));
    const [first = '', second = ''] = [a, b];
    return place.insert(
      { id: first, concurrencyKey: `key ${pick % 2}`, priority: pick % 3, retry: { maxRetries: pick % 2 } },
      { id: second, dependsOn: { tasks: [first], onFailure: one(['cancel', 'continue'], pick) } },
      { ...(c !== undefined && { id: c }), parentId: first, unique: { key: 'u', policy: one(POLICIES, pick) } },
    );
  },
  'insert timed': ({ place }: World, pick: number) => {
    const overlap = one(['skip', 'queue', 'cancel-running'] as const, pick);
    const now = place.clock.now();
    const schedules = [
      { on: { event: 'x' }, overlap },
      { everyMs: 1_000, overlap, count: 3 },
      { at: now + 500 },
    ] as const;
    return place.insert({
      ...{ id: named(pick), schedule: one(schedules, pick), concurrencyKey: `key ${pick % 3}` },
      ...(pick % 4 === 0 && { deadline: now + 900 }),
      ...(pick % 5 === 0 && { onComplete: { type: 'test.after' } }),
    });
  },
  unique: ({ place }: World, pick: number) => {
    const unique = { key: `u ${pick % 2}`, policy: one(POLICIES, pick) };
    return place.insert({ unique, payload: pick, type: `test.${pick % 2}` }, { unique, payload: pick + 1 });
  },
  claim: async (world: World, pick: number) => {
    const lanes = [...(await world.place.store.standing()).head.lanes.keys()];
    const { claimed } = await world.place.store.do(world.place.claiming(1 + (pick % 4), lanes));
    for (const { row } of claimed) world.place.positions.advance(row);
    world.claimed.push(...claimed);
  },
  settle: async (world: World, pick: number) => {
    const claimed = world.claimed.splice(pick % Math.max(1, world.claimed.length), 1)[0];
    if (claimed === undefined) return;
    const endings = [{ kind: 'succeeded' }, { kind: 'failed' }, FOR_GOOD, { kind: 'interrupted' }] as const;
    await world.place.store.do(settling(claimed, one(endings, pick)));
  },
  park: async ({ place, claimed }: World, pick: number) => {
    const each = claimed.splice(pick % Math.max(1, claimed.length), 1)[0];
    if (each !== undefined) await place.store.do(parking(each, forEvent('x', place.clock.now() + 700)));
  },
  cancel: ({ place }: World, pick: number) => place.store.do(cancel(named(pick), 'enough')),
  retry: ({ place }: World, pick: number) => place.store.do(retry(named(pick), 'kim')),
  hurry: ({ place }: World, pick: number) => place.store.do(hurry(named(pick))),
  remove: ({ place }: World, pick: number) => place.store.do(remove([named(pick), named(pick + 3)])),
  undo: ({ place }: World, pick: number) =>
    place.store.do(undo(Array.from({ length: 15 }, (_, i) => named(pick * 7 + i)))),
  sweep: ({ place }: World) => place.store.do(sweepTrash(place.clock.now() - 5_000, 10)),
  time: ({ place }: World, pick: number) => {
    place.clock.jump((pick % 5) * 200 - 100);
    return place.store.do(makeDue(place.clock.now(), 3 + (pick % 20)));
  },
  send: ({ place }: World, pick: number) =>
    place.store.do(sendEvent('x', pick, pick % 3 === 0 ? named(pick) : undefined)),
  trigger: ({ place }: World) => place.store.do(trigger({ event: 'x' })),
  pause: (world: World, pick: number) => {
    const rule = { ruleId: `rule ${world.made++}`, createdAt: 0, createdBy: 'kim' };
    const expiresAt = world.place.clock.now() + 300;
    return world.place.store.do(pause({ ...rule, taskId: named(pick), ...(pick % 2 === 0 && { expiresAt }) }));
  },
  lift: ({ place }: World, pick: number) => place.store.do(lift({ taskId: named(pick) }, place.clock.now())),
  update: ({ place }: World, pick: number) => {
    const now = place.clock.now();
    const changes = [
      ...[{ rank: pick % 5 }, { concurrencyKey: `key ${pick % 3}` }, { concurrencyKey: undefined }],
      ...[{ schedule: undefined }, { schedule: { kind: 'at', at: now + 400 } as const }],
      ...[{ deadlineAt: now + 300 }, { constraints: { charging: true } }],
    ];
    return place.store.do(update(named(pick), one(changes, pick), edit));
  },
  release: ({ place }: World) => place.store.do(release(ONE)).then(() => place.lead()),
};

const KINDS = Object.keys(DEEDS) as (keyof typeof DEEDS)[];
const OFTEN = ['insert', 'insert timed', 'unique', 'claim', 'settle', 'time'] as const;
const deeds: fc.Arbitrary<Deed> = fc.record({
  kind: fc.oneof(fc.constantFrom(...KINDS), fc.constantFrom(...OFTEN)),
  pick: fc.nat(10_000),
  together: fc.boolean(),
});

/** What may be refused, with reason. Anything else is a bug. */
const REASONS = ['invalid-request', 'not-found', 'already-finished', 'not-retryable', 'not-pending', 'not-waiting'];

export function flowRandomContract(openStore: OpenStore): void {
  describe('all that moves tasks, in any order, alone or together', () => {
    test('A8 B10 B12 counts right, forgets nobody, and lets one have each key', { timeout: 120_000 }, async () => {
      const histories = fc.array(deeds, { minLength: 20, maxLength: 60, size: 'max' });
      await fc.assert(
        fc.asyncProperty(histories, (history) => live(openStore, history)),
        { numRuns: 15 },
      );
    });
  });
}

async function live(openStore: OpenStore, history: readonly Deed[]): Promise<void> {
  const place = await newPlace(openStore);
  await place.lead();
  const world: World = { place, claimed: [], made: 0 };
  let group: Promise<unknown>[] = [];
  for (const [i, { kind, pick }] of history.entries()) {
    group.push(DEEDS[kind](world, pick));
    if (history[i + 1]?.together === true) continue;
    for (const done of await Promise.allSettled(group)) if (done.status === 'rejected') expectReason(done.reason);
    group = [];
    await check(place);
  }
  await place.store.close();
}

async function check(place: Place): Promise<void> {
  await recount(place.store);
  const rows = (await readTables(place.store)).tasks as unknown as TaskRow[];
  const open = new Map<TaskId, TaskRow>();
  for (const row of rows) if (!isFinal(row.status)) open.set(row.id, row);
  const holders = [...open.values()].flatMap(({ holds }) => (holds === undefined ? [] : [holds]));
  expect(new Set(holders).size).toBe(holders.length);
  for (const row of open.values()) {
    expect(row.lane !== undefined).toBe(row.dueAt === undefined);
    for (const other of row.blockedBy ?? []) expect(open.has(other)).toBe(true);
    if (row.wants !== undefined) expect(holders).toContain(row.wants);
    if (row.lane !== undefined) expect(row.holds).toBe(row.concurrencyKey);
  }
}

function expectReason(reason: unknown): void {
  if (!(reason instanceof ErrandError)) throw reason;
  expect(REASONS).toContain(reason.code);
}
