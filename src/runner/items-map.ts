// A map over many items: which are recorded, which are out, and what is leased next. Chunks grow until each takes
// about a tenth of a second, so that small items cost little and large ones spread over every slot.

import { MOST_CHUNK_ITEMS } from '../store/index.ts';
import type { PlainError, Progress } from '../task/index.ts';

const CHUNK_MS = 100;
const GROWTH = 8;

/** A chunk of items that is out to be worked on. */
export interface Lease {
  from: number;
  count: number;
}

export class ItemsMap {
  readonly name: string;
  readonly handler: string;
  readonly items: readonly unknown[];
  readonly options: unknown;
  readonly results: unknown[];
  readonly #done: Uint8Array;
  readonly #out = new Set<Lease>();
  #doneCount = 0;
  #next = 0;
  #size = 1;
  readonly #ended = Promise.withResolvers<PlainError | undefined>();
  #failed = false;
  #submitted = 0;

  constructor(name: string, handler: string, items: readonly unknown[], options: unknown) {
    this.name = name;
    this.handler = handler;
    this.items = items;
    this.options = options;
    this.results = new Array<unknown>(items.length);
    this.#done = new Uint8Array(items.length);
  }

  get total(): number {
    return this.items.length;
  }

  get done(): number {
    return this.#doneCount;
  }

  /** The items that are out, by index. */
  get working(): number[] {
    return [...this.#out].flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i));
  }

  /** Resolves when every item is recorded, or with the error of the first that failed. */
  get ended(): Promise<PlainError | undefined> {
    if (this.#doneCount === this.total) this.#ended.resolve(undefined);
    return this.#ended.promise;
  }

  get hasMore(): boolean {
    return !this.#failed && this.#seek() < this.total;
  }

  /** Takes in results that an earlier attempt recorded. */
  resume(from: number, results: readonly unknown[]): void {
    this.#submitted += results.length;
    this.recorded(from, results);
  }

  /** Takes in results that were recorded. */
  recorded(from: number, results: readonly unknown[]): void {
    results.forEach((result, i) => {
      if (this.#done[from + i] === 1 || from + i >= this.total) return;
      this.#done[from + i] = 1;
      this.#doneCount += 1;
      this.results[from + i] = result;
    });
    if (this.#doneCount === this.total) this.#ended.resolve(undefined);
  }

  /** The next chunk, or `undefined` when none is left. */
  lease(): Lease | undefined {
    const from = this.#seek();
    if (this.#failed || from >= this.total) return undefined;
    let end = from;
    while (end < this.total && end - from < this.#size && this.#done[end] === 0) end += 1;
    this.#next = end;
    const lease = { from, count: end - from };
    this.#out.add(lease);
    return lease;
  }

  /** A chunk has come back, whole or up to the item that failed. */
  returned(lease: Lease, durationMs: number): void {
    this.#out.delete(lease);
    const perItem = Math.max(durationMs, 0.5) / lease.count;
    this.#size = Math.round(Math.max(1, Math.min(CHUNK_MS / perItem, this.#size * GROWTH, MOST_CHUNK_ITEMS)));
  }

  /** The progress of the map once so many more results are recorded. */
  progressWith(results: number): Progress {
    this.#submitted += results;
    const done = Math.min(this.total, this.#submitted);
    return { percent: Math.floor((done / this.total) * 100), message: `${done} of ${this.total}` };
  }

  fail(reason: PlainError): void {
    this.#failed = true;
    this.#ended.resolve(reason);
  }

  /** The first item that is neither recorded nor out. Items before `#next` are one of the two. */
  #seek(): number {
    while (this.#next < this.total && this.#done[this.#next] === 1) this.#next += 1;
    return this.#next;
  }
}
