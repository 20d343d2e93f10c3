// The browser tests run in a real one: what the engine stands on is there.

import { describe, expect, it } from 'vitest';

describe('the browser', () => {
  it('has a database, locks, workers and a private file system', async () => {
    expect(await indexedDB.databases()).toBeInstanceOf(Array);
    expect(await navigator.locks.request('errand-realm', (lock) => lock?.name)).toBe('errand-realm');
    expect((await navigator.storage.getDirectory()).kind).toBe('directory');
    expect(typeof Worker).toBe('function');
  });
});
