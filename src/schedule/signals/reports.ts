// What the tabs of a database say, made into one. A report that is no longer fresh counts for nothing: its page may have
// died without a word, and what it said is unknown.

import type { SignalName } from '../../task/index.ts';
import type { CustomSignal, Report } from './message.ts';

/** A hidden page's timers fire once a minute, and one heartbeat may be lost: https://developer.chrome.com/blog/timer-throttling-in-chrome-88 */
const FRESH_MS = 150_000;
/** A page in sight is not throttled: that it is seen holds for two heartbeats. */
const SEEN_MS = 45_000;
/** So many tabs nobody has; but anybody may say so. */
const MOST_REPORTS = 200;

type Merged = Map<SignalName, boolean>;

export class Reports {
  readonly #reports = new Map<string, Report>();

  /** Keeps a tab's report in place of its last one. */
  keep(report: Report, now: number): void {
    this.#reports.delete(report.from);
    this.#reports.set(report.from, { ...report, at: Math.min(report.at, now) });
    const [longestSilent] = this.#reports.keys();
    if (this.#reports.size > MOST_REPORTS && longestSilent !== undefined) this.#reports.delete(longestSilent);
  }

  /** Withdraws what a tab said. */
  drop(from: string): void {
    this.#reports.delete(from);
  }

  /** When a signal of the embedder's own was last set, as far as is known. */
  lastSet(name: string): number {
    let last = -Infinity;
    for (const each of this.#customs()) if (each.name === name) last = Math.max(last, each.at);
    return last;
  }

  /** What they say together. Forgets what is no longer fresh. */
  merged(now: number): Merged {
    for (const { from, at } of this.#reports.values()) if (!isWithin(FRESH_MS, at, now)) this.drop(from);
    const merged: Merged = new Map();
    // They speak of one device: the last word counts.
    for (const { page } of [...this.#reports.values()].sort((a, b) => a.at - b.at)) {
      for (const [signal, state] of page) merged.set(signal, state);
    }
    put(merged, 'visible', this.#visible(now));
    const inOrder = [...this.#customs()].sort((a, b) => a.at - b.at || (a.from < b.from ? -1 : 1));
    for (const { name, state } of inOrder) put(merged, `custom:${name}`, state ?? undefined);
    return merged;
  }

  /** One page in sight is enough; none is, only if all that may be say so. */
  #visible(now: number): boolean | undefined {
    let visible: boolean | undefined;
    let mayBe = false;
    for (const { at, page } of this.#reports.values()) {
      const state = new Map(page).get('visible');
      if (state === true && isWithin(SEEN_MS, at, now)) return true;
      if (state === true) mayBe = true;
      else visible ??= state;
    }
    return mayBe ? undefined : visible;
  }

  *#customs(): Iterable<CustomSignal & { from: string }> {
    for (const { from, custom } of this.#reports.values()) for (const each of custom) yield { ...each, from };
  }
}

/** A clock that was set back makes nothing fresh for longer. */
function isWithin(ms: number, at: number, now: number): boolean {
  return at <= now && now - at < ms;
}

function put(merged: Merged, signal: SignalName, state: boolean | undefined): void {
  if (state === undefined) merged.delete(signal);
  else merged.set(signal, state);
}
