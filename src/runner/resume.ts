// Does what can be done here and now, for as long as it may: what a service worker does with no page open. It ends in time,
// with all that was recorded kept, and makes way for a page's engine as soon as one is there.

import { signedIn } from '../store/index.ts';
import { isFinal, parseLane } from '../task/index.ts';
import type { Office } from './office.ts';

/** How it ended, and whether there is more to do. */
export interface Resumed {
  /**
   * `done`: nothing is left that can be done here now. `elsewhere`: a page's engine lives, and does it. `yielded`: one
   * came. `timed-out`: the time was over.
   */
  ended: 'done' | 'elsewhere' | 'yielded' | 'timed-out';
  /** Something is left for here, or comes due before long: to be woken again is worth while. */
  hasMore: boolean;
  /** So many ready tasks wait for a page. */
  forPage: number;
  /** What has ended meanwhile; nothing where a page did it. */
  finished: { id: string; name: string; status: 'completed' | 'failed' | 'cancelled' }[];
}

const LOOK_MS = 100;
/** What comes due so soon is waited for. */
const SOON_MS = 5_000;
/** A browser that is asked to come back does so some minutes later. */
const BEFORE_LONG_MS = 1_800_000;
/** An engine that leads has looked by then. */
const SETTLE_MS = 1_500;
/** What is under way may end, as long as nobody waits for it for more than a moment. */
const YIELD_MS = 1_000;
const MOST_GRACE_MS = 30_000;

/** `leavingMs`: a page that is being closed may take so long. */
export async function resume(office: Office, forMs: number, leavingMs: number): Promise<Resumed> {
  const { engine, clock } = office;
  const beganAt = clock.now();
  const endsAt = clock.elapsed() + forMs;
  if (await othersStay(office, leavingMs)) return resumed(office, 'elsewhere', Infinity);
  // Nobody is there to sign in; but a server that let nobody in, or the network in its place, may be another one by now.
  await office.store.do(signedIn());
  engine.seekLead();
  const ended = await untilOver(office, endsAt);
  await engine.stepAside(ended === 'timed-out' ? Math.min(forMs / 2, MOST_GRACE_MS) : YIELD_MS);
  return resumed(office, ended, beganAt);
}

async function othersStay({ engine, clock }: Office, leavingMs: number): Promise<boolean> {
  const until = clock.elapsed() + leavingMs;
  for (;;) {
    await engine.neighbours.meet();
    if (!engine.neighbours.areThere) return false;
    if (clock.elapsed() >= until) return true;
    await new Promise<void>((resolve) => clock.timer(resolve, LOOK_MS));
  }
}

async function untilOver({ engine, store, clock }: Office, endsAt: number): Promise<Resumed['ended']> {
  let quietSince: number | undefined;
  for (;;) {
    await new Promise<void>((resolve) => clock.timer(resolve, LOOK_MS));
    const now = clock.elapsed();
    if (now >= endsAt) return 'timed-out';
    if (await engine.leadership.isWanted()) return 'yielded';
    const isIdle = engine.leads && engine.running.size === 0 && !engine.claimer.hasWork;
    const isQuiet = isIdle && (await store.nextDue()) > clock.now() + SOON_MS;
    quietSince = isQuiet ? (quietSince ?? now) : undefined;
    if (quietSince !== undefined && now - quietSince >= SETTLE_MS) return 'done';
  }
}

async function resumed(office: Office, ended: Resumed['ended'], beganAt: number): Promise<Resumed> {
  const { store, clock, engine, definitions } = office;
  const { head } = await store.standing();
  const left = { here: 0, page: 0 };
  for (const [lane, standing] of head.lanes) {
    const parsed = parseLane(lane);
    const kinds = Array.from(engine.gate.reasons(parsed), ({ kind }) => kind);
    const isForHere = definitions.get(parsed.type)?.runsIn.includes('service-worker') === true;
    // For what a person has to do something about it is no use to come back.
    if (isForHere && kinds.every((kind) => kind === 'constraint' || kind === 'limit')) left.here += standing;
    if (kinds.length > 0 && kinds.every((kind) => kind === 'page')) left.page += standing;
  }
  const isSoon = (await store.nextDue()) < clock.now() + BEFORE_LONG_MS;
  const finished = Number.isFinite(beganAt) ? await finishedSince(office, beganAt) : [];
  return { ended, hasMore: isSoon || left.here > 0, forPage: left.page, finished };
}

async function finishedSince({ views }: Office, instant: number): Promise<Resumed['finished']> {
  const tasks = await views.finishedSince(instant);
  return tasks.flatMap(({ id, name, status }) => (isFinal(status) ? [{ id, name, status }] : []));
}
