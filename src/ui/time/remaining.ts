// How long it will still take, from how fast it went of late.

/** A moment at which so many were done. */
interface Sample {
  at: number;
  done: number;
}

const WINDOW_MS = 30_000;
const LEAST_MS = 2_000;

/** Estimates the time that remains. Feed it each change of `done`. */
export class Remaining {
  #samples: Sample[] = [];

  /** Notes how many are done at an instant. A smaller number than before starts the estimate anew. */
  note(done: number, at: number): void {
    const last = this.#samples.at(-1);
    if (done === last?.done) return;
    if (last !== undefined && (done < last.done || at < last.at)) this.#samples = [];
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > WINDOW_MS) this.#samples.shift();
  }

  /** Milliseconds that remain for `left` more, or `undefined` while there is too little to go by. */
  estimate(left: number, now: number): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return undefined;
    const each = (last.at - first.at) / (last.done - first.done);
    return Math.max(0, left * each - (now - last.at));
  }
}
