// Notices that a handler gives no sign of life any more, be it that it hangs, or that it leaves its event loop no room.

import type { Clock } from '../task/index.ts';

/** Signs of life are gathered where they are given: one that is on its way is waited for. */
const PATIENCE = 1.25;
/** A timer that is later than this was not kept by a machine that was awake. */
const ASLEEP_MS = 1_000;

/** Calls `silent` once the attempt has given no sign of life for so long. The returned function ends the watch. */
export function watchForSilence(
  attempt: { beatAt: number },
  heartbeatMs: number,
  clock: Clock,
  silent: () => void,
): () => void {
  const longest = heartbeatMs * PATIENCE;
  let cancel: () => void = () => undefined;
  const watch = (ms: number) => {
    const until = clock.now() + ms;
    cancel = clock.timer(() => {
      const now = clock.now();
      // While the machine slept, nobody could give a sign; nor can a clock be trusted that was set back.
      if (now - until > ASLEEP_MS || now < attempt.beatAt) attempt.beatAt = now;
      const left = attempt.beatAt + longest - now;
      if (left > 0) watch(left);
      else silent();
    }, ms);
  };
  attempt.beatAt = clock.now();
  watch(longest);
  return () => {
    cancel();
  };
}
