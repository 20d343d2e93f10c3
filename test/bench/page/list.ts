// The list of 100,000 tasks: how smoothly it scrolls beside a static list of the same rows, and what a search costs.

import { mount, unmount } from 'svelte';
import '../../../src/ui/base.css';
import '../../../src/ui/choices.css';
import '../../../src/ui/tokens.css';
import type { ListPart, Runner } from '../../../src/index.ts';
import { errandDatabase } from './database.ts';
import { both, type First, quantile, type Round, startRunner } from './measure.ts';
import { Raw } from './raw.ts';
import Scene from './Scene.svelte';
import { filledMany } from './scale.ts';

const FRAMES = 300;
const STATIC_ROWS = 2_000;
const FIRST_HITS_MS = 100;
const SEARCH = { search: '77', sortBy: 'createdAt', sortOrder: 'desc' } as const;

/** The slowest hundredth of the frames in which the list goes from its top to its end. */
export async function scroll(first: First): Promise<Round> {
  const runner = await startRunner(await filledMany());
  const round = await both(first, { ours: () => scrollTasks(runner), limit: () => scrollStatic(runner) });
  await runner.close();
  return { scroll: round };
}

/** One search over all tasks, against all their rows at once. */
export async function search(first: First): Promise<Round> {
  const database = await filledMany();
  const raw = new Raw();
  await raw.call('openThere', errandDatabase(database));
  const runner = await startRunner(database);
  await searched(runner);
  let firstHitsMs = 0;
  const whole = await both(first, {
    ours: async () => {
      const { firstMs, wholeMs } = await searched(runner);
      firstHitsMs = firstMs;
      return wholeMs;
    },
    limit: () => raw.call('allRows'),
  });
  await runner.close();
  raw.end();
  return { 'search-first': { ours: firstHitsMs, limit: FIRST_HITS_MS }, 'search-whole': whole };
}

function searched(runner: Runner): Promise<{ firstMs: number; wholeMs: number }> {
  const begun = performance.now();
  let firstMs: number | undefined;
  return new Promise((resolve) => {
    const list = runner.openList(SEARCH, ({ tasks, isWhole }: ListPart) => {
      if (tasks.length > 0) firstMs ??= performance.now() - begun;
      if (!isWhole) return;
      list.close();
      resolve({ firstMs: firstMs ?? NaN, wholeMs: performance.now() - begun });
    });
  });
}

async function scrollTasks(runner: Runner): Promise<number> {
  const app = mount(Scene, { target: document.body, props: { runner } });
  await untilThere('[role=grid][aria-busy=false]');
  const slowest = await topToEnd();
  await unmount(app);
  return slowest;
}

/** The very rows of the list, as many as a page can hold, with nothing behind them. */
async function scrollStatic(runner: Runner): Promise<number> {
  const app = mount(Scene, { target: document.body, props: { runner } });
  await untilThere('[role=grid][aria-busy=false]');
  await untilThere('[role=row] a');
  const rows = [...document.querySelectorAll<HTMLElement>('.row[data-status]')];
  const list = document.createElement('div');
  list.className = document.querySelector('.grid')?.className ?? '';
  for (let n = 0; n < STATIC_ROWS; n++) {
    const row = rows[n % rows.length]?.cloneNode(true) as HTMLElement;
    row.style.position = 'relative';
    row.style.transform = '';
    list.append(row);
  }
  await unmount(app);
  document.body.append(list);
  const slowest = await topToEnd();
  list.remove();
  return slowest;
}

/** Scrolls as far as it goes, an equal way in each frame. Gives the 99th percentile of how long frames took. */
async function topToEnd(): Promise<number> {
  scrollTo(0, 0);
  await frame();
  const way = document.documentElement.scrollHeight - innerHeight;
  const took: number[] = [];
  let last = await frame();
  for (let n = 1; n <= FRAMES; n++) {
    scrollTo(0, (way * n) / FRAMES);
    const now = await frame();
    took.push(now - last);
    last = now;
  }
  return quantile(took, 0.99);
}

function frame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

async function untilThere(selector: string): Promise<void> {
  while (document.querySelector(selector) === null) await frame();
}
