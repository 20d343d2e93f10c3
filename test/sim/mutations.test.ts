// A simulation that notices nothing proves nothing: each promise is broken on purpose, and must be found to be.

import { beforeAll, describe, expect, test } from 'vitest';
import { MUTATIONS } from './mutations/all.ts';
import { noticed } from './mutations/mutation.ts';
import { scriptsOf } from './semantics/scripts.ts';
import type { Script } from './world/script.ts';

const WITHIN_SEEDS = 100;
const LONG_MS = 600_000;

let page: Script;

beforeAll(async () => {
  ({ page } = await scriptsOf());
}, LONG_MS);

describe(`within ${WITHIN_SEEDS} histories it is noticed that a promise is broken`, () => {
  for (const mutation of MUTATIONS) {
    test(mutation.breaks, { timeout: LONG_MS }, async () => {
      const told = await noticed(mutation, page, WITHIN_SEEDS);
      console.info(`${mutation.breaks}: seed ${told?.seed ?? '-'}, ${told?.complaints[0] ?? 'nothing noticed'}`);
      expect(told).toBeDefined();
    });
  }
});
