// The photos of one batch: those on the screen, each with its state, kept fresh while they change.

import type { ItemView } from '../../runner/index.ts';
import { systemClock } from '../../task/index.ts';
import type { TaskView } from '../detail/task-view.svelte.ts';
import { filesOf, type Photo, photoOf } from './photo.ts';

/** Oftener would redraw faster than anybody reads. */
const REFRESH_MS = 200;

export class Batch {
  #view: TaskView;
  #items = $state.raw<ReadonlyMap<number, ItemView>>(new Map());
  #span = { from: 0, limit: 0, revision: '' };
  #busy = false;
  #again = false;
  #files = $derived.by(() => filesOf(this.#view.payload));
  #total = $derived.by(() => this.#view.map?.items?.total ?? this.#files.length);

  constructor(view: TaskView) {
    this.#view = view;
  }

  get total(): number {
    return this.#total;
  }

  get done(): number {
    const status = this.#view.task?.status;
    return this.#view.map?.items?.done ?? (status === 'completed' ? this.#total : 0);
  }

  /** Changes whenever items may have changed. */
  get revision(): string {
    const items = this.#view.map?.items;
    return `${this.#view.map?.name}/${items?.done}/${items?.working.join()}/${this.#view.task?.runId}`;
  }

  /** The photos from an index on, as far as they are known. */
  photos(from: number, limit: number): Photo[] {
    const working = new Set(this.#view.map?.items?.working);
    return Array.from({ length: limit }, (_, offset) => {
      const index = from + offset;
      const known = this.#items.get(index);
      const item = known?.status !== 'done' && working.has(index) ? ({ index, status: 'working' } as const) : known;
      return photoOf(index, item, this.#files[index]);
    });
  }

  /** Asks for the items of a span when it or their revision has changed, but never twice at once. */
  async show(span: { from: number; limit: number; revision: string }): Promise<void> {
    if (span.revision === this.#span.revision && span.from === this.#span.from && span.limit === this.#span.limit)
      return;
    this.#span = span;
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#again) {
      this.#again = false;
      await this.#fetch();
      await new Promise<void>((resolve) => systemClock.timer(resolve, REFRESH_MS));
    }
    this.#busy = false;
  }

  async #fetch(): Promise<void> {
    const { task, map, runner } = { task: this.#view.task, map: this.#view.map, runner: this.#view.runner };
    if (task === undefined || map === undefined || this.#span.limit === 0) return;
    const items = await runner
      .items(task.id, map.name, { from: this.#span.from, limit: this.#span.limit })
      .catch(() => []);
    this.#items = new Map(items.map((item) => [item.index, item]));
  }
}
