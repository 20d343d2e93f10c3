// One worker file, two roles: started by a page it is the engine; started by an engine it is a slot.

import * as Comlink from 'comlink';
import { SLOT_NAME } from '../pool/index.ts';
import { ErrandError, systemClock, type TaskDefinition } from '../task/index.ts';
import { startSlot } from '../worker/index.ts';
import { Desk } from './desk.ts';

/**
 * Runs the given task types in this worker. Call it once, at the top of the worker's file.
 * @throws ErrandError `invalid-definition` when two definitions share a type.
 * @example serve([resize, upload]);
 */
export function serve(definitions: readonly TaskDefinition[]): void {
  const served = byType(definitions);
  if (self.name === SLOT_NAME) startSlot(served, systemClock);
  else Comlink.expose(new Desk({ definitions: served, clock: systemClock, spawn }));
}

/** Throws `invalid-definition` when two definitions share a type. */
export function byType(definitions: readonly TaskDefinition[]): ReadonlyMap<string, TaskDefinition> {
  const found = new Map<string, TaskDefinition>();
  for (const definition of definitions) {
    const { type } = definition;
    if (found.has(type))
      throw new ErrandError('invalid-definition', `Two definitions share the type ${type}.`, { type });
    found.set(type, definition);
  }
  return found;
}

/** The same file again: a bundler needs to see one `new Worker` only, the page's. */
function spawn(): Worker {
  return new Worker(self.location.href, { type: 'module', name: SLOT_NAME });
}
