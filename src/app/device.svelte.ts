// What the app does on the device it runs on: beside the tasks, and for settings to show.

import type { Runner } from '../index.ts';
import type { Install } from './install.svelte.ts';
import { KeptStorage } from './kept-storage.svelte.ts';
import { Notifications } from './notifications.svelte.ts';
import { PeriodicSync } from './periodic-sync.svelte.ts';
import { followWork } from './while-working.ts';

export class Device {
  readonly notifications: Notifications;
  readonly periodicSync: PeriodicSync;
  readonly install: Install;
  readonly keptStorage = new KeptStorage();
  readonly #runner: Runner;

  constructor(runner: Runner, install: Install) {
    this.#runner = runner;
    this.install = install;
    this.notifications = new Notifications(runner);
    this.periodicSync = new PeriodicSync(runner.database);
  }

  /** Begins, with what needs the service worker once that is registered. Returns what stops it. */
  start(registered: Promise<unknown>): () => void {
    const stops = [this.notifications.start(), followWork(this.#runner)];
    void this.keptStorage.load();
    void registered.finally(() => this.periodicSync.start()).catch(() => undefined);
    return () => {
      for (const stop of stops) stop();
    };
  }
}
