// What is loaded where only the store is looked at: it is opened, made whole first, and written to.

import { insert, remove, Store, sweepTrash } from '../../../src/store/index.ts';
import { checkRequest, draft, idMaker, systemClock, type TaskId } from '../../../src/task/index.ts';

const newId = idMaker(systemClock);

export async function openStore(database: string) {
  const store = await Store.open(database, systemClock);
  return {
    recovery: store.recovery,
    /** Resolves when a task of that id is there for good; loosely, when it is there. */
    insert: async (id: string, text = '', { loosely = false } = {}) => {
      const request = checkRequest({ type: 'sim.noop', id, payload: text });
      const row = draft(request, { now: systemClock.now(), newId, payloadApart: false });
      await store.do({ ...insert([{ row, ownId: true }]), durable: !loosely });
    },
    remove: async (id: string) => {
      await store.do(remove([id as TaskId]));
      await store.do(sweepTrash(Infinity, 1));
    },
    checkpoint: () => store.checkpoint(),
    scrub: () => store.scrub(),
    logState: () => store.logState,
    logProvenAt: () => store.logProvenAt,
  };
}
