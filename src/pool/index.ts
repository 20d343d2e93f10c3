// Which slot.

export { Pool, type PoolSetup } from './pool.ts';
export * from './protocol.ts';
export { Slot, SlotDied, type SlotState } from './slot.ts';
