// When, and by whom.

export { Leadership } from './leader.ts';
export { Wake } from './wake.ts';
