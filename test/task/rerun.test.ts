// Which steps a rerun does again, as it is shown before and as it is done.

import { expect, test } from 'vitest';
import { planRerun } from '../../src/task/index.ts';

const STEPS = ['a', 'b', 'c', 'd'];

test.each([
  ['all, where none is named', {}, STEPS, []],
  ['those named, and all after the first of them', { rerunSteps: ['c', 'b'] }, ['b', 'c', 'd'], []],
  ['less the preserved, which may be stale', { rerunSteps: ['b'], preserveSteps: ['c'] }, ['b', 'd'], ['c']],
  ['what is preserved before them is not stale', { rerunSteps: ['c'], preserveSteps: ['a'] }, ['c', 'd'], []],
  ['nothing, where all is preserved', { preserveSteps: STEPS }, [], []],
])('C5 %s', (_, which, effectiveRerun, potentiallyStale) => {
  expect(planRerun(STEPS, which)).toEqual({ effectiveRerun, potentiallyStale });
});

test('C5 a step that is not there is refused', () => {
  expect(() => planRerun(STEPS, { rerunSteps: ['e'] })).toThrow(expect.objectContaining({ code: 'step-not-found' }));
});
