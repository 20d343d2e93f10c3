// While tasks run: their number on the app's icon, and a screen that stays on once it takes long.

import type { Runner } from '../index.ts';

const LONG_MS = 30_000;

/** Follows how much runs. Returns what stops it. */
export function followWork(runner: Runner): () => void {
  const awake = new Awake();
  let last = 0;
  const stop = runner.watchStats(({ running }) => {
    if (running === last) return;
    last = running;
    badge(running);
    awake.want(running > 0);
  });
  return () => {
    stop();
    badge(0);
    awake.want(false);
  };
}

function badge(count: number): void {
  if (!('setAppBadge' in navigator)) return;
  void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(ignore);
}

/** A lock on the screen, for as long as it is wanted and the page is in sight: a hidden page loses it. */
class Awake {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lock: WakeLockSentinel | undefined;
  #isDue = false;

  constructor() {
    document.addEventListener('visibilitychange', () => void this.#take().catch(ignore));
  }

  want(wanted: boolean): void {
    if (wanted) {
      this.#timer ??= setTimeout(() => {
        this.#isDue = true;
        void this.#take().catch(ignore);
      }, LONG_MS);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
    this.#letGo();
  }

  /** It may have come after it was wanted. */
  #letGo(): void {
    if (this.#isDue) return;
    void this.#lock?.release().catch(ignore);
    this.#lock = undefined;
  }

  async #take(): Promise<void> {
    if (!this.#isDue || document.hidden || !('wakeLock' in navigator) || this.#lock?.released === false) return;
    this.#lock = await navigator.wakeLock.request('screen');
    this.#letGo();
  }
}

function ignore(): void {
  // The device has no badge, or is too low on power to stay awake.
}
