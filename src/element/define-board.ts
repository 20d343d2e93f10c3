// Defines `<errand-board>`. The first of a page wins; another version of it warns.

import { ErrandBoard } from './errand-board.ts';

/** The package's version: set by its build. */
declare const __VERSION__: string;

const NAME = 'errand-board';

export function defineBoard(): void {
  const there = customElements.get(NAME) as (CustomElementConstructor & { version?: string }) | undefined;
  if (there === undefined) {
    customElements.define(NAME, ErrandBoard);
    return;
  }
  if (there.version === __VERSION__) return;
  const versions = `${there.version ?? 'unknown'} is there already, ${__VERSION__} is not used`;
  console.warn(`<errand-board> is defined twice on this page: version ${versions}.`);
}
