// Does the page stay smooth at full rate, with the list open? Measured by a timer that is late when the thread is busy.

import type { Runner, Task } from '../../../src/index.ts';
import { both, type First, noops, onFreshDatabases, quantile, type Round, untilSettled } from './measure.ts';
import { Raw } from './raw.ts';

const LOOK_MS = 4_000;
const TICK_MS = 4;
const AT_ONCE = 2_000;
/** What slots that run no-ops take of a core. */
const SLOTS_SHARE = 0.2;

export function smooth(first: First): Promise<Round> {
  return onFreshDatabases(async ({ runner, raw }) => ({
    smooth: await both(first, { ours: () => atFullRate(runner), limit: () => idleBesideLoad(raw) }),
  }));
}

async function atFullRate(runner: Runner): Promise<number> {
  const list = document.getElementById('list');
  const stop = runner.watchList({ limit: 20 }, ({ tasks }) => list?.replaceChildren(...tasks.map(rowOf)));
  const end = performance.now() + LOOK_MS;
  const late = lateness(LOOK_MS);
  while (performance.now() < end) await untilSettled(runner, await noops(runner, AT_ONCE));
  stop();
  list?.replaceChildren();
  return late;
}

/** One thread writes to IndexedDB as fast as it goes, as the engine does; another computes, in place of the slots. */
async function idleBesideLoad(raw: Raw): Promise<number> {
  const slots = new Raw();
  const late = lateness(LOOK_MS);
  await Promise.all([raw.call('burn', LOOK_MS), slots.call('compute', LOOK_MS, SLOTS_SHARE), late]);
  slots.end();
  return late;
}

/** How late a timer of a few milliseconds comes, at worst but for one in a hundred, in milliseconds. */
async function lateness(forMs: number): Promise<number> {
  const late: number[] = [];
  const end = performance.now() + forMs;
  for (let due = performance.now() + TICK_MS; due < end; due = performance.now() + TICK_MS) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    late.push(Math.max(0, performance.now() - due));
  }
  return quantile(late, 0.99);
}

function rowOf({ name, status, id, createdAt, progress }: Task): HTMLElement {
  const row = document.createElement('li');
  row.textContent = `${name} · ${status} · ${progress.percent} % · ${new Date(createdAt).toLocaleTimeString()} · ${id}`;
  return row;
}
