// What is asked for while it is under way.

import { expect, test } from 'vitest';
import { onceMore } from '../../src/runner/once-more.ts';

test('is done once more, however often it was asked for, and even if it failed', async () => {
  const turns: { end: () => void; fail: (error: Error) => void }[] = [];
  const ask = onceMore(
    () =>
      new Promise<void>((end, fail) => {
        turns.push({ end, fail });
      }),
  );
  const all = ask();
  await ask();
  await ask();
  expect(turns).toHaveLength(1);
  turns[0]?.fail(new Error('not this time'));
  await expect.poll(() => turns.length).toBe(2);
  turns[1]?.end();
  await all;
  expect(turns).toHaveLength(2);
  void ask();
  expect(turns).toHaveLength(3);
});
