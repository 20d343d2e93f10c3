// The service worker's registration, and the offer of a new version. Nothing is forced on a running page.

import { Workbox } from 'workbox-window';
import type { Runner } from '../index.ts';

/** `ready`: a new version waits. `taken`: another tab has taken it, and this one still runs the old. */
export type UpdateState = 'none' | 'ready' | 'taken';

/** How often an open page asks for a new version. */
const ASK_EVERY_MS = 3_600_000;

export class Update {
  #state = $state<UpdateState>('none');
  #isAccepted = false;
  readonly #registered = Promise.withResolvers<undefined>();
  #workbox: Workbox | undefined;

  get state(): UpdateState {
    return this.#state;
  }

  /** Resolves once there is a service worker; never where there is none, as in development. Rejects where it cannot be registered. */
  get registered(): Promise<undefined> {
    return this.#registered.promise;
  }

  constructor() {
    // Nobody has to wait for it.
    this.#registered.promise.catch(() => undefined);
  }

  /** Registers the service worker. */
  async register(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    const workbox = new Workbox('/sw.js', { scope: '/' });
    this.#workbox = workbox;
    const wasServed = navigator.serviceWorker.controller !== null;
    workbox.addEventListener('waiting', () => {
      this.#state = 'ready';
    });
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (this.#isAccepted) location.reload();
      else if (wasServed) this.#state = 'taken';
    });
    try {
      await workbox.register();
      setInterval(() => void workbox.update().catch(() => undefined), ASK_EVERY_MS);
      await navigator.serviceWorker.ready;
      this.#registered.resolve(undefined);
    } catch (error) {
      this.#registered.reject(error);
      console.warn('Errand will not work offline: the service worker could not be registered.', error);
    }
  }

  /**
   * Takes the new version: what runs here is handed back first, at no cost and with all that it has recorded; then it takes
   * over, and the page is loaded anew.
   */
  async accept(runner: Runner): Promise<void> {
    await runner.close();
    if (this.#state === 'taken') {
      location.reload();
      return;
    }
    this.#isAccepted = true;
    this.#workbox?.messageSkipWaiting();
  }

  later(): void {
    this.#state = 'none';
  }
}
