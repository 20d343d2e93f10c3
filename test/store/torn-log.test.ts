// Torn and damaged logs: of real traffic, damaged in every way there is, with the database gone, set back or whole.
// Whatever is made again is made of rows that were committed, and of all that lies before the damage in each file.

import { beforeAll, describe, expect, test } from 'vitest';
import { scriptsOf, SMALL } from '../sim/scenario/scripts.ts';
import type { Exhibit } from '../sim/torn/exhibit.ts';
import { goOn, inject } from '../sim/torn/injection.ts';
import { exhibitsOf } from '../sim/torn/traffic.ts';
import { type Script, scriptOf } from '../sim/world/script.ts';

const INJECTIONS = Number(process.env.ERRAND_INJECTIONS ?? 2_000);
const FIRST_SEED = Number(process.env.ERRAND_SEED ?? 1);
/** So many times less often the tasks are let run, too. */
const GONE_ON = 20;
const LONG_MS = 600_000;

const file = (path: string) => new URL(path, import.meta.url);
let store: Script;
let tabs: { page: Script; tasks: Script };
let exhibits: Exhibit[] = [];

beforeAll(async () => {
  tabs = await scriptsOf();
  const { page, tasks } = tabs;
  const patient = await scriptOf(file('../sim/scenario/tasks.worker.ts'), {
    ...SMALL,
    LEAST_BYTES: Number.MAX_SAFE_INTEGER,
  });
  store = await scriptOf(file('../sim/torn/store.ts'), SMALL);
  exhibits = [
    ...(await exhibitsOf({ page, tasks }, 'often compacted')),
    ...(await exhibitsOf({ page, tasks: patient }, 'never compacted')),
  ];
}, LONG_MS);

describe('a damaged log', () => {
  test('was made of traffic of every kind', () => {
    const tables = new Set(exhibits.flatMap(({ truth, seq }) => [...truth.at(seq).keys()]));
    expect([...tables].sort()).toEqual([
      'chunks',
      'files',
      'logs',
      'meta',
      'runs',
      'steps',
      'tasks',
      'trash',
      'values',
    ]);
    const engines = (exhibit: Exhibit) =>
      new Set([...exhibit.entries.keys()].map((path) => path.replace(/\.\d+$/, ''))).size;
    expect(Math.max(...exhibits.map(engines))).toBeGreaterThan(3);
  });

  test(
    'promise 1 gives rows that were committed, none older than it must be, and never keeps a start from its end',
    { timeout: LONG_MS },
    async () => {
      const complaints: string[] = [];
      const kinds = new Map<string, number>();
      for (let seed = FIRST_SEED; seed < FIRST_SEED + INJECTIONS; seed++) {
        const { what, complaints: found, recovery } = await inject(store, exhibits, seed);
        if (found.length > 0) complaints.push(`${what}: ${found.slice(0, 3).join('; ')}`);
        const kind =
          recovery === undefined ? 'nothing to do' : `${recovery.kind}${recovery.isWhole ? '' : ', not whole'}`;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      console.info(`${INJECTIONS} injections into ${exhibits.length} logs:`, Object.fromEntries(kinds));
      expect(complaints).toEqual([]);
    },
  );

  test('promise 2 lets whatever comes back come to its end', { timeout: LONG_MS }, async () => {
    const complaints: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + INJECTIONS / GONE_ON; seed++) {
      const { what, complaints: found } = await goOn(tabs, exhibits, seed);
      if (found.length > 0) complaints.push(`${what}: ${found.slice(0, 3).join('; ')}`);
    }
    expect(complaints).toEqual([]);
  });
});
