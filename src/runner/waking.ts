// A service worker's part: it wakes with the network, by Background Sync and periodic sync, and does with no page open what
// may be done there. Where a page's engine lives, that does the work.
// Source: https://wicg.github.io/background-sync/spec/, https://wicg.github.io/periodic-background-sync/

import { ErrandError, systemClock, type TaskDefinition } from '../task/index.ts';
import { openHere, type RunnerHere } from './in-realm.ts';
import type { Resumed } from './resume.ts';
import type { Runner } from './runner.ts';
import { syncTag } from './sync-tag.ts';

export interface ResumeOptions {
  /** The database's name. Default `default`. */
  database?: string;
  /** How long a slice of work may take, in milliseconds. Default 60 seconds: browsers end such events after some minutes. */
  sliceMs?: number;
  /** Called after each slice: a notification may say that the rest waits for a page. The event waits for it. */
  onResumed?: (resumed: Resumed) => void | Promise<void>;
}

/** What a service worker has of Errand. */
export interface ServiceWorkerRunner {
  /**
   * A runner on the same database, in the name of whoever its page has set last: its engine writes, and a page's runs.
   * Rejects with `database-unavailable` or `database-newer`.
   */
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
/** Whoever asked by a request has the answer before anything is looked at. */
const ANSWER_MS = 20;
/** A browser tells of the network, and a page may send its last request, while that is still being closed: it is gone by then. */
const LEAVING_MS = 2_000;

/**
 * Resumes what is pending when the network comes back, and from time to time, with no page open: tasks of those types that
 * say `runsIn: ['worker', 'service-worker']`. Name the others, too: they are checked here, and wait for a page.
 * Call it once, at the top of the service worker's file.
 * @throws ErrandError `invalid-definition` when two definitions share a type.
 * @example resumeOnSync([upload]);
 */
export function resumeOnSync(
  definitions: readonly TaskDefinition[],
  { database = 'default', sliceMs = SLICE_MS, onResumed }: ResumeOptions = {},
): ServiceWorkerRunner {
  const open = opener(definitions, database);
  const slice = async () => {
    await new Promise<void>((resolve) => systemClock.timer(resolve, ANSWER_MS));
    const resumed = await (await open()).resume(sliceMs, (await isLookedAt()) ? 0 : LEAVING_MS);
    await onResumed?.(resumed);
    return resumed;
  };
  const resume = oneAfterAnother(slice);
  const woken = (event: SyncLikeEvent) => {
    if (event.tag === syncTag(database)) event.waitUntil(resumeOrRetry(resume, event.lastChance === true));
  };
  addEventListener('sync', woken as (event: Event) => void);
  addEventListener('periodicsync', woken as (event: Event) => void);
  return { runner: async () => (await open()).asSet(), resume };
}

/** What is asked for while a slice is under way is done in another, which all share who ask meanwhile. */
function oneAfterAnother<T>(slice: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = () => {
    next = undefined;
    const begun = slice().finally(() => {
      if (current === begun) current = undefined;
    });
    return (current = begun);
  };
  return () => (current === undefined ? begin() : (next ??= current.then(begin, begin)));
}

/** Opens the database once; what could not be opened, or was closed since, is opened with the next event. */
function opener(definitions: readonly TaskDefinition[], database: string): () => Promise<RunnerHere> {
  // No global is truth: this one only saves time.
  let opening: Promise<RunnerHere> | undefined;
  const forget = () => (opening = undefined);
  return () =>
    (opening ??= openHere(definitions, database).then(
      (here) => {
        here.runner.onNotice(({ kind }) => {
          if (kind === 'database-closed' || kind === 'engine-lost') forget();
        });
        return here;
      },
      (error: unknown) => {
        forget();
        throw error;
      },
    ));
}

/** Whether a page of this site is in view: such a page stays, and its engine with it. */
async function isLookedAt(): Promise<boolean> {
  const { clients } = globalThis as { clients?: { matchAll(options: object): Promise<readonly object[]> } };
  const windows = (await clients?.matchAll({ type: 'window', includeUncontrolled: true })) ?? [];
  return windows.some((each) => 'visibilityState' in each && each.visibilityState === 'visible');
}

/** What is left is worth another event: the browser makes one where this one fails. */
async function resumeOrRetry(resume: () => Promise<Resumed>, isLastChance: boolean): Promise<void> {
  const { ended, hasMore } = await resume();
  if (hasMore && ended !== 'yielded' && !isLastChance)
    throw new ErrandError('internal', 'There is more to do. The browser is asked to wake this again.');
}
