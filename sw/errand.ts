// The engine of this service worker: it answers for the database, and does with no page open what may be done without one.

import { everyTask } from '../src/handlers/index.ts';
import { type Resumed, resumeOnSync } from '../src/runner/index.ts';

const listeners = new Set<(resumed: Resumed) => Promise<void>>();

/** Registers the listeners of both sync events. */
export const errand = resumeOnSync(everyTask, {
  onResumed: async (resumed) => {
    for (const listener of listeners) await listener(resumed);
  },
});

/** Calls back after each slice of work; the event waits for it. */
export function onSlice(listener: (resumed: Resumed) => Promise<void>): void {
  listeners.add(listener);
}
