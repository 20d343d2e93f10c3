// The engine of this service worker: it answers for the database, and does with no page open what may be done without one.

import { everyTask } from '../src/handlers/index.ts';
import { resumeOnSync } from '../src/runner/index.ts';

/** Registers the listeners of both sync events. */
export const errand = resumeOnSync(everyTask);
