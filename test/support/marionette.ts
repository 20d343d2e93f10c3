// Firefox by Marionette, the protocol beneath its WebDriver. WebDriver BiDi listens to workers, too, and with that about one
// worker in a hundred that another worker starts never returns from its constructor (Firefox 153): without it, none did.
// Source: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Answer = (error: { message: string } | null, result: unknown) => void;

export class Marionette {
  readonly #browser: ChildProcess;
  readonly #profile: string;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Answer>();
  #unread = Buffer.alloc(0);
  #lastId = 0;

  private constructor(browser: ChildProcess, profile: string, socket: Socket) {
    this.#browser = browser;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#unread = Buffer.concat([this.#unread, bytes]);
      this.#read();
    });
    socket.on('error', () => undefined); // It is closed then.
    socket.on('close', () => {
      for (const answer of this.#waiting.values()) answer({ message: 'Firefox has ended.' }, undefined);
      this.#waiting.clear();
    });
  }

  /** Starts a Firefox of its own on a fresh profile. */
  static async start(executable: string, port: number): Promise<Marionette> {
    const profile = mkdtempSync(join(tmpdir(), 'errand-firefox-'));
    writeFileSync(join(profile, 'user.js'), `user_pref('marionette.port', ${port});\n`);
    const args = ['--headless', '--marionette', '--no-remote', '--profile', profile, 'about:blank'];
    const browser = spawn(executable, args, { stdio: 'ignore' });
    const marionette = new Marionette(browser, profile, await connected(port, browser));
    await marionette.ask('WebDriver:NewSession', { timeouts: { script: 60_000 } });
    return marionette;
  }

  /** Resolves with the value that the command gives, if any. */
  ask(name: string, parameters: object = {}): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(new Error('Firefox has ended.'));
    const id = ++this.#lastId;
    const command = JSON.stringify([0, id, name, parameters]);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (error, result) => {
        if (error === null) resolve((result as { value?: unknown } | null)?.value);
        else reject(new Error(`${name}: ${error.message}`));
      });
      this.#socket.write(`${Buffer.byteLength(command)}:${command}`);
    });
  }

  /** Ends it, and deletes its profile. */
  async end(): Promise<void> {
    const ended = hasEnded(this.#browser) ? undefined : once(this.#browser, 'exit');
    await this.ask('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => this.#browser.kill('SIGKILL'));
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Each message is its length, a colon, and JSON. The first one greets, and answers nothing. */
  #read(): void {
    for (;;) {
      const colon = this.#unread.indexOf(':');
      const end = colon + 1 + Number(this.#unread.subarray(0, colon));
      if (colon === -1 || this.#unread.length < end) return;
      const message = JSON.parse(this.#unread.subarray(colon + 1, end).toString()) as unknown;
      this.#unread = this.#unread.subarray(end);
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message as [1, number, { message: string } | null, unknown];
      this.#waiting.get(id)?.(error, result);
      this.#waiting.delete(id);
    }
  }
}

/** Tried again until it listens. */
async function connected(port: number, browser: ChildProcess): Promise<Socket> {
  while (!hasEnded(browser)) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (isOpen) return socket;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Firefox has ended.');
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
