// Whatever is done, at once or one after another: what is kept counted is what counting anew gives.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancel, type Claimed, makeDue, release, remove, retry } from '../../../src/store/index.ts';
import { ErrandError, type TaskId } from '../../../src/task/index.ts';
import { leading, newPlace, ONE, type OpenStore, type Place, settling, TWO } from '../../support/place.ts';
import { recount } from '../../support/raw.ts';
import { tokenOf } from '../../support/rows.ts';

interface Deed {
  kind: 'insert' | 'claim' | 'settle' | 'stale' | 'cancel' | 'retry' | 'remove' | 'due' | 'lead' | 'release';
  /** Which one of those there are. */
  pick: number;
  /** At the same time as the one before: in one transaction, if it is the same tab. */
  together: boolean;
  tab: number;
}

const deeds: fc.Arbitrary<Deed> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('insert', 'claim', 'settle') },
    { weight: 1, arbitrary: fc.constantFrom('stale', 'cancel', 'retry', 'remove', 'due', 'lead', 'release') },
  ),
  pick: fc.nat(1_000),
  together: fc.boolean(),
  tab: fc.nat(1),
});

/** A person who does this and that, in one tab or in two, and remembers what there is. */
class Doer {
  readonly #places: readonly [Place, ...Place[]];
  #place: Place;
  #claimed: Claimed[] = [];

  constructor(places: readonly [Place, ...Place[]]) {
    this.#places = places;
    this.#place = places[0];
  }

  do({ kind, pick, tab }: Deed): Promise<unknown> {
    this.#place = this.#places[tab % this.#places.length] ?? this.#places[0];
    const { store, clock } = this.#place;
    const id = `task ${pick % 12}` as TaskId;
    switch (kind) {
      case 'insert':
        return this.#insert(pick);
      case 'claim':
        return this.#claim(pick);
      case 'settle':
      case 'stale':
        return this.#settle(pick, kind === 'stale');
      case 'cancel':
        return store.do(cancel(id, 'enough'));
      case 'retry':
        return store.do(retry(id, 'kim'));
      case 'remove':
        return store.do(remove([id]));
      case 'due':
        clock.jump((pick % 3) * 100 - 50);
        return store.do(makeDue(clock.now(), 3));
      case 'lead':
        return store.do(leading(pick % 2 ? ONE : TWO, { [pick % 3 ? ONE : TWO]: 'death' }));
      case 'release':
        return store.do(release(ONE));
    }
  }

  #insert(pick: number) {
    const ids = [pick, pick + 1, pick + 2].map((each) => `task ${each % 12}`);
    const at = this.#place.clock.now() + (pick % 5) * 40;
    return this.#place.insert(
      { id: ids[0] ?? '', type: `test.${pick % 3}`, creator: `user ${pick % 2}`, retry: { maxRetries: pick % 2 } },
      { id: ids[1] ?? '', type: `test.${pick % 2}`, schedule: { at } },
      { id: ids[2] ?? '', priority: pick % 3, ...(pick % 4 === 0 && { parentId: ids[0] ?? '' }) },
    );
  }

  async #claim(pick: number): Promise<void> {
    const { positions, store } = this.#place;
    const lanes = ['test.0', 'test.1', 'test.2', 'test.noop'];
    const { claimed } = await store.do(this.#place.claiming(1 + (pick % 3), lanes));
    for (const { row } of claimed) positions.advance(row);
    this.#claimed.push(...claimed);
  }

  async #settle(pick: number, stale: boolean): Promise<void> {
    const claimed = this.#claimed[pick % Math.max(1, this.#claimed.length)];
    if (claimed === undefined) return;
    const ending = [
      { kind: 'succeeded' as const },
      { kind: 'failed' as const },
      { kind: 'snoozed' as const, delayMs: 30 },
      { kind: 'interrupted' as const },
    ][pick % 4] ?? { kind: 'succeeded' };
    await this.#place.store.do(settling(claimed, ending, stale ? tokenOf(claimed.claim.token - 1) : undefined));
    if (!stale) this.#claimed = this.#claimed.filter((each) => each !== claimed);
  }
}

/** What may be refused, with reason. Anything else is a bug. */
const REASONS = ['invalid-request', 'not-found', 'already-finished', 'not-retryable'];

export function randomContract(openStore: OpenStore): void {
  describe('in any order, alone or together', () => {
    test.each([1, 2])(
      'A8 counters, lanes and claims equal a full recount: %d tabs',
      { timeout: 60_000 },
      async (tabs) => {
        const histories = fc.array(deeds, { minLength: 20, maxLength: 40, size: 'max' });
        await fc.assert(
          fc.asyncProperty(histories, (history) => live(openStore, tabs, history)),
          { numRuns: 12 },
        );
      },
    );
  });
}

async function live(openStore: OpenStore, tabs: number, history: readonly Deed[]): Promise<void> {
  const place = await newPlace(openStore);
  const places: [Place, ...Place[]] = [place];
  while (places.length < tabs) places.push(await newPlace(openStore, place.store.database));
  await place.lead();
  const doer = new Doer(places);
  for (const group of groupsOf(history)) {
    const done = await Promise.allSettled(group.map((deed) => doer.do(deed)));
    for (const each of done) if (each.status === 'rejected') expectReason(each.reason);
    await recount(place.store);
  }
  for (const { store } of places) await store.close();
}

function groupsOf(history: readonly Deed[]): Deed[][] {
  const groups: Deed[][] = [];
  for (const deed of history) {
    if (deed.together && groups.length > 0) groups.at(-1)?.push(deed);
    else groups.push([deed]);
  }
  return groups;
}

function expectReason(reason: unknown): void {
  if (!(reason instanceof ErrandError)) throw reason;
  expect(REASONS).toContain(reason.code);
}
