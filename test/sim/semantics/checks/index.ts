// Everything that is checked once a history has come to its end. Each complaint is one sentence.

import type { Disk } from '../disk.ts';
import type { End } from '../ending.ts';
import type { Facts } from '../facts.ts';
import { interruptedIsFree, neverTwice, oneEngine, underClaim, withinLimits } from './attempts.ts';
import { Calls } from './calls.ts';
import { heldBack, stepsHeldBack } from './held.ts';
import { manyAtOnce, neverLost, onlyFinishedRetire, refusedWhole } from './kept.ts';
import { inOrder } from './order.ts';
import { asMeant, asOften } from './outcomes.ts';
import { recordedOnce } from './recorded.ts';
import { guestsSeeTheirOwn, watchersAreToldInTheEnd } from './seen.ts';
import { childrenAreThere, databaseIsThere, dependenciesAreTold, sleepsLast } from './told.ts';

export interface Known extends End {
  facts: Facts;
  disk: Disk;
  calls: Calls;
}

const CHECKS: readonly ((known: Known) => string[])[] = [
  neverLost,
  refusedWhole,
  databaseIsThere,
  manyAtOnce,
  onlyFinishedRetire,
  guestsSeeTheirOwn,
  watchersAreToldInTheEnd,
  recordedOnce,
  oneEngine,
  neverTwice,
  interruptedIsFree,
  underClaim,
  withinLimits,
  heldBack,
  stepsHeldBack,
  inOrder,
  asMeant,
  asOften,
  dependenciesAreTold,
  childrenAreThere,
  sleepsLast,
];

export function brokenAtEnd(seen: Omit<Known, 'calls'>): string[] {
  const known = { ...seen, calls: new Calls(seen.facts) };
  return CHECKS.flatMap((check) => check(known));
}
