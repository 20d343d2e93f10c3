// Where it runs.

export { startSlot } from './shell.ts';
