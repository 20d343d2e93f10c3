// The second home of all that is written, as a page hears of it.

import { afterEach, expect, test } from 'vitest';
import { closeRunners, newRunner } from '../support/runner.ts';

afterEach(closeRunners);

test('promise 1 a database that was closed in an orderly way finds its log complete', async () => {
  const database = `test-${crypto.randomUUID()}`;
  for (let life = 0; life < 3; life++) {
    const runner = await newRunner({ database });
    expect((await runner.status()).log).toBe('kept');
    await (await runner.enqueue('test.noop')).result();
    await runner.close();
  }
  for (let life = 0; life < 5; life++) {
    const runner = await newRunner({ database });
    expect((await runner.status()).log).toBe('kept');
    await runner.close();
  }
});
