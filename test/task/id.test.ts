// Ids that sort by the time they were made, on whatever clock; and a caller's own.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTaskId, childIdOf, idMaker, runIdOf, systemClock, type TaskId } from '../../src/task/index.ts';
import { fakeClock, NOON } from '../support/fake-clock.ts';

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const msOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
const isGrowing = (ids: readonly string[]) => ids.every((id, i) => i === 0 || (ids[i - 1] ?? '') < id);

describe('a new id', () => {
  test('A5 is a UUIDv7 (RFC 9562) that begins with the time', () => {
    const id = idMaker(fakeClock())();
    expect(id).toMatch(V7);
    expect(msOf(id)).toBe(NOON);
  });

  test.each([0, 1, 0xffff_ffff, 0x1_0000_0000, 0xffff_ffff_ffff])('holds the whole of the instant %d', (now) => {
    const id = idMaker(fakeClock(now))();
    expect(id).toMatch(V7);
    if (now > 0) expect(msOf(id)).toBe(now);
  });

  test('grows strictly within one millisecond, past what its counter holds', () => {
    const newId = idMaker(fakeClock());
    const ids = Array.from({ length: 10_000 }, newId);
    expect(isGrowing(ids)).toBe(true);
    expect(ids.every((id) => V7.test(id))).toBe(true);
  });

  test('grows strictly when the clock jumps, forward and back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 200 }), (jumps) => {
        const clock = fakeClock();
        const newId = idMaker(clock);
        const ids = jumps.map((ms) => {
          clock.jump(ms);
          return newId();
        });
        expect(isGrowing(ids)).toBe(true);
      }),
    );
  });

  test('of two makers in one millisecond is not the same', () => {
    const makers = [idMaker(systemClock), idMaker(systemClock)];
    const ids = Array.from({ length: 1_000 }, (_, i) => makers[i % 2]?.());
    expect(new Set(ids).size).toBe(1_000);
  });
});

describe('a caller’s own id', () => {
  test.each(['a', 'order 17', 'Ünï 日本 😀', '__proto__', '<b>', 'x'.repeat(200)])('A7 may be %j', (id) => {
    expect(checkTaskId(id)).toBe(id);
  });

  test.each(['', 'x'.repeat(201), 'a\nb', 'a\0b', '\u007f'])('A7 may not be %j', (id) => {
    const refusal = { code: 'invalid-request', details: { field: 'parentId' } };
    expect(() => checkTaskId(id, 'parentId')).toThrow(expect.objectContaining(refusal));
  });
});

test('a run is named by its task and its index', () => {
  expect(runIdOf('mine' as TaskId, 2)).toBe('mine#2');
});

describe('A6 the id of a child', () => {
  const parent = 'parent' as TaskId;

  test('says where it comes from, and is one of its own for each place', () => {
    expect(childIdOf(parent, 0, 'photo', 1)).toBe('parent/0/photo/1');
    const ids = [0, 1].flatMap((set) =>
      ['a', 'b'].flatMap((name) => [1, 2].map((n) => childIdOf(parent, set, name, n))),
    );
    expect(new Set(ids).size).toBe(8);
  });

  test('is one that may be had, whatever the name, and stays the same', () => {
    const names = Array.from({ length: 500 }, (_, i) => `${'x'.repeat(250)}${i}`);
    const ids = [...names, 'a\nb', 'a\tb'].map((name) => childIdOf(parent, 0, name, 1));
    for (const id of ids) expect(checkTaskId(id)).toBe(id);
    expect(new Set(ids).size).toBe(502);
    expect(childIdOf(parent, 0, 'a\nb', 1)).toBe(ids[500]);
  });
});
