// What is watched goes on being shown, whatever a tab went through.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListPart } from '../../src/runner/index.ts';
import type { Views } from '../../src/runner/views.ts';
import { Watching } from '../../src/runner/watching.ts';
import type { NudgeListener } from '../../src/store/channel.ts';
import type { Nudge, Store } from '../../src/store/index.ts';
import { type Clock, systemClock, type TaskId } from '../../src/task/index.ts';

const HOUR_MS = 3_600_000;
const NUDGE: Nudge = { seq: 1, touched: null, ready: false, dueAt: undefined };

/** A database of some ids that a test changes, with a clock that a reading may move. */
function setUp() {
  let frozenMs = 0;
  let readings = 0;
  const listeners = new Set<NudgeListener>();
  const clock: Clock = {
    ...systemClock,
    now: () => Date.now() + frozenMs,
    elapsed: () => performance.now() + frozenMs,
  };
  const place = { ids: [] as string[], freezesMs: 0, readings: () => readings };
  const read = () => {
    readings += 1;
    frozenMs += place.freezesMs;
    place.freezesMs = 0;
    return Promise.resolve([...place.ids] as TaskId[]);
  };
  const store = {
    listen: (listener: NudgeListener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    page: () => Promise.resolve({ states: [], total: place.ids.length }),
    ids: read,
    lookAgain: (ids: TaskId[]) => Promise.resolve(ids.map((id) => ({ id, state: {}, matches: true }))),
  };
  const views = { stats: read, show: (state: object) => state };
  const watching = new Watching(store as unknown as Store, views as unknown as Views, clock);
  const nudge = () => {
    for (const listener of listeners) listener(NUDGE, false);
  };
  return { watching, place, nudge };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a tab that was frozen while it read', () => {
  it('B3 shows what has changed some seconds after it goes on', async () => {
    const { watching, place, nudge } = setUp();
    place.freezesMs = HOUR_MS;
    let seen: unknown;
    watching.add(1, { kind: 'stats' }, undefined, (value) => (seen = value));
    await vi.advanceTimersByTimeAsync(0);
    place.ids = ['a'];
    nudge();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(seen).toEqual(['a']);
  });

  it('B3 reads an open list anew within half a minute', async () => {
    const { watching, place, nudge } = setUp();
    place.ids = ['a'];
    place.freezesMs = HOUR_MS;
    let seen: ListPart | undefined;
    watching.add(1, { kind: 'open-list', query: {} }, undefined, (value) => (seen = value as ListPart));
    await vi.advanceTimersByTimeAsync(200);
    place.ids = ['a', 'b'];
    nudge();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(seen).toMatchObject({ total: 1, fresh: 1 });
  });
});

describe('a nudge that was lost', () => {
  it('B3 is made up for in an open list by the next poll; where none was lost, the list is not read anew', async () => {
    const { watching, place, nudge } = setUp();
    place.ids = ['a'];
    let seen: ListPart | undefined;
    watching.add(1, { kind: 'open-list', query: {} }, undefined, (value) => (seen = value as ListPart));
    await vi.advanceTimersByTimeAsync(200);
    nudge();
    await vi.advanceTimersByTimeAsync(1_000);
    const before = place.readings();
    watching.refresh(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(place.readings()).toBe(before);
    place.ids = ['a', 'b'];
    watching.refresh(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen).toMatchObject({ total: 1, fresh: 1 });
  });
});
