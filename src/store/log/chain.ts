// The order of what was committed. Each transaction bears a stamp and names that of the one before, so that of two of
// one number the true one can be told, and a hole between two be seen.

/** What tells a transaction's place. */
export interface Link {
  seq: number;
  at: number;
  stamp: number;
  stampBefore: number;
}

/** What a chain stands on: a checkpoint, a database, or, at 0, nothing. */
export interface Base {
  seq: number;
  stamp: number;
}

export interface Chain<T> {
  /** The true ones above the base, in order. */
  links: T[];
  /** The last hole lies right before this number; 0 where there is none. */
  wholeFrom: number;
}

/**
 * Orders what stands above a base. The stamp at the top, where it is known, tells whether something is missing there.
 * Two of one number there are where a page died between log and database, and another engine took the number.
 */
export function chainOf<T extends Link>(known: readonly T[], base: Base, top?: number): Chain<T> {
  const down: T[] = [];
  let wholeFrom = 0;
  let expected = top;
  for (const same of bySeqDown(known.filter((link) => link.seq > base.seq))) {
    const named = same.find((link) => link.stamp === expected);
    const link = named ?? latest(same);
    const above = down.at(-1)?.seq;
    if (named === undefined && expected !== undefined) {
      wholeFrom ||= above ?? Infinity;
      // The true one of this number is missing: this is another, which came to nothing.
      if (above === link.seq + 1) continue;
    }
    down.push(link);
    expected = link.stampBefore;
  }
  if (expected !== undefined && expected !== base.stamp) wholeFrom ||= down.at(-1)?.seq ?? Infinity;
  return { links: down.reverse(), wholeFrom };
}

function bySeqDown<T extends Link>(links: readonly T[]): T[][] {
  const groups = new Map<number, T[]>();
  for (const link of links) groups.set(link.seq, [...(groups.get(link.seq) ?? []), link]);
  return [...groups].sort(([a], [b]) => b - a).map(([, same]) => same);
}

/** An engine takes a number only after whoever had it before is dead. */
function latest<T extends Link>(same: readonly T[]): T {
  return same.reduce((last, link) => (link.at >= last.at ? link : last));
}
