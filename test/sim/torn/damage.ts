// What can befall a file of the log. Each damage says which of the file's bytes are not what they were.

import type { Chance } from '../world/chance.ts';

export interface Damage {
  kind: string;
  file: string;
  /** From here on, nothing of the file is counted on. */
  from: number;
  /** The file after it; nothing where it is gone. */
  bytes: Uint8Array | undefined;
}

type Kind = (bytes: Uint8Array, drawn: Chance) => Omit<Damage, 'kind' | 'file'>;

const KINDS: Record<string, Kind> = {
  'cut off': (bytes, drawn) => {
    const from = drawn.below(bytes.length + 1);
    return { from, bytes: bytes.slice(0, from) };
  },
  'bits flipped': (bytes, drawn) => changed(bytes, drawn, (byte) => byte ^ (1 << drawn.below(8))),
  'bytes changed': (bytes, drawn) => changed(bytes, drawn, () => drawn.below(256)),
  zeroed: (bytes, drawn) => {
    const [from, to] = [drawn.below(bytes.length), drawn.below(bytes.length)].sort((a, b) => a - b) as [number, number];
    return { from, bytes: bytes.slice().fill(0, from, to + 1) };
  },
  'tail doubled': (bytes, drawn) => {
    const tail = bytes.subarray(drawn.below(bytes.length));
    return { from: bytes.length, bytes: joined(bytes, tail) };
  },
  'garbage at its end': (bytes, drawn) => ({ from: bytes.length, bytes: joined(bytes, garbage(drawn)) }),
  'garbage within': (bytes, drawn) => {
    const from = drawn.below(bytes.length);
    return { from, bytes: joined(bytes.subarray(0, from), garbage(drawn), bytes.subarray(from)) };
  },
  emptied: () => ({ from: 0, bytes: new Uint8Array() }),
  deleted: () => ({ from: 0, bytes: undefined }),
};

/** Damages one file. */
export function damaged(file: string, bytes: Uint8Array, drawn: Chance): Damage {
  const kinds = Object.keys(KINDS);
  const kind = kinds[drawn.below(kinds.length)] ?? '';
  const damage = KINDS[kind]?.(bytes, drawn) ?? { from: bytes.length, bytes };
  return { kind, file, ...damage };
}

function changed(
  bytes: Uint8Array,
  drawn: Chance,
  change: (byte: number) => number,
): { from: number; bytes: Uint8Array } {
  const copy = bytes.slice();
  const places = Array.from({ length: 1 + drawn.below(6) }, () => drawn.below(bytes.length));
  for (const at of places) copy[at] = change(copy[at] ?? 0);
  return { from: Math.min(...places), bytes: copy };
}

function garbage(drawn: Chance): Uint8Array {
  return Uint8Array.from({ length: 1 + drawn.below(300) }, () => drawn.below(256));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
