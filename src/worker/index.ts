// Where it runs.

export type { Host } from './host.ts';
export { perform, performItems } from './perform.ts';
export { startSlot } from './shell.ts';
