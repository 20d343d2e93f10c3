// What a screen reader is told of tasks: one sentence at a time, not oftener than every two seconds.

import { systemClock } from '../../task/index.ts';

const TOGETHER_MS = 100;
const QUIET_MS = 2_000;
const MOST_AT_ONCE = 3;

export class Announcer {
  #text = $state('');
  #queue: string[] = [];
  #isQuiet = true;

  get text(): string {
    return this.#text;
  }

  /** Says a sentence soon; several that wait are said together. */
  say(sentence: string): void {
    this.#queue.push(sentence);
    if (this.#isQuiet) systemClock.timer(() => this.#flush(), TOGETHER_MS);
    this.#isQuiet = false;
  }

  #flush(): void {
    const more = this.#queue.length - MOST_AT_ONCE;
    this.#text = this.#queue.slice(0, MOST_AT_ONCE).join('. ') + (more > 0 ? `. ${more} more` : '');
    this.#queue = [];
    systemClock.timer(() => {
      if (this.#queue.length > 0) this.#flush();
      else this.#isQuiet = true;
    }, QUIET_MS);
  }
}
