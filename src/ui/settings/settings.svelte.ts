// The settings of the engine: read once, and set one by one as they are changed.

import type { Runner, Settings as Stored } from '../../runner/index.ts';
import { ErrandError, type SignalName } from '../../task/index.ts';

/** What a person says of a signal: nothing, yes or no. */
export type Said = 'auto' | 'true' | 'false';

export class Settings {
  #runner: Runner;
  #stored = $state.raw<Stored>();
  #faults = $state.raw<Readonly<Record<string, string>>>({});

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** `undefined` until they were read. */
  get stored(): Stored | undefined {
    return this.#stored;
  }

  /** What is wrong with a setting as it was typed. */
  faultOf(field: keyof Stored): string | undefined {
    return this.#faults[field];
  }

  async load(): Promise<void> {
    this.#stored = await this.#runner.settings();
  }

  /** What a person said of a signal. */
  said(signal: SignalName): Said {
    const told = this.#stored?.signals[signal];
    return told === undefined ? 'auto' : told ? 'true' : 'false';
  }

  async say(signal: SignalName, said: Said): Promise<void> {
    const { [signal]: _before, ...others } = this.#stored?.signals ?? {};
    await this.set({ signals: said === 'auto' ? others : { ...others, [signal]: said === 'true' } });
  }

  /** A number as it was typed; nothing typed is none. */
  async type(field: 'maxConcurrent' | 'retentionDays' | 'retentionCount', typed: string): Promise<void> {
    const value = typed.trim() === '' && field !== 'maxConcurrent' ? null : Number(typed);
    await this.set({ [field]: value });
  }

  /** Sets some, and notes what the engine finds wrong with them. */
  async set(settings: Partial<Stored>): Promise<void> {
    const fields = Object.keys(settings);
    try {
      this.#stored = await this.#runner.configure(settings);
      this.#faults = Object.fromEntries(Object.entries(this.#faults).filter(([field]) => !fields.includes(field)));
    } catch (error) {
      if (!(error instanceof ErrandError) || error.details.field === undefined) throw error;
      this.#faults = { ...this.#faults, [error.details.field]: error.message };
    }
  }
}
