// Every feature that is called built has tests that name it.

import { expect, test } from 'vitest';
import { FEATURES, testsOfFeatures } from './support/features.mjs';

test.each(Object.entries(FEATURES))('%s is named by a test: %s', (id) => {
  expect(testsOfFeatures().get(id)).not.toEqual([]);
});
