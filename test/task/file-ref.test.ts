// What is a reference to a file, and what only looks like one.

import { expect, test } from 'vitest';
import { isFileRef } from '../../src/task/index.ts';

const ref = { $type: 'file', id: 'f', name: 'a.png', type: 'image/png', size: 5, lastModified: 0 };

test('a reference is one, also after crossing threads', () => {
  expect(isFileRef(ref)).toBe(true);
  expect(isFileRef(structuredClone(ref))).toBe(true);
});

test.each([
  undefined,
  null,
  'file',
  [],
  {},
  { $type: 'file' },
  { ...ref, $type: 'image' },
  { ...ref, id: 7 },
  { ...ref, size: '5' },
  new Blob(['a']),
])('%j is none', (value) => {
  expect(isFileRef(value)).toBe(false);
});
