// The time that relative times are read against. It ticks only while something on the page reads it.

import { createSubscriber } from 'svelte/reactivity';
import { systemClock } from '../../task/index.ts';

const TICK_MS = 1_000;

class Now {
  #subscribe = createSubscriber((update) => {
    let stop = systemClock.timer(tick, TICK_MS);
    function tick(): void {
      update();
      stop = systemClock.timer(tick, TICK_MS);
    }
    return () => {
      stop();
    };
  });

  /** Milliseconds since 1970; read in a component, it is read again each second. */
  get ms(): number {
    this.#subscribe();
    return systemClock.now();
  }
}

export const now = new Now();
