// Where it runs.

export { slotHere } from './in-realm.ts';
export { startSlot } from './shell.ts';
