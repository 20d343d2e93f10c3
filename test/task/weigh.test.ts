// The rough size of a value: enough to tell a row from a burden, without walking further than need be.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INLINE_BYTES, MOST_BYTES, weigh } from '../../src/task/index.ts';

describe('the weight of a value', () => {
  test.each([undefined, null, 5, true, 'short', {}, [], { a: [1, 'b'] }, new Date(0)])('is small: %j', (value) => {
    expect(weigh(value, MOST_BYTES)).toBeLessThanOrEqual(INLINE_BYTES / 10);
  });

  test.each([
    ['text', 'x'.repeat(INLINE_BYTES)],
    ['a buffer', new ArrayBuffer(INLINE_BYTES)],
    ['an array of bytes', new Uint8Array(INLINE_BYTES)],
    ['a view', new DataView(new ArrayBuffer(INLINE_BYTES))],
    ['a list', Array.from({ length: INLINE_BYTES }, () => 0)],
    ['a map', new Map([['k'.repeat(INLINE_BYTES), 1]])],
    ['a set', new Set(['k'.repeat(INLINE_BYTES)])],
    ['a long key', { ['k'.repeat(INLINE_BYTES)]: 1 }],
    ['something deep', { a: [{ b: new Map([[1, ['x'.repeat(INLINE_BYTES)]]]) }] }],
  ])('is that of its content: %s', (_, value) => {
    expect(weigh(value, MOST_BYTES)).toBeGreaterThan(INLINE_BYTES - 1);
  });

  test('counts what is named twice once, and circles end', () => {
    const text = { text: 'x'.repeat(1_000) };
    const circle: unknown[] = [text, text];
    circle.push(circle);
    expect(weigh(circle, MOST_BYTES)).toBeLessThan(2 * weigh(text, MOST_BYTES));
  });

  test('is not counted further than enough', () => {
    let read = 0;
    const many = Array.from({ length: 1_000 }, () =>
      Object.defineProperty({}, 'text', { enumerable: true, get: () => ((read += 1), 'x'.repeat(1_000)) }),
    );
    expect(weigh(many, 5_000)).toBeGreaterThanOrEqual(5_000);
    expect(read).toBeLessThan(10);
  });

  test('grows with what is added, whatever that is', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withTypedArray: true }), (value) => {
        const alone = weigh(value, Infinity);
        expect(weigh([value], Infinity)).toBeGreaterThan(alone);
        expect(weigh([value, 'x'.repeat(100)], Infinity)).toBeGreaterThan(alone + 200);
      }),
    );
  });
});
