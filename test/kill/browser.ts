// A Chromium on the matrix's profile, with its tabs, and the two ways in which it ends: by a SIGKILL to all its
// processes, or in an orderly way.

import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, requireChromium } from '../support/chromium.mjs';
import { browserIn, killFamily } from '../support/processes.ts';
import type { KillPage } from './page/main.ts';
import type { Burst, Opened, Report, Snapshot } from './protocol.ts';
import type { Backend } from './state.ts';

declare global {
  interface Window {
    kill: KillPage;
  }
}

const LAUNCH_MS = 30_000;
const OPEN_MS = 20_000;
const CALL_MS = 15_000;
const CLOSE_MS = 5_000;
const FEATURES: Record<Backend, string[]> = {
  leveldb: [],
  sqlite: ['--enable-features=IdbSqliteBackingStore'],
};

/** Something did not come to its end. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

/** The database could not be opened. */
export class Unopenable extends Error {
  override readonly name = 'Unopenable';
}

/** Rejects with `TooLong` if a promise takes longer than that. */
export function limited<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new TooLong(`${what} takes longer than ${ms} ms`));
    }, ms);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** One page on the database. */
export class Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Its renderer or its engine was killed: nothing more is to be expected of it. */
  isDead = false;
  /** Nothing can be loaded in it any more. */
  hasCrashed = false;
  /** What its console called an error. */
  readonly errors: string[] = [];
  /** Resolves when it has done what it was told, or never will. */
  working: Promise<void> = Promise.resolve();

  constructor(page: Page) {
    this.page = page;
    this.context = page.context();
    page.on('crash', () => {
      this.isDead = this.hasCrashed = true;
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  /** Visits the page, or comes again. Resolves once its runner has opened the database. */
  async open(url: string): Promise<Opened> {
    await limited(this.page.goto(url), OPEN_MS, 'loading the page');
    try {
      return await limited(
        this.page.evaluate(() => window.kill.opened()),
        OPEN_MS,
        'opening the database',
      );
    } catch (error) {
      if (error instanceof TooLong || this.isDead || !this.context.pages().includes(this.page)) throw error;
      throw new Unopenable(String(error), { cause: error });
    }
  }

  work(bursts: readonly Burst[]): void {
    this.working = this.page.evaluate((all) => window.kill.work(all), bursts as Burst[]).catch(() => undefined);
  }

  notices = () => this.#call(this.page.evaluate(() => window.kill.notices));
  status = () => this.#call(this.page.evaluate(() => window.kill.status()));
  snapshot = (): Promise<Snapshot> => this.#call(this.page.evaluate(() => window.kill.snapshot()));
  unfinished = () => this.#call(this.page.evaluate(() => window.kill.unfinished()));
  clearFinished = () => this.#call(this.page.evaluate(() => window.kill.clearFinished()));
  resultOf = (id: string) => this.#call(this.page.evaluate((task) => window.kill.resultOf(task), id));
  textOf = (file: string) => this.#call(this.page.evaluate((id) => window.kill.textOf(id), file));
  endEngine = () => this.#call(this.page.evaluate(() => window.kill.endEngine()));
  terminateSlot = (which: number) => this.#call(this.page.evaluate((n) => window.kill.terminateSlot(n), which));

  /** Its runner hands back what it runs, then the page goes. */
  async close(): Promise<void> {
    this.isDead = true;
    // A page that crashed may not answer; the browser's end takes it along.
    await limited(this.page.close(), CLOSE_MS, 'closing the page').catch(() => undefined);
  }

  #call<T>(call: Promise<T>): Promise<T> {
    return limited(call, CALL_MS, 'a call of the page');
  }
}

export class Browser {
  readonly context: BrowserContext;
  readonly #pid: number;
  tabs: Tab[] = [];

  private constructor(context: BrowserContext, pid: number) {
    this.context = context;
    this.#pid = pid;
  }

  static async launch(profile: string, backend: Backend, onReport: (report: Report) => void): Promise<Browser> {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: requireChromium(),
      args: [...CHROMIUM_ARGS, ...FEATURES[backend]],
      headless: true,
      timeout: LAUNCH_MS,
      handleSIGINT: false, // A cycle under way is to be ended in order.
    });
    await context.exposeBinding('report', (_, report: Report) => {
      onReport(report);
    });
    return new Browser(context, browserIn(profile));
  }

  get living(): Tab[] {
    return this.tabs.filter((tab) => !tab.isDead);
  }

  /** Opens one more tab on the database. */
  async openTab(url: string): Promise<{ tab: Tab; opened: Opened }> {
    const [blank] = this.tabs.length === 0 ? this.context.pages() : [];
    const tab = new Tab(blank ?? (await limited(this.context.newPage(), OPEN_MS, 'a new tab')));
    this.tabs.push(tab);
    return { tab, opened: await tab.open(url) };
  }

  /** Takes the dead tabs away. */
  async bury(): Promise<void> {
    const dead = this.tabs.filter((tab) => tab.isDead);
    this.tabs = this.living;
    await Promise.all(dead.map((tab) => tab.close()));
  }

  /** SIGKILLs every process of it. Resolves once each of them is gone. */
  async kill(): Promise<void> {
    const noticed = new Promise((resolve) => this.context.once('close', resolve));
    for (const tab of this.tabs) tab.isDead = true;
    await killFamily(this.#pid);
    await limited(noticed, CLOSE_MS, 'noticing the end of the browser').catch(() => undefined);
  }

  /** Ends it in an orderly way. */
  async close(): Promise<void> {
    await limited(this.context.close(), OPEN_MS, 'closing the browser').catch(() => undefined);
    await killFamily(this.#pid);
  }
}
