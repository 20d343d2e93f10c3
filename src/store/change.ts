// What may be changed of a task that has not begun, and what may be asked of one that stands in line.

import { type EditRow, ErrandError, type TaskChange, type TaskId, type TaskState } from '../task/index.ts';
import type { Operation } from './commit.ts';
import { comparePlaces, placeOf } from './place.ts';
import { READY } from './schema.ts';
import type { NewPayload } from './runs.ts';

/** Changes a pending task. Throws `not-found`, `not-pending`, or `invalid-request` for the payload of a run that has begun. */
export function update(id: TaskId, change: TaskChange, edit: EditRow, payload?: NewPayload): Operation<TaskState> {
  return {
    durable: true,
    load: (load) => load.tasks([id]),
    apply: (work) => {
      const before = work.found(id);
      const { run } = before.row;
      const hasBegun = run.index > 0 || run.startedAt !== undefined;
      if (payload !== undefined && hasBegun && before.claim === undefined && before.row.status === 'pending')
        throw new ErrandError(
          'invalid-request',
          'The payload cannot be changed once a run has begun. Restart the task with a new one.',
          { field: 'payload' },
        );
      const after = work.move(id, { kind: 'updated', change, edit });
      if (after === undefined) throw new ErrandError('not-pending');
      for (const file of payload?.files ?? []) work.put('files', file);
      if (payload?.apart === true) work.put('values', { taskId: id, kind: 'payload', index: 0, value: payload.value });
      return after;
    },
  };
}

/** Has the first task of these lanes run now, whatever the pool is doing. `undefined`: there is none. */
export function summon(lanes: readonly string[]): Operation<TaskState | undefined> {
  const found: TaskId[] = [];
  return {
    durable: true,
    load: async (load) => {
      // What is claimed still stands in line.
      const most = (await load.claims).size + 1;
      const heads = lanes.map((lane) => load.index('tasks', READY, IDBKeyRange.bound([lane], [lane, []]), most));
      const rows = (await Promise.all(heads)).flat().sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
      found.splice(0, Infinity, ...rows.map((row) => row.id));
    },
    apply: (work) => {
      for (const id of found) {
        const after = work.move(id, { kind: 'summoned' });
        if (after !== undefined) return after;
      }
      return undefined;
    },
  };
}
