// The service worker's registration, and the offer of a new version. Nothing is forced on a running page.

import { Workbox } from 'workbox-window';

/** How often an open page asks for a new version. */
const ASK_EVERY_MS = 3_600_000;

export class Update {
  #isReady = $state(false);
  #workbox: Workbox | undefined;

  /** Whether a new version waits to be taken. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Registers the service worker. Does nothing in development. */
  register(): void {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    const workbox = new Workbox('/sw.js', { scope: '/' });
    this.#workbox = workbox;
    workbox.addEventListener('waiting', () => {
      this.#isReady = true;
    });
    workbox.register().then(
      () => setInterval(() => void workbox.update().catch(() => undefined), ASK_EVERY_MS),
      (error: unknown) => {
        console.warn('Errand will not work offline: the service worker could not be registered.', error);
      },
    );
  }

  /** Takes the new version: it takes over, then the page is loaded anew. */
  accept(): void {
    this.#workbox?.addEventListener('controlling', () => {
      location.reload();
    });
    this.#workbox?.messageSkipWaiting();
  }

  later(): void {
    this.#isReady = false;
  }
}
