// When, and by whom.

export { engineLock, Leadership } from './leader.ts';
export * from './signals/index.ts';
export { Wake } from './wake.ts';
