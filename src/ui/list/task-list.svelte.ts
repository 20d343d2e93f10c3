// A live list of tasks, page after page: each page is watched, and the next begins where it ends.

import { untrack } from 'svelte';
import type { Runner, TaskPage } from '../../runner/index.ts';
import type { ListQuery, Task } from '../../task/index.ts';

interface WatchedPage {
  readonly cursor: string | null;
  readonly stop: () => void;
  page: TaskPage | undefined;
}

export class TaskList {
  #runner: Runner;
  #query: ListQuery = {};
  #pages: WatchedPage[] = [];
  #seen = $state.raw<readonly TaskPage[]>([]);
  #tasks = $derived(uniqueTasks(this.#seen));

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  /** How many tasks match, the ones not loaded included; `undefined` until the first page has come. */
  get total(): number | undefined {
    return this.#seen[0]?.total;
  }

  get totalIsLowerBound(): boolean {
    return this.#seen[0]?.totalIsLowerBound ?? false;
  }

  get hasMore(): boolean {
    return (this.#seen.at(-1)?.nextCursor ?? null) !== null;
  }

  /** Begins to watch the first page of a query. Returns what stops it. */
  watch(query: ListQuery): () => void {
    this.#query = query;
    this.#pages = [];
    untrack(() => this.#open(null));
    return () => {
      this.#closeFrom(0);
    };
  }

  /** Loads the next page. */
  more(): void {
    const cursor = this.#pages.at(-1)?.page?.nextCursor ?? null;
    if (cursor !== null) this.#open(cursor);
  }

  #open(cursor: string | null): void {
    const index = this.#pages.length;
    // The first answer may come before `watchList` has returned.
    const watched: WatchedPage = { cursor, page: undefined, stop: () => stop() };
    this.#pages.push(watched);
    const query = cursor === null ? this.#query : { ...this.#query, cursor };
    const stop = this.#runner.watchList(query, (page) => {
      if (this.#pages[index] !== watched) return;
      watched.page = page;
      this.#reanchor(index);
      this.#seen = this.#pages.flatMap((one) => one.page ?? []);
    });
  }

  /** Where a page ends elsewhere than before, the next one begins there. */
  #reanchor(index: number): void {
    const next = this.#pages[index + 1];
    const end = this.#pages[index]?.page?.nextCursor ?? null;
    if (next === undefined || next.cursor === end) return;
    const count = this.#pages.length - index - 1;
    this.#closeFrom(index + 1);
    if (end !== null && count > 0) this.#open(end);
  }

  #closeFrom(index: number): void {
    for (const { stop } of this.#pages.splice(index)) stop();
  }
}

/** While pages move against each other, a task may be on two of them for a moment. */
function uniqueTasks(pages: readonly TaskPage[]): Task[] {
  return [...new Map(pages.flatMap((page) => page.tasks.map((task) => [task.id, task] as const))).values()];
}
