// Chance, drawn from a seed: the same seed makes the same world.

export interface Chance {
  /** A number in `[0, 1)`. */
  next(): number;
  /** A whole number from 0, less than `end`. */
  below(end: number): number;
}

/** Mulberry32: small, quick, and good enough to choose by. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return { next, below: (end) => Math.floor(next() * end) };
}
