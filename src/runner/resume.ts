// Does what can be done here and now, for as long as it may: what a service worker does with no page open. It ends in time,
// with all that was recorded kept, and makes way for a page's engine as soon as one is there.

import type { Office } from './office.ts';

/** How it ended, and whether there is more to do. */
export interface Resumed {
  /**
   * `done`: nothing is left that can be done here now. `elsewhere`: a page's engine lives, and does it. `yielded`: one
   * came. `timed-out`: the time was over.
   */
  ended: 'done' | 'elsewhere' | 'yielded' | 'timed-out';
  /** Something comes due before long: to be woken again is worth while. */
  hasMore: boolean;
}

const LOOK_MS = 100;
/** What comes due so soon is waited for. */
const SOON_MS = 5_000;
/** A browser that is asked to come back does so some minutes later. */
const BEFORE_LONG_MS = 1_800_000;
/** An engine that leads has looked by then. */
const SETTLE_MS = 1_500;

export async function resume(office: Office, forMs: number): Promise<Resumed> {
  const { engine, engineId, clock } = office;
  const living = await engine.leadership.living();
  living.delete(engineId);
  if (living.size > 0) return resumed(office, 'elsewhere');
  const endsAt = clock.now() + forMs;
  engine.seekLead();
  const ended = await untilOver(office, endsAt);
  await engine.stepAside();
  return resumed(office, ended);
}

async function untilOver({ engine, store, clock }: Office, endsAt: number): Promise<Resumed['ended']> {
  let quietSince: number | undefined;
  for (;;) {
    await new Promise<void>((resolve) => clock.timer(resolve, LOOK_MS));
    const now = clock.now();
    if (now >= endsAt) return 'timed-out';
    if (await engine.leadership.isWanted()) return 'yielded';
    const isIdle = engine.leads && engine.running.size === 0 && !engine.claimer.hasWork;
    const isQuiet = isIdle && (await store.nextDue()) > now + SOON_MS;
    quietSince = isQuiet ? (quietSince ?? now) : undefined;
    if (quietSince !== undefined && now - quietSince >= SETTLE_MS) return 'done';
  }
}

async function resumed({ store, clock }: Office, ended: Resumed['ended']): Promise<Resumed> {
  return { ended, hasMore: (await store.nextDue()) < clock.now() + BEFORE_LONG_MS };
}
