// What the health page shows: asked for once and then kept up to date while it is open.

import { SvelteMap } from 'svelte/reactivity';
import type { Guarantees, Runner, Settings, Stats } from '../../runner/index.ts';
import { type Ended, endedOf } from './measures.ts';

const MOST = 1_000;

export class Health {
  #runner: Runner;
  #guarantees = $state.raw<Guarantees>();
  #settings = $state.raw<Settings>();
  #stats = $state.raw<Stats>();
  #ended = new SvelteMap<string, Ended>();

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  get guarantees(): Guarantees | undefined {
    return this.#guarantees;
  }

  get settings(): Settings | undefined {
    return this.#settings;
  }

  get stats(): Stats | undefined {
    return this.#stats;
  }

  /** The tasks that ended, of the thousand that were made last. */
  get ended(): readonly Ended[] {
    return [...this.#ended.values()];
  }

  /** Asks, and begins to watch. Returns what stops it. */
  start(onerror: (error: unknown) => void): () => void {
    this.#load().catch(onerror);
    const stops = [
      this.#runner.watchStats((stats) => (this.#stats = stats)),
      this.#runner.onFinished((task) => this.#note([task])),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Asks anew what is promised here. */
  async refresh(): Promise<void> {
    [this.#guarantees, this.#settings] = await Promise.all([this.#runner.guarantees(), this.#runner.settings()]);
  }

  async #load(): Promise<void> {
    await this.refresh();
    if (!this.#runner.may('task:list')) return;
    const query = { status: ['completed', 'failed'], sortBy: 'createdAt', sortOrder: 'desc', limit: MOST } as const;
    const { tasks } = await this.#runner.list(query);
    this.#note(tasks);
  }

  #note(tasks: Parameters<typeof endedOf>[0][]): void {
    for (const task of tasks) {
      const ended = endedOf(task);
      if (ended !== undefined) this.#ended.set(ended.id, ended);
    }
  }
}
