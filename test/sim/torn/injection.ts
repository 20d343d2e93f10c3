// One injection: a damaged log, a database that is there, gone or set back, and a start.

import type { Recovery } from '../../../src/store/index.ts';
import type * as Page from '../scenario/page.ts';
import { claimed, tablesOf } from '../scenario/tables.ts';
import { chance, type Chance } from '../world/chance.ts';
import type { Script } from '../world/script.ts';
import { fill } from '../world/storage/copy.ts';
import { World } from '../world/world.ts';
import { damaged, type Damage } from './damage.ts';
import { DATABASE, type Exhibit } from './exhibit.ts';
import { Floor, untrue, wrongRows } from './expect.ts';
import type * as Opened from './store.ts';
import { TABLES_BUT_META } from './truth.ts';

type State = 'deleted' | 'set back' | 'whole';
const OPENING_MS = 60_000;
const GOING_ON_MS = 120_000;
/** One has no end, the other is not due for years. */
const MAY_GO_ON = ['endless', 'later'];
const STATES: readonly State[] = ['deleted', 'set back', 'whole'];

export interface Injected {
  what: string;
  complaints: string[];
  recovery: Recovery | undefined;
}

/** Damages a log by a seed, and opens the database. */
export function inject(store: Script, exhibits: readonly Exhibit[], seed: number): Promise<Injected> {
  return onDamaged({ store }, exhibits, seed, async (world, { exhibit, damages, seq }) => {
    const { recovery } = await world.play(world.newTab().open<typeof Opened>('store').openStore(DATABASE), OPENING_MS);
    const tables = await tablesOf(world, DATABASE);
    const rows = new Map(TABLES_BUT_META.map((table) => [table, tables[table]] as const));
    const wrong = wrongRows(exhibit, new Floor(exhibit, damages, seq), rows);
    return { recovery, complaints: [...wrong, ...(recovery?.isWhole === true ? untrue(exhibit, rows) : [])] };
  });
}

/** Damages a log by a seed, and lets a tab go on with what comes back. */
export function goOn(
  scripts: { page: Script; tasks: Script },
  exhibits: readonly Exhibit[],
  seed: number,
): Promise<Injected> {
  return onDamaged(scripts, exhibits, seed, async (world) => {
    await world.play(world.newTab().open<typeof Page>('page').openRunner(DATABASE), OPENING_MS);
    await world.pass(GOING_ON_MS);
    const tables = await tablesOf(world, DATABASE);
    const running = claimed(tables);
    const stuck = tables.tasks.filter(({ id, status }) => status === 'pending' && !MAY_GO_ON.includes(id));
    const complaints = stuck.map(({ id }) => `${id} ${running.includes(id) ? 'runs' : 'waits'} and waits`);
    return { recovery: undefined, complaints };
  });
}

interface Case {
  exhibit: Exhibit;
  damages: Damage[];
  /** The commit that the database is at. */
  seq: number;
}

async function onDamaged(
  scripts: Readonly<Record<string, Script>>,
  exhibits: readonly Exhibit[],
  seed: number,
  look: (world: World, damaged: Case) => Promise<Omit<Injected, 'what'>>,
): Promise<Injected> {
  const drawn = chance(seed);
  const exhibit = exhibits[drawn.below(exhibits.length)];
  if (exhibit === undefined) throw new Error('There is nothing to damage.');
  const damages = damagesTo(exhibit, drawn);
  const state = STATES[drawn.below(STATES.length)] ?? 'deleted';
  const seq = state === 'deleted' ? 0 : state === 'whole' ? exhibit.seq : drawn.below(exhibit.seq) + 1;
  const kinds = damages.map(({ kind, file, from }) => `${file.split('/').pop() ?? ''} ${kind} at ${from}`).join(', ');
  const what = `seed ${seed}: ${exhibit.name}; database ${state} (${seq} of ${exhibit.seq}); ${kinds}`;
  const world = new World({ scripts, seed });
  try {
    for (const [path, bytes] of exhibit.files) world.origin.disk.put(path, bytes, 0);
    for (const { file, bytes } of damages) place(world, file, bytes);
    const { unwatched } = world.origin.databases;
    const rows = withClaims(exhibit.truth.at(seq));
    if (state !== 'deleted') await world.play(fill(unwatched, exhibit.shape, rows));
    return { what, ...(await look(world, { exhibit, damages, seq })) };
  } catch (error) {
    return { what, recovery: undefined, complaints: [`the start fails: ${String(error)}`] };
  } finally {
    world.end();
  }
}

/** One file is damaged, as a rule; now and then several are. */
function damagesTo(exhibit: Exhibit, drawn: Chance): Damage[] {
  const files = [...exhibit.entries.keys()];
  const count = drawn.below(4) === 0 ? 1 + drawn.below(files.length) : 1;
  const chosen = Array.from({ length: count }, () => files.splice(drawn.below(files.length), 1)[0] ?? '');
  return chosen.map((file) => damaged(file, exhibit.files.get(file) ?? new Uint8Array(), drawn));
}

function place(world: World, path: string, bytes: Uint8Array | undefined): void {
  const { disk } = world.origin;
  if (bytes !== undefined) disk.put(path, bytes, 0);
  else disk.folder(path.slice(0, path.lastIndexOf('/'))).entries.delete(path.slice(path.lastIndexOf('/') + 1));
}

/** The row of all claims is there from the beginning, though no commit had to change it. */
function withClaims(tables: Map<string, object[]>): Map<string, object[]> {
  const meta = tables.get('meta') ?? [];
  const isThere = meta.some((row) => Reflect.get(row, 'key') === 'claims');
  return isThere ? tables : tables.set('meta', [...meta, { key: 'claims', batches: [] }]);
}
