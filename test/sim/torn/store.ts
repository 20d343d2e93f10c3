// What is loaded where only the store is looked at: it is opened, made whole first, and written to.

import { insert, Store } from '../../../src/store/index.ts';
import { checkRequest, draft, idMaker, systemClock } from '../../../src/task/index.ts';

const newId = idMaker(systemClock);

export async function openStore(database: string) {
  const store = await Store.open(database, systemClock);
  return {
    recovery: store.recovery,
    /** Resolves when a task of that id is there for good. */
    insert: async (id: string, text = '') => {
      const request = checkRequest({ type: 'sim.noop', id, payload: text });
      const row = draft(request, { now: systemClock.now(), newId, payloadApart: false });
      await store.do(insert([{ row, ownId: true }]));
    },
    checkpoint: () => store.checkpoint(),
    logState: () => store.logState,
  };
}
