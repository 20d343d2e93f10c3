// Periodic sync: the browser wakes the service worker from time to time, with no page open. Chromium grants it to an installed
// app that is used; there is nothing to ask a person.
// Source: https://wicg.github.io/periodic-background-sync/

import { syncTag } from '../runner/index.ts';

/** `none`: this browser has no such thing. */
export type PeriodicState = 'on' | 'off' | 'none';

interface Periodic {
  register(tag: string, options: { minInterval: number }): Promise<void>;
}

/** The browser decides in the end, and lets twelve hours pass at least. */
const AT_LEAST_MS = 3_600_000;

export class PeriodicSync {
  readonly #tag: string;
  #state = $state<PeriodicState | undefined>('serviceWorker' in navigator ? undefined : 'none');

  constructor(database: string) {
    this.#tag = syncTag(database);
  }

  /** `undefined` until it is known. */
  get state(): PeriodicState | undefined {
    return this.#state;
  }

  /** Registers where it is granted, now or later. */
  async start(): Promise<void> {
    const registration = await navigator.serviceWorker.getRegistration();
    const permission = await navigator.permissions
      .query({ name: 'periodic-background-sync' as PermissionName })
      .catch(() => undefined);
    if (registration === undefined || !('periodicSync' in registration) || permission === undefined) {
      this.#state = 'none';
      return;
    }
    const periodic = registration.periodicSync as Periodic;
    const look = async () => {
      this.#state = permission.state === 'granted' && (await this.#register(periodic)) ? 'on' : 'off';
    };
    permission.addEventListener('change', () => void look());
    await look();
  }

  #register(periodic: Periodic): Promise<boolean> {
    return periodic.register(this.#tag, { minInterval: AT_LEAST_MS }).then(
      () => true,
      () => false,
    );
  }
}
