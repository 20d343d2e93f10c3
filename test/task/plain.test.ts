// What JSON cannot carry travels in it all the same, and what comes from elsewhere is not trusted.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromPlain, toPlain } from '../../src/task/index.ts';

const through = (value: unknown) => fromPlain(JSON.parse(JSON.stringify(toPlain(value))));

const REF = { $type: 'file', id: 'f', name: 'a.txt', type: 'text/plain', size: 3, lastModified: 5 };

describe('a value as plain JSON', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['numbers', [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 60]],
    ['a bigint', 12345678901234567890n],
    ['a date', new Date(5)],
    ['no date', new Date(NaN)],
    ['a map', new Map<unknown, unknown>([[{ a: 1 }, new Set([1, 'x', undefined])]])],
    [
      'bytes',
      { buffer: new Uint8Array([1, 2, 255]).buffer, view: new Float64Array([1.5, -2]), data: new Uint8Array(0) },
    ],
    ['a pattern', /a+\/b/giu],
    ['an error', new Error('no')],
    ['a file', { file: REF }],
    ['what looks like a file', { $type: 'file', id: 'f', size: 3 }],
    ['what looks like a date', { $type: 'date', value: 'x', deep: [{ $type: 5 }] }],
    ['a key of every kind', JSON.parse('{"__proto__":{"a":1},"constructor":2,"":3}')],
    ['undefined inside', { a: undefined, b: [undefined] }],
  ])('comes back: %s', (_, value) => {
    expect(through(value)).toEqual(value);
    expect(Object.getPrototypeOf(through({ a: value }) as object)).toBe(Object.prototype);
  });

  test('has what occurs twice once, and circles end', () => {
    const shared = { a: 1 };
    const circle: Record<string, unknown> = { left: shared, right: shared, big: 1n, at: new Date(1) };
    circle.self = [circle];
    const back = through(circle) as Record<string, unknown>;
    expect(back.left).toBe(back.right);
    expect((back.self as unknown[])[0]).toBe(back);
  });

  test('is what any JSON is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.stringify(through(value))).toBe(JSON.stringify(fromPlain(toPlain(value))));
        expect(through(value)).toEqual(value);
      }),
    );
  });

  test('is what any value is', () => {
    const any = fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true });
    fc.assert(
      fc.property(any, (value) => {
        expect(through(value)).toEqual(structuredClone(value));
      }),
    );
  });

  test.each([
    '{"$type":"nonsense"}',
    '{"$type":"ref","place":5}',
    '{"$type":"ref","place":-1}',
    '{"$type":"ref","place":"0"}',
    '{"$type":"map","entries":5}',
    '{"$type":"map","entries":[5]}',
    '{"$type":"set"}',
    '{"$type":"bytes","base64":"%"}',
    '{"$type":"bytes","base64":"AAA=","view":"Float64Array"}',
    '{"$type":"bytes","base64":"","view":"constructor"}',
    '{"$type":"bigint","value":"1e5"}',
    '{"$type":"number","value":"5"}',
    '{"$type":"date","value":"x"}',
    '{"$type":"regexp","source":"(","flags":""}',
    '{"$type":"object","entries":[[5,1]]}',
    '{"$type":"file","id":5,"size":1}',
    '{"__proto__":{"polluted":true}}',
    '{"a":[{"__proto__":1}]}',
    `${'['.repeat(600)}${']'.repeat(600)}`,
  ])('that is not valid is refused: %.60s', (json) => {
    expect(() => fromPlain(JSON.parse(json))).toThrow(SyntaxError);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('gives each file the name that it has now', () => {
    const written = JSON.parse(JSON.stringify(toPlain([{ file: REF }]))) as unknown;
    expect(fromPlain(written, { file: (ref) => ({ ...ref, id: `new ${ref.id}` }) })).toEqual([
      { file: { ...REF, id: 'new f' } },
    ]);
  });
});
