// When, and by whom.

export { Leadership } from './leader.ts';
export { type Sleeper, Wake } from './wake.ts';
