// Makes logs by using the product as people do: several tabs, some of which crash; tasks of every kind, retried,
// cancelled and removed; checkpoints now and then.

import type { Runner } from '../../../src/runner/index.ts';
import { Ledger } from '../scenario/ledger.ts';
import type * as Page from '../scenario/page.ts';
import { Story } from '../scenario/story.ts';
import { shapeOf } from '../world/storage/copy.ts';
import type { Script } from '../world/script.ts';
import type { Tab } from '../world/tab.ts';
import { World } from '../world/world.ts';
import { DATABASE, exhibit, type Exhibit, filesOf, pictured } from './exhibit.ts';
import { Truth } from './truth.ts';

const MOST_MOMENTS = 3;
const FAR_OFF = Date.UTC(2034, 0);

/** Logs of one history: after each of its parts, and at the moments when a checkpoint was just written. */
export async function exhibitsOf(scripts: Readonly<Record<string, Script>>, label: string): Promise<Exhibit[]> {
  const [truth, ledger] = [new Truth(), new Ledger()];
  const world = new World({ scripts, witness: (_, ...words) => ledger.witness(...words) });
  world.origin.databases.onCommit = ({ written }) => truth.commit(written);
  const moments = watchCheckpoints(world);
  const exhibits: Exhibit[] = [];
  const picture = async (name: string) => {
    await world.pass(1_000);
    exhibits.push(await pictured(`${label}, ${name}`, world, truth));
  };
  try {
    const first = world.newTab();
    const one = await world.play(open(first));
    await world.play(new Story(one, ledger, (ms) => world.sleep(ms)).tell());
    await picture('a story');
    const two = await world.play(open(world.newTab()));
    await world.play(both(one, two));
    await picture('two tabs');
    first.crash();
    const third = await world.play(open(world.newTab()));
    await world.play(more(third));
    await picture('a crash and a third tab');
    world.crashAll();
    await world.play(open(world.newTab()));
    await picture('a restart');
    const shape = await world.play(shapeOf(world.origin.databases.unwatched, `errand:${DATABASE}`));
    return [...exhibits, ...moments.map((files, i) => exhibit(`${label}, checkpoint ${i}`, shape, truth, files))];
  } finally {
    world.end();
  }
}

function open(tab: Tab): Promise<Runner> {
  return tab.open<typeof Page>('page').openRunner(DATABASE);
}

/** Notes the disk at each moment when a checkpoint is whole, and the files before it are about to go. */
function watchCheckpoints(world: World): Map<string, Uint8Array>[] {
  const moments: Map<string, Uint8Array>[] = [];
  let isGoing = false;
  world.origin.meter.decide = ({ what }) => {
    const goes = what.startsWith(`remove errand/${DATABASE}/log/`);
    if (goes && !isGoing && moments.length < MOST_MOMENTS) moments.push(filesOf(world));
    isGoing = goes;
    return 'done';
  };
  return moments;
}

/** Two tabs at once. */
async function both(one: Runner, two: Runner): Promise<void> {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(ids.map((id, i) => (i % 2 === 0 ? one : two).enqueue('sim.noop', { id }, { id, priority: i })));
  for (const id of ids) await two.wait(id);
  await two.retry('endless');
  await one.cancel('endless');
  await Promise.all([one.remove('b'), two.remove('one')]);
}

async function more(runner: Runner): Promise<void> {
  const payload = { count: 9, text: 'z'.repeat(2_500), note: new File(['more'], 'more.txt') };
  await runner.enqueue('sim.photos', payload, { id: 'more' });
  await runner.enqueue('sim.noop', undefined, { id: 'later', schedule: { at: FAR_OFF } });
  await runner.wait('more');
}
