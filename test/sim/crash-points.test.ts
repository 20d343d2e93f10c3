// Crash points, one by one: the same story is told again and again, and each time something else befalls it, at each of
// its operations on storage. ERRAND_CRASH_POINTS=all tells it for every point, ERRAND_CRASH_POINTS=180 for what befalls
// that operation alone; else an even spread of them is taken.

import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsAbout } from './scenario/history.ts';
import { MODES, type Mode, type Point, TAIL_MODES } from './scenario/modes.ts';
import { scriptsOf } from './scenario/scripts.ts';
import type { Script } from './world/script.ts';
import type { Op } from './world/storage/meter.ts';

const WANTED = process.env.ERRAND_CRASH_POINTS;
const LONG_MS = 1_800_000;
/** So many points are taken of each mode: the engines' own files are what nearly all engines have. */
const FILES = [
  { title: 'with files that are appended to', looseFiles: false, modes: MODES, spread: 24 },
  { title: 'with tails in a storage bucket', looseFiles: true, modes: [...MODES, ...TAIL_MODES], spread: 8 },
];

let scripts: Readonly<Record<string, Script>>;

beforeAll(async () => {
  scripts = await scriptsOf();
}, LONG_MS);

/** What the story does to storage when nothing befalls it. */
async function opsOf(order: { shuffled?: true; seed?: number; looseFiles?: boolean }): Promise<Op[]> {
  const done: Op[] = [];
  const note = (op: Op) => {
    done.push(op);
    return 'done' as const;
  };
  expect(await complaintsAbout({ scripts, mostFailures: 1, decide: note, ...order })).toEqual([]);
  return done;
}

/** All, one operation's, or so many, evenly spread, the first and the last included. */
function chosen(points: readonly Point[], spread: number): Point[] {
  if (WANTED === 'all') return [...points];
  if (WANTED !== undefined) return points.filter(({ k }) => k === Number(WANTED));
  const last = points.length - 1;
  const places = new Set(Array.from({ length: spread }, (_, i) => Math.round((i * last) / (spread - 1))));
  return points.filter((_, i) => places.has(i));
}

async function complaintsAt(mode: Mode, point: Point, looseFiles: boolean): Promise<string[]> {
  const complaints = await complaintsAbout({ scripts, looseFiles, ...mode.setup(point) });
  return complaints.map((complaint) => `at ${point.k}, ${point.what}: ${complaint}`);
}

describe.each(FILES)('a story of three tasks, $title', ({ looseFiles, modes, spread }) => {
  let ops: Op[] = [];

  beforeAll(async () => {
    ops = await opsOf({ looseFiles });
  }, LONG_MS);

  test('does the same each time, and with another seed something else', async () => {
    const whats = (all: readonly Op[]) => all.map(({ what }) => what);
    expect(whats(await opsOf({ looseFiles }))).toEqual(whats(ops));
    const shuffled = whats(await opsOf({ looseFiles, shuffled: true, seed: 7 }));
    expect(whats(await opsOf({ looseFiles, shuffled: true, seed: 7 }))).toEqual(shuffled);
    expect(whats(await opsOf({ looseFiles, shuffled: true, seed: 8 }))).not.toEqual(shuffled);
  });

  for (const mode of modes) {
    test(mode.title, { timeout: LONG_MS }, async () => {
      const points = mode.points(ops);
      const taken = chosen(points, spread);
      const complaints: string[] = [];
      for (const point of taken) complaints.push(...(await complaintsAt(mode, point, looseFiles)));
      console.info(`${mode.title}: ${taken.length} of ${points.length} points, ${ops.length} operations`);
      expect(complaints).toEqual([]);
    });
  }
});
