// What a pending task waits for, live: asked for anew each second, because much of what
// a task waits for lies outside of it.

import { untrack } from 'svelte';
import type { Explained, Runner } from '../../runner/index.ts';
import { systemClock, type TaskStatus } from '../../task/index.ts';

const ASKED_MS = 1_000;

export class Waiting {
  #runner: Runner;
  #reasons = $state.raw<readonly Explained[]>([]);
  #ownRule = $state<string>();

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  get reasons(): readonly Explained[] {
    return this.#reasons;
  }

  /** The rule that pauses this very task, whatever its status. */
  get ownRule(): string | undefined {
    return this.#ownRule;
  }

  /** Follows a task as it is in that version, until stopped. */
  follow({ id, status }: { id: string; status: TaskStatus; version: number }): () => void {
    let stopped = false;
    let stopTimer = () => {};
    const next = async () => {
      if (document.visibilityState === 'visible') await this.#ask(id, status, () => stopped);
      if (!stopped) stopTimer = systemClock.timer(() => void next(), ASKED_MS);
    };
    if (status === 'pending' || status === 'running') untrack(() => void next());
    else {
      this.#reasons = [];
      this.#ownRule = undefined;
    }
    return () => {
      stopped = true;
      stopTimer();
    };
  }

  async #ask(id: string, status: TaskStatus, isStopped: () => boolean): Promise<void> {
    try {
      const [{ waitingFor }, rules] = await Promise.all([
        status === 'pending' ? this.#runner.explain(id) : { waitingFor: [] },
        this.#runner.pauses(),
      ]);
      if (isStopped()) return;
      this.#reasons = waitingFor;
      this.#ownRule = rules.find((rule) => rule.taskId === id)?.ruleId;
    } catch {
      // It is gone, or the engine is: the page says so in another place.
    }
  }
}
