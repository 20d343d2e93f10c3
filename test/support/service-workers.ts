// A browser's service workers from outside, by DevTools: woken, and stopped, with no page of theirs open.

import type { BrowserContext, CDPSession } from 'playwright-core';

interface Registration {
  registrationId: string;
  scopeURL: string;
  isDeleted: boolean;
}
interface Version {
  versionId: string;
  registrationId: string;
  runningStatus: 'stopped' | 'starting' | 'running' | 'stopping';
  status: string;
}

/** The service worker of one site. Make it while nothing else is done with service workers. */
export class SiteWorker {
  readonly #session: CDPSession;
  readonly #origin: string;
  readonly #registrations = new Map<string, Registration>();
  readonly #versions = new Map<string, Version>();
  readonly #looking = new Set<() => void>();

  private constructor(session: CDPSession, origin: string) {
    this.#session = session;
    this.#origin = origin;
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const each of registrations) this.#registrations.set(each.registrationId, each);
      this.#look();
    });
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      for (const each of versions) this.#versions.set(each.versionId, each);
      this.#look();
    });
  }

  /** Seen from a page of nobody's, which keeps the browser open, too. */
  static async of(browser: BrowserContext, origin: string): Promise<SiteWorker> {
    const holder = await browser.newPage();
    const worker = new SiteWorker(await browser.newCDPSession(holder), origin);
    await worker.#session.send('ServiceWorker.enable');
    return worker;
  }

  /** A one-shot sync, as when the network has come back. Resolves once it is sent. */
  async sync(tag: string, lastChance = false): Promise<void> {
    const registrationId = await this.#registrationId();
    await this.#session.send('ServiceWorker.dispatchSyncEvent', {
      origin: this.#origin,
      registrationId,
      tag,
      lastChance,
    });
  }

  async periodicSync(tag: string): Promise<void> {
    const registrationId = await this.#registrationId();
    await this.#session.send('ServiceWorker.dispatchPeriodicSyncEvent', { origin: this.#origin, registrationId, tag });
  }

  get isRunning(): boolean {
    return [...this.#versions.values()].some(({ runningStatus }) => runningStatus !== 'stopped');
  }

  /** Ends it in the midst of whatever it does. Resolves once it is gone. */
  async stop(): Promise<void> {
    for (const { versionId, runningStatus } of this.#versions.values())
      if (runningStatus !== 'stopped') await this.#session.send('ServiceWorker.stopWorker', { versionId });
    await this.#until(() => !this.isRunning);
  }

  async #registrationId(): Promise<string> {
    const find = () =>
      [...this.#registrations.values()].find((each) => !each.isDeleted && each.scopeURL.startsWith(this.#origin));
    await this.#until(() => find() !== undefined);
    return find()?.registrationId ?? '';
  }

  #look(): void {
    for (const look of this.#looking) look();
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#looking.delete(look);
        resolve();
      };
      this.#looking.add(look);
      look();
    });
  }
}
