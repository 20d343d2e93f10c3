// What comes due while a run is on waits for its turn, or has the run give way: by its schedule's overlap policy.

import { occur, type Store } from '../store/index.ts';
import { type Clock, nextLook } from '../task/index.ts';
import type { Attempt } from './attempt.ts';

/** Looks at the schedule of a running task each time that it may have come due. */
export function watchSchedule(store: Store, clock: Clock, attempt: Attempt): void {
  const at = nextLook(attempt.row, clock.now());
  if (!Number.isFinite(at)) return;
  attempt.cancelLook = clock.timer(
    () => void lookAtSchedule(store, clock, attempt).catch(ignore),
    Math.max(0, at - clock.now()),
  );
}

/** Looks at it now: its time has come, or what triggers it has happened. */
export async function lookAtSchedule(store: Store, clock: Clock, attempt: Attempt): Promise<void> {
  const state = await store.do(occur(attempt.row, attempt.claim.token));
  if (state?.claim === undefined || attempt.over) return;
  attempt.row = state.row;
  watchSchedule(store, clock, attempt);
}

function ignore(): void {
  // The claim was lost, or the database is away for a moment: the end of the run looks again.
}
