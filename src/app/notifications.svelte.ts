// Notifications of what ended while nobody looked. Off until a person turns them on; the service worker shows them.

import type { Runner } from '../index.ts';

/** `blocked`: the browser or the person does not allow them, or there are none here. */
export type NotificationState = 'on' | 'off' | 'blocked';

interface Ended {
  id: string;
  name: string;
  status: string;
}

const GATHER_MS = 1_000;

export class Notifications {
  readonly #runner: Runner;
  #permission = $state(permissionNow());
  #isWanted = $state(false);
  #state = $derived.by((): NotificationState => {
    if (this.#permission === 'denied') return 'blocked';
    return this.#isWanted && this.#permission === 'granted' ? 'on' : 'off';
  });
  #ended: Ended[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  get state(): NotificationState {
    return this.#state;
  }

  /** Asks for the permission where that is needed: call it when a person has asked for this. */
  async turn(on: boolean): Promise<void> {
    if (on && this.#permission === 'default') this.#permission = await Notification.requestPermission();
    if (on && this.#permission !== 'granted') return;
    this.#isWanted = (await this.#runner.configure({ notifications: on })).notifications;
  }

  /** Begins to tell. Returns what stops it. */
  start(): () => void {
    void this.#runner.settings().then(({ notifications }) => (this.#isWanted = notifications), ignore);
    const stop = this.#runner.onFinished(({ id, name, status }) => this.#gather({ id, name, status }));
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  #gather(ended: Ended): void {
    if (this.#state !== 'on' || !document.hidden) return;
    this.#ended.push(ended);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      navigator.serviceWorker.controller?.postMessage({ type: 'ENDED', tasks: this.#ended.splice(0) });
    }, GATHER_MS);
  }
}

function permissionNow(): NotificationPermission {
  return 'Notification' in window && 'serviceWorker' in navigator ? Notification.permission : 'denied';
}

function ignore(): void {
  // The engine is gone: there is nothing to tell of.
}
