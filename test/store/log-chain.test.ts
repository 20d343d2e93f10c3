// The order of what was committed, and the holes in it.

import { describe, expect, test } from 'vitest';
import { type Base, chainOf, type Link } from '../../src/store/log/chain.ts';

const NOTHING: Base = { seq: 0, stamp: 0 };

/** Commits of these numbers, each stamped by its number in tenths. */
function commits(...seqs: number[]): Link[] {
  return seqs.map((seq) => {
    return { seq, at: seq, stamp: seq / 10, stampBefore: (seq - 1) / 10 };
  });
}

const seqsOf = ({ links }: { links: Link[] }) => links.map(({ seq }) => seq);

describe('a chain', () => {
  test('is whole from nothing on, from a checkpoint on, or as it ends', () => {
    expect(chainOf(commits(3, 1, 2), NOTHING)).toEqual({ links: commits(1, 2, 3), wholeFrom: 0 });
    expect(chainOf(commits(1, 3, 4), { seq: 2, stamp: 0.2 })).toEqual({ links: commits(3, 4), wholeFrom: 0 });
    expect(chainOf([], { seq: 2, stamp: 0.2 }, 0.2).wholeFrom).toBe(0);
    expect(chainOf(commits(1, 2), NOTHING, 0.2).wholeFrom).toBe(0);
  });

  test('has a hole where one is missing: in the middle, at its foot, at its top', () => {
    expect(chainOf(commits(1, 2, 4, 5), NOTHING)).toEqual({ links: commits(1, 2, 4, 5), wholeFrom: 4 });
    expect(chainOf(commits(1, 3, 4, 6), NOTHING).wholeFrom).toBe(6);
    expect(chainOf(commits(4, 5), { seq: 2, stamp: 0.2 }).wholeFrom).toBe(4);
    expect(chainOf(commits(1, 2), NOTHING, 0.3).wholeFrom).toBe(Infinity);
    expect(chainOf([], { seq: 2, stamp: 0.2 }, 0.3).wholeFrom).toBe(Infinity);
  });

  test('goes on where a restore has left out numbers', () => {
    const after = { seq: 1_004, at: 9, stamp: 0.7, stampBefore: 0.3 };
    expect(chainOf([...commits(1, 2, 3), after], NOTHING)).toMatchObject({ wholeFrom: 0 });
    expect(chainOf([...commits(1, 2), after], NOTHING)).toMatchObject({ wholeFrom: 1_004 });
  });

  test('takes of two of one number the one that the next names, whatever their order', () => {
    const stray = { seq: 2, at: 9, stamp: 0.99, stampBefore: 0.1 };
    for (const known of [
      [stray, ...commits(1, 2, 3)],
      [...commits(1, 2, 3), stray],
    ])
      expect(chainOf(known, NOTHING)).toEqual({ links: commits(1, 2, 3), wholeFrom: 0 });
  });

  test('takes at its top the later one, or the one that is known to be the last', () => {
    const dead = { seq: 3, at: 2.5, stamp: 0.99, stampBefore: 0.2 };
    expect(chainOf([dead, ...commits(1, 2, 3)], NOTHING).links).toEqual(commits(1, 2, 3));
    expect(chainOf([...commits(1, 2, 3), dead], NOTHING).links).toEqual(commits(1, 2, 3));
    expect(chainOf([...commits(1, 2, 3), dead], NOTHING, 0.99).links.at(-1)).toEqual(dead);
  });

  test('does not take what came to nothing for what is missing', () => {
    const dead = { seq: 2, at: 2, stamp: 0.99, stampBefore: 0.1 };
    const chain = chainOf([...commits(1, 3), dead], NOTHING);
    expect([seqsOf(chain), chain.wholeFrom]).toEqual([[1, 3], 3]);
  });
});
