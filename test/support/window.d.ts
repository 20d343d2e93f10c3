// What the app puts on its window, for journeys that look at it.

import type { Runner } from '../../src/index.ts';

declare global {
  interface Window {
    errand?: Runner;
  }
}
