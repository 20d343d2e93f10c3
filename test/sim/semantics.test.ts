// Random histories, one for each seed: see semantics/. `npm run sim` tells more of one that breaks a promise.

import { beforeAll, describe, expect, test } from 'vitest';
import { live } from './semantics/history.ts';
import { scriptsOf } from './semantics/scripts.ts';
import type { Script } from './world/script.ts';

const SEEDS = 1_000;
/** Beyond those: histories that once broke a promise. */
const ONCE_BROKEN = [4_677, 6_061, 14_408, 19_505];
const PER_TEST = 100;
const LONG_MS = 1_800_000;

let scripts: Readonly<Record<string, Script>>;

beforeAll(async () => {
  scripts = await scriptsOf();
}, LONG_MS);

describe('whatever is asked for and whatever befalls', () => {
  test('a seed makes the same history each time, and another seed another', { timeout: LONG_MS }, async () => {
    const { hash } = await live({ scripts, seed: 7 });
    expect((await live({ scripts, seed: 7 })).hash).toBe(hash);
    expect((await live({ scripts, seed: 8 })).hash).not.toBe(hash);
  });

  test.each(ONCE_BROKEN)('every promise is kept in the history %d', { timeout: LONG_MS }, async (seed) => {
    expect((await live({ scripts, seed })).complaints).toEqual([]);
  });

  for (let from = 1; from <= SEEDS; from += PER_TEST) {
    test(`every promise is kept in the histories from ${from} on`, { timeout: LONG_MS }, async () => {
      const broken: string[] = [];
      for (let seed = from; seed < from + PER_TEST; seed++) {
        const { complaints } = await live({ scripts, seed });
        broken.push(...complaints.map((complaint) => `seed ${seed}: ${complaint}`));
      }
      expect(broken).toEqual([]);
    });
  }
});
