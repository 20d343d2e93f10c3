// The nudge: tells every engine of this database that something was committed. It may be lost without harm,
// because everybody also polls slowly.

import type { Committed } from './commit.ts';

/** What a nudge says. */
export interface Nudge {
  seq: number;
  /** The tasks it touched, or `null` where they are too many to name. */
  touched: string[] | null;
  /** Tasks became ready, or settings changed: the leader should look. */
  ready: boolean;
  dueAt: number | undefined;
}

export class Nudges {
  readonly #channel: BroadcastChannel;
  readonly #listeners = new Set<(nudge: Nudge) => void>();

  constructor(database: string) {
    this.#channel = new BroadcastChannel(`errand:${database}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Nudge>) => {
      this.#tell(data);
    };
  }

  /** Tells the others, and all listeners in this thread. */
  send({ seq, touched, ready, dueAt }: Committed): void {
    const nudge = { seq, touched, ready, dueAt };
    this.#channel.postMessage(nudge);
    this.#tell(nudge);
  }

  listen(listener: (nudge: Nudge) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#channel.close();
    this.#listeners.clear();
  }

  #tell(nudge: Nudge): void {
    for (const listener of this.#listeners) listener(nudge);
  }
}
