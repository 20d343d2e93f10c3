// What a screen reader is told of tasks: one sentence at a time, not oftener than every two seconds.

import { systemClock } from '../../task/index.ts';

const QUIET_MS = 2_000;
const MOST_AT_ONCE = 3;

export class Announcer {
  #text = $state('');
  #queue: string[] = [];
  #stop: (() => void) | undefined;

  get text(): string {
    return this.#text;
  }

  /** Says a sentence soon; several that wait are said together. */
  say(sentence: string): void {
    this.#queue.push(sentence);
    this.#stop ??= systemClock.timer(() => {
      this.#flush();
    }, 100);
  }

  #flush(): void {
    const more = this.#queue.length - MOST_AT_ONCE;
    this.#text = this.#queue.slice(0, MOST_AT_ONCE).join('. ') + (more > 0 ? `. ${more} more` : '');
    this.#queue = [];
    this.#stop = systemClock.timer(() => {
      this.#stop = undefined;
      if (this.#queue.length > 0) this.#flush();
    }, QUIET_MS);
  }
}
