// Firefox and WebKit as Debian has them: the one by Marionette, the other by WebDriver's plain requests. WebKit's
// sessions are private: no OPFS, and no Blob in IndexedDB.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { Marionette } from './marionette.ts';

export type OtherBrowser = 'firefox' | 'webkit';

/** One tab of such a browser. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** Runs a function in the page with plain arguments; it may return a promise of plain data. */
  evaluate<T, A extends readonly unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  reload(): Promise<void>;
  close(): Promise<void>;
}

interface WebKit {
  driver: string;
  screen: string;
  binary: string;
}

/** Whether this machine has it. */
export function hasBrowser(name: OtherBrowser): boolean {
  return (name === 'firefox' ? findFirefox() : findWebKit()) !== undefined;
}

export function openTab(name: OtherBrowser): Promise<Tab> {
  return name === 'firefox' ? openFirefox() : openWebKit();
}

async function openFirefox(): Promise<Tab> {
  const executablePath = findFirefox();
  if (executablePath === undefined) throw new Error('There is no Firefox here.');
  const firefox = await Marionette.start(executablePath, await freePort());
  return {
    goto: async (url) => {
      await firefox.ask('WebDriver:Navigate', { url });
    },
    // Its own refresh did not ask the service worker.
    reload: async () => {
      await firefox.ask('WebDriver:Navigate', { url: await firefox.ask('WebDriver:GetCurrentURL') });
    },
    evaluate: async (run, ...args) =>
      valueOf(await firefox.ask('WebDriver:ExecuteAsyncScript', { script: scriptOf(run), args })),
    close: () => firefox.end(),
  };
}

async function openWebKit(): Promise<Tab> {
  const found = findWebKit();
  if (found === undefined) throw new Error('There is no WebKit here.');
  const port = await freePort();
  const env = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
  const driver = spawn(found.screen, ['-a', found.driver, `--port=${port}`], { env, stdio: 'ignore', detached: true });
  const base = `http://127.0.0.1:${port}`;
  const options = { binary: found.binary, args: ['--automation'] };
  const session = await sessionOf(base, { 'webkitgtk:browserOptions': options }, driver);
  const ask = (path: string, body: object) => post(`${base}/session/${session}${path}`, body);
  return {
    goto: async (url) => {
      await ask('/url', { url });
    },
    reload: async () => {
      await ask('/refresh', {});
    },
    evaluate: async (run, ...args) => valueOf(await ask('/execute/async', { script: scriptOf(run), args })),
    close: async () => {
      await fetch(`${base}/session/${session}`, { method: 'DELETE' }).catch(() => undefined);
      end(driver);
    },
  };
}

/** The last argument calls back: with what came of it, or what went wrong. */
function scriptOf(run: (...args: never) => unknown): string {
  return `const done = arguments[arguments.length - 1];
    Promise.resolve((${String(run)})(...Array.from(arguments).slice(0, -1)))
      .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
}

/** What such a script called back with. */
function valueOf<T>(answer: unknown): T {
  const called = answer as { error: string } | { value: T };
  if ('error' in called) throw new Error(called.error);
  return called.value;
}

function findFirefox(): string | undefined {
  return onPath('firefox-esr') ?? onPath('firefox');
}

function findWebKit(): WebKit | undefined {
  const [driver, screen, binary] = [onPath('WebKitWebDriver'), onPath('xvfb-run'), miniBrowser()];
  return driver === undefined || screen === undefined || binary === undefined ? undefined : { driver, screen, binary };
}

function miniBrowser(): string | undefined {
  try {
    const files = execFileSync('dpkg', ['-L', 'libwebkit2gtk-4.1-0'], { encoding: 'utf8', stdio: 'pipe' }).split('\n');
    return files.find((file) => file.endsWith('/MiniBrowser'));
  } catch {
    return undefined; // No Debian, or not installed.
  }
}

function onPath(name: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Asked for again until the driver listens. */
async function sessionOf(base: string, capabilities: object, driver: ChildProcess): Promise<string> {
  while (driver.exitCode === null) {
    const body = { capabilities: { alwaysMatch: { ...capabilities, timeouts: { script: 60_000 } } } };
    const answer = await post(`${base}/session`, body).catch((error: unknown) => {
      if (error instanceof TypeError) return undefined;
      end(driver);
      throw error;
    });
    if (answer !== undefined) return (answer as { sessionId: string }).sessionId;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The driver has ended.');
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await response.json()) as { value: Record<string, unknown> | null };
  if (!response.ok) throw new Error(JSON.stringify(value));
  return value ?? {};
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** With all that it has started. */
function end(driver: ChildProcess): void {
  try {
    if (driver.pid !== undefined) process.kill(-driver.pid);
  } catch {
    // It has ended by itself.
  }
}
