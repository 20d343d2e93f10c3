// When, and by whom.

export { engineLock, Leadership } from './leader.ts';
export { Wake } from './wake.ts';
