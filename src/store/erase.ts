// Everything goes but the settings: all tasks with all that belongs to them.

import type { Operation } from './commit.ts';

/** Deletes all there is. Says which files' bytes may go now. */
export function erase(): Operation<string[]> {
  let stored: string[] = [];
  return {
    durable: true,
    load: async (load) => {
      stored = (await load.keys('files', null, IDBKeyRange.lowerBound(''))).map(String);
    },
    apply: (work) => {
      const newer = [...work.known('files')].map((file) => file.id);
      work.clear();
      return [...new Set([...stored, ...newer])];
    },
  };
}
