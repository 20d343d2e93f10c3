// Light, dark, or as the device has it. Kept on this device where it can be read at once: before the page is painted.

import type { ThemeChoice } from '../ui/index.ts';

const KEY = 'theme';
const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { auto: 'light', light: 'dark', dark: 'auto' };

export class Theme {
  #choice = $state<ThemeChoice>(kept());
  #device = matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    this.#device.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** Goes on to the next of auto, light, dark. */
  next(): void {
    this.choose(NEXT[this.#choice]);
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    this.#apply();
    keep(choice);
  }

  #apply(): void {
    const auto = this.#device.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = this.#choice === 'auto' ? auto : this.#choice;
  }
}

/** Storage may be forbidden to this page: a theme is no reason not to start. */
function kept(): ThemeChoice {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : 'auto';
  } catch {
    return 'auto';
  }
}

function keep(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // It holds until the page is closed.
  }
}
