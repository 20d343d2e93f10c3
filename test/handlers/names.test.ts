// Each picture has a name of its own that no zip, disk or shell trips over, and the same name in every attempt.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planNames, safeBase } from '../../src/handlers/image-convert/names.ts';
import type { FileRef } from '../../src/task/index.ts';

const ref = (name: string): FileRef => ({ $type: 'file', id: name, name, type: '', size: 1, lastModified: 0 });
const planned = (names: string[], extension = 'webp'): string[] =>
  planNames(names.map(ref), extension).map(({ name }) => name);

describe('names', () => {
  it('keep the base and get the extension of the new format', () => {
    expect(planned(['IMG_1.HEIC', 'no extension', 'a.tar.png', 'Ünï 日本.jpeg'])).toEqual([
      'IMG_1.webp',
      'no extension.webp',
      'a.tar.webp',
      'Ünï 日本.webp',
    ]);
  });

  it('that are the same get a number, whatever their case, and never one that is taken', () => {
    expect(planned(['a.png', 'A.jpg', 'a (2).gif', 'a.webp', 'a (2).png'])).toEqual([
      'a.webp',
      'A (2).webp',
      'a (2) (2).webp',
      'a (3).webp',
      'a (2) (3).webp',
    ]);
  });

  it('lose folders, controls, leading dots and what disks forbid', () => {
    expect(
      ['../../etc/passwd.png', 'C:\\temp\\b.png', '..', '.hidden.png', 'a\u0000b\u202egpj.png'].map(safeBase),
    ).toEqual(['passwd', 'b', 'image', 'hidden', 'abgpj']);
    expect(['q?*<>|":.png', 'con.png', '', '///', 'a..b...png', 'Vol. 2 of 3'].map(safeBase)).toEqual([
      'q_______',
      '_con',
      'image',
      'image',
      'a.b',
      'Vol. 2 of 3',
    ]);
  });

  it('are cut to what a disk allows, in bytes, and never in the middle of a character', () => {
    const name = planned(['😀'.repeat(500) + '.png'])[0] ?? '';
    expect(new TextEncoder().encode(name).length).toBeLessThan(256);
    expect(name).toMatch(/^(😀)+\.webp$/u);
  });

  it('of 20,000 files that are all called the same are planned at once', () => {
    const names = planned(Array.from({ length: 20_000 }, () => 'image.png'));
    expect(new Set(names).size).toBe(20_000);
    expect(names.at(-1)).toBe('image (20000).webp');
  });

  it('are safe, unlike each other and the same every time, whatever the files are called', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a', 'A', 'a.png', 'a (2)', '..', '.', 'é', 'e\u0301'),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const plan = planned(names);
        expect(plan).toEqual(planned(names));
        expect(new Set(plan.map((each) => each.toLowerCase().normalize('NFC'))).size).toBe(names.length);
        for (const each of plan) {
          // eslint-disable-next-line no-control-regex -- these are what must not be there
          expect(each).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f]|^\.|^\s|\.\./);
          expect(each).toMatch(/[^.]\.webp$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
