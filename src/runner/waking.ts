// A service worker's part: it wakes with the network, by Background Sync and periodic sync, and does with no page open what
// may be done there. Where a page's engine lives, that does the work.
// Source: https://wicg.github.io/background-sync/spec/, https://wicg.github.io/periodic-background-sync/

import { ErrandError, type TaskDefinition } from '../task/index.ts';
import { openHere, type RunnerHere } from './in-realm.ts';
import type { Resumed } from './resume.ts';
import type { Runner } from './runner.ts';

export interface ResumeOptions {
  /** The database's name. Default `default`. */
  database?: string;
  /** How long a slice of work may take, in milliseconds. Default 60 seconds: browsers end such events after some minutes. */
  sliceMs?: number;
}

/** What a service worker has of Errand. */
export interface ServiceWorkerRunner {
  /** A runner on the same database, for as long as this service worker lives: its engine writes, and a page's runs. */
  runner(): Promise<Runner>;
  /** Does what can be done here now, unless a page's engine lives. Hand it to `event.waitUntil`. */
  resume(): Promise<Resumed>;
}

/** What the two sync events have in common. */
interface SyncLikeEvent extends ExtendableEvent {
  readonly tag: string;
  readonly lastChance?: boolean;
}

const SLICE_MS = 60_000;

/** What a page registers, so that its service worker is woken for this database. */
export const syncTag = (database: string) => `errand:${database}`;

/**
 * Resumes what is pending when the network comes back, and from time to time, with no page open: the given task types, of
 * those that say `runsIn: ['worker', 'service-worker']`. Call it once, at the top of the service worker's file.
 * @throws ErrandError `invalid-definition` when two definitions share a type.
 * @example resumeOnSync([upload]);
 */
export function resumeOnSync(
  definitions: readonly TaskDefinition[],
  { database = 'default', sliceMs = SLICE_MS }: ResumeOptions = {},
): ServiceWorkerRunner {
  const here = definitions.filter((definition) => definition.runsIn.includes('service-worker'));
  let opening: Promise<RunnerHere> | undefined;
  // What could not be opened is tried again with the next event. No global is truth: this one only saves time.
  const open = () =>
    (opening ??= openHere(here, database).catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  const resume = async () => (await open()).resume(sliceMs);
  const woken = (event: SyncLikeEvent) => {
    if (event.tag === syncTag(database)) event.waitUntil(resumeOrRetry(resume, event.lastChance === true));
  };
  addEventListener('sync', woken as (event: Event) => void);
  addEventListener('periodicsync', woken as (event: Event) => void);
  return { runner: async () => (await open()).runner, resume };
}

/** What is left is worth another event: the browser makes one where this one fails. */
async function resumeOrRetry(resume: () => Promise<Resumed>, isLastChance: boolean): Promise<void> {
  const { ended, hasMore } = await resume();
  const isOver = ended === 'elsewhere' || ended === 'yielded' || (ended === 'done' && !hasMore);
  if (!isOver && !isLastChance)
    throw new ErrandError('internal', 'There is more to do: the browser is asked to come back.');
}
