// Light, dark, or as the device has it. Kept on this device.

import { get, set } from 'idb-keyval';
import type { ThemeChoice } from '../ui/index.ts';

const KEY = 'theme';
const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { auto: 'light', light: 'dark', dark: 'auto' };

export class Theme {
  #choice = $state<ThemeChoice>('auto');
  #device = matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    this.#device.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** Reads what was chosen last. Never rejects: a theme is no reason not to start. */
  async load(): Promise<void> {
    const kept = await get<string>(KEY).catch(() => undefined);
    if (kept === 'light' || kept === 'dark') this.#choice = kept;
    this.#apply();
  }

  /** Goes on to the next of auto, light, dark. */
  next(): void {
    this.choose(NEXT[this.#choice]);
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    this.#apply();
    void set(KEY, this.#choice).catch(() => undefined);
  }

  #apply(): void {
    const auto = this.#device.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = this.#choice === 'auto' ? auto : this.#choice;
  }
}
