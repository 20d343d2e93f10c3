// What the engine behind this page is doing: asked for now and then, oftener while somebody looks.

import type { EngineStatus, Runner } from '../../runner/index.ts';
import { systemClock } from '../../task/index.ts';

const LOOKED_AT_MS = 1_000;
const SOON_MS = 200;
const IDLE_MS = 5_000;
const MOST_AT_ONCE = 64;

export class Engine {
  #status = $state.raw<EngineStatus>();
  #looked = $state(false);
  #runner: Runner;
  #stopTimer = () => {};

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** `undefined` until the engine has answered. */
  get status(): EngineStatus | undefined {
    return this.#status;
  }

  get busy(): number {
    return this.#status?.slots.filter((slot) => slot.state === 'busy').length ?? 0;
  }

  /** Whether a task type is registered here. */
  knows(type: string): boolean {
    return this.#status?.types.some((each) => each.type === type) ?? false;
  }

  /** Whether somebody looks at it now. */
  get looked(): boolean {
    return this.#looked;
  }

  set looked(looked: boolean) {
    this.#looked = looked;
    if (looked) void this.refresh();
  }

  /** Begins to ask. Returns what stops it. */
  start(): () => void {
    void this.refresh();
    return () => {
      this.#stopTimer();
    };
  }

  /** Asks at once. */
  async refresh(): Promise<void> {
    this.#stopTimer();
    try {
      if (document.visibilityState === 'visible') this.#status = await this.#runner.status();
    } catch {
      // A notice tells of an engine that is lost; here the last answer stays.
    }
    this.#stopTimer();
    this.#stopTimer = systemClock.timer(() => void this.refresh(), this.#looked ? LOOKED_AT_MS : IDLE_MS);
  }

  /** Asks soon: something has happened. */
  refreshSoon(): void {
    this.#stopTimer();
    this.#stopTimer = systemClock.timer(() => void this.refresh(), SOON_MS);
  }

  /** Sets the number of slots, within sensible bounds. */
  async setMaxConcurrent(wanted: number): Promise<void> {
    const maxConcurrent = Math.min(MOST_AT_ONCE, Math.max(1, Math.round(wanted)));
    await this.#runner.configure({ maxConcurrent });
    await this.refresh();
  }
}
