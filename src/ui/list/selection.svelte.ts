// Which tasks are selected: some by name, or all that the list has but for some.

import { SvelteSet } from 'svelte/reactivity';

export class Selection {
  #isAll = $state(false);
  /** The selected; or, where all are, those that are not. */
  #ids = new SvelteSet<string>();

  has(id: string): boolean {
    return this.#isAll !== this.#ids.has(id);
  }

  /** How many are selected, of so many in the list. */
  count(total: number): number {
    return this.#isAll ? Math.max(0, total - this.#ids.size) : this.#ids.size;
  }

  toggle(id: string): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
  }

  /** Selects these, too. */
  add(ids: readonly string[]): void {
    for (const id of ids)
      if (this.#isAll) this.#ids.delete(id);
      else this.#ids.add(id);
  }

  /** Selects whatever the list has, what has yet to be scrolled to included. */
  all(): void {
    this.#isAll = true;
    this.#ids.clear();
  }

  clear(): void {
    this.#isAll = false;
    this.#ids.clear();
  }

  /** As a bulk call is told of it, beside the list's own filter. */
  get named(): { ids: string[] } | { except: string[] } {
    const ids = [...this.#ids];
    return this.#isAll ? { except: ids } : { ids };
  }
}
