// What an engine is doing, and how many slots it may have.

import { ErrandError } from '../task/index.ts';
import type { Office } from './office.ts';
import type { EngineStatus } from './runner.ts';

const LEAST_SLOTS = 2;
const MOST_SLOTS = 10;
const MOST_CONCURRENT = 64;

export function statusOf({ engine, engineId, store, definitions }: Office): EngineStatus {
  const taskOf = (jobId: number | undefined) =>
    [...engine.running.values()].find(
      (attempt) => attempt.jobId === jobId || [...attempt.helpers].some((each) => each.jobId === jobId),
    );
  return {
    engineId,
    leads: engine.leads,
    slots: engine.pool.slots.map((slot) => ({
      id: slot.id,
      state: slot.state === 'dead' ? 'ending' : slot.state,
      taskId: taskOf(slot.job ?? slot.items)?.row.id ?? null,
    })),
    maxConcurrent: engine.pool.size,
    files: store.files.kind,
    log: store.logState,
    logProvenAt: store.logProvenAt ?? null,
    signals: Object.fromEntries(engine.lookout.device.signals),
    types: [...definitions.values()].map(({ type, version, effects, runsIn, description = null }) => ({
      type,
      version,
      effects,
      runsIn: [...runsIn],
      description,
    })),
  };
}

/** The number of cores, at least 2, at most 10. */
export function defaultSlots(): number {
  return Math.min(MOST_SLOTS, Math.max(LEAST_SLOTS, navigator.hardwareConcurrency));
}

export function checkSlots(slots: number): number {
  if (Number.isInteger(slots) && slots >= 1 && slots <= MOST_CONCURRENT) return slots;
  const message = `maxConcurrent must be a whole number from 1 to ${MOST_CONCURRENT}`;
  throw new ErrandError('invalid-request', message, { field: 'maxConcurrent' });
}
