// What a person does in the simulated tabs. It can be told again from its start after any crash: ids make it the same.

import type { Runner, TaskHandle } from '../../../src/runner/index.ts';
import type { Ledger } from './ledger.ts';

export const ITEMS = 24;
export const NOTE = 'a note';
export const NOOPS = ['one', 'two', 'three'];

const MOST_TRIES = 8;
const PATIENCE_MS = 1_000;

export class Story {
  readonly #runner: Runner;
  readonly #ledger: Ledger;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(runner: Runner, ledger: Ledger, sleep: (ms: number) => Promise<void>) {
    this.#runner = runner;
    this.#ledger = ledger;
    this.#sleep = sleep;
  }

  /** Asks for everything, cancels what is endless, and waits for the end of all. */
  async tell(): Promise<void> {
    await this.#accept('sim.photos', 'photos', () => ({
      count: ITEMS,
      text: 'y'.repeat(3_000),
      note: new File([NOTE], 'note.txt'),
    }));
    await this.#cancel(await this.#accept('sim.endless', 'endless'));
    await Promise.all(NOOPS.map((id) => this.#accept('sim.noop', id)));
    for (const id of ['photos', 'endless', ...NOOPS]) await this.#patiently(() => this.#runner.wait(id));
  }

  /** Those that were accepted and are not there. */
  async missing(): Promise<string[]> {
    const ids = [...this.#ledger.accepted];
    const tasks = await Promise.all(ids.map((id) => this.#runner.get(id)));
    return ids.filter((_, i) => tasks[i] === undefined);
  }

  async #accept(type: string, id: string, payload?: () => unknown): Promise<TaskHandle> {
    const handle = await this.#patiently(() => this.#runner.enqueue(type, payload?.(), { id }));
    this.#ledger.accepted.add(id);
    return handle;
  }

  /** In the middle of its run. */
  async #cancel(endless: TaskHandle): Promise<void> {
    const begun = this.#ledger.times('endless') === 0 ? this.#ledger.heard('endless') : undefined;
    for await (const { status } of endless.changes()) if (status !== 'pending') break;
    if ((await this.#patiently(() => endless.get())).status !== 'cancelled') {
      await begun;
      await this.#patiently(() => endless.cancel());
    }
    this.#ledger.cancelled.add('endless');
  }

  /** A person tries again a little later what did not work. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await ask();
      } catch (error) {
        if (tries === MOST_TRIES || !isOfStorage(error)) throw error;
        await this.#sleep(PATIENCE_MS);
      }
    }
  }
}

const TRANSIENT = ['database-unavailable', 'quota-exceeded', 'internal'];

function isOfStorage(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && TRANSIENT.includes(String(error.code));
}
