// The nudge: tells every engine of this database that something was committed. It may be lost without harm,
// because everybody also polls slowly.

import type { Clock } from '../task/index.ts';
import { type Committed, MOST_NAMED } from './commit.ts';

/** Others hear of commits no more often: each of those that are made one by one would wake every tab. */
const REST_MS = 10;

/** Hears of commits, this engine's own included. */
export type NudgeListener = (nudge: Nudge, isOwn: boolean) => void;

/** What a nudge says. */
export interface Nudge {
  seq: number;
  /** The tasks it touched, or `null` where they are too many to name. */
  touched: string[] | null;
  /** Tasks became ready, or settings changed: the leader should look. */
  ready: boolean;
  dueAt: number | undefined;
  /** A checkpoint of the log was written: what is in it need not be kept elsewhere. */
  checkpoint?: number;
}

export class Nudges {
  readonly #channel: BroadcastChannel;
  readonly #clock: Clock;
  readonly #listeners = new Set<NudgeListener>();
  /** What the others are to be told, all in one. */
  #unsent: Nudge | undefined;
  /** Set while they are to be told, or were told a moment ago. */
  #cancel: (() => void) | undefined;

  constructor(database: string, clock: Clock) {
    this.#clock = clock;
    this.#channel = new BroadcastChannel(`errand:${database}`);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isNudge(data)) this.#tell(data, false);
    };
  }

  /**
   * Tells all listeners in this thread at once, and the others as soon as whoever waits for this commit has been answered;
   * of what is committed right after that they hear together.
   */
  send({ seq, touched, ready, dueAt }: Committed): void {
    const nudge = { seq, touched, ready, dueAt };
    this.#cancel ??= this.#tellOthersIn(0);
    this.#unsent = this.#unsent === undefined ? nudge : merged(this.#unsent, nudge);
    this.#tell(nudge, true);
  }

  /** Tells the others of a checkpoint. */
  announce(checkpoint: number): void {
    this.#channel.postMessage({ seq: 0, touched: [], ready: false, dueAt: undefined, checkpoint } satisfies Nudge);
  }

  listen(listener: NudgeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#cancel?.();
    this.#tellOthers();
    this.#channel.close();
    this.#listeners.clear();
  }

  #tellOthersIn(ms: number): () => void {
    return this.#clock.timer(() => {
      this.#cancel = this.#tellOthers() ? this.#tellOthersIn(REST_MS) : undefined;
    }, ms);
  }

  /** False where there is nothing to tell. */
  #tellOthers(): boolean {
    if (this.#unsent === undefined) return false;
    this.#channel.postMessage(this.#unsent);
    this.#unsent = undefined;
    return true;
  }

  #tell(nudge: Nudge, isOwn: boolean): void {
    for (const listener of this.#listeners) listener(nudge, isOwn);
  }
}

/** Anybody on this origin may speak in the channel. */
function isNudge(data: unknown): data is Nudge {
  if (typeof data !== 'object' || data === null || !('seq' in data) || !('touched' in data)) return false;
  return typeof data.seq === 'number' && (data.touched === null || Array.isArray(data.touched));
}

function merged(before: Nudge, { seq, touched, ready, dueAt }: Nudge): Nudge {
  const all = before.touched === null || touched === null ? null : [...before.touched, ...touched];
  return {
    seq,
    touched: all === null || all.length > MOST_NAMED ? null : all,
    ready: before.ready || ready,
    dueAt: dueAt === undefined || before.dueAt === undefined ? (dueAt ?? before.dueAt) : Math.min(dueAt, before.dueAt),
  };
}
