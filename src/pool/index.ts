// Which slot.

export { Pool } from './pool.ts';
export * from './protocol.ts';
export { Slot, SlotDied, type Thread } from './slot.ts';
