// How deep a value may be nested.

import { describe, expect, test } from 'vitest';
import { checkDepth, isTooDeep } from '../../src/task/index.ts';

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

const WRAPS: ((inner: unknown) => unknown)[] = [
  (inner) => [inner],
  (inner) => ({ inner }),
  (inner) => new Set([inner]),
  (inner) => new Map([['key', inner]]),
  (inner) => new Map([[inner, 'value']]),
];

describe('a value', () => {
  test('may be 500 levels deep, and no more', () => {
    for (const wrap of WRAPS) {
      expect(isTooDeep(nested(500, wrap))).toBe(false);
      expect(isTooDeep(nested(501, wrap))).toBe(true);
    }
  });

  test('may be wide, and may hold itself', () => {
    const wide: unknown[] = Array.from({ length: 10_000 }, () => ({ a: [1] }));
    wide.push(wide, new Uint8Array(10_000));
    expect(isTooDeep(wide)).toBe(false);
  });

  test('that is a long chain is deep, even if a list names all of its links', () => {
    const links: { next?: object }[] = Array.from({ length: 1_000 }, () => ({}));
    links.forEach((link, i) => {
      const next = links[i + 1];
      if (next !== undefined) link.next = next;
    });
    expect(isTooDeep(links)).toBe(true);
  });

  test('that cannot be looked at cannot be cloned', () => {
    const spiky = {
      get value(): number {
        throw new Error('a getter with a mind of its own');
      },
    };
    const refused = { code: 'payload-not-cloneable', details: { field: 'payload' } };
    expect(() => checkDepth({ spiky })).toThrow(expect.objectContaining(refused));
    expect(() => checkDepth(nested(501, (inner) => [inner]))).toThrow(expect.objectContaining(refused));
    expect(() => checkDepth({ plain: 'data' })).not.toThrow();
  });
});
