// What an engine worker has once its database is open: the rooms that its desk sends pages to.

import type { Store } from '../store/index.ts';
import type { Clock, EngineId, TaskDefinition } from '../task/index.ts';
import type { Engine } from './engine.ts';
import type { Intake } from './intake.ts';
import type { Views } from './views.ts';
import type { Watching } from './watching.ts';

export interface Office {
  store: Store;
  engine: Engine;
  engineId: EngineId;
  intake: Intake;
  views: Views;
  watching: Watching;
  defaultSize: number;
  clock: Clock;
  definitions: ReadonlyMap<string, TaskDefinition>;
  newId: () => string;
  /** Tells a page how far a call of its is. */
  progress: (callId: number | null, done: number, total: number) => void;
}
