// What an attempt needs that does not lie in its task's row: a large payload, what earlier attempts recorded, and the
// results of the tasks that it depends on.

import type { Store } from '../store/index.ts';
import { type Dependency, ErrandError, isFinal, plainError, type TaskError, type TaskId } from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { PAYLOAD_LOST } from './settlement.ts';

/** Whether an attempt has all it needs. */
export function isPrepared({ row, isFirst }: Attempt): boolean {
  return isFirst && row.run.index === 0 && row.payloadApart === undefined && row.dependsOn === undefined;
}

/** Reads what an attempt needs. Gives the error with which it fails where that is not to be had. */
export async function prepare(store: Store, attempt: Attempt): Promise<TaskError | undefined> {
  const { row } = attempt;
  try {
    if (row.payloadApart) {
      attempt.payload = await store.value(row, 'payload', row.payloadRun ?? 0);
      if (attempt.payload === undefined) return PAYLOAD_LOST;
    }
    const steps = await store.steps(row.id, row.run.stepSet);
    attempt.resume(steps);
    if (row.dependsOn !== undefined)
      attempt.dependencies = await Promise.all(row.dependsOn.tasks.map((id) => dependency(store, id)));
    return undefined;
  } catch (error) {
    return { ...new ErrandError('internal', plainError(error).message).toPlain(), retryable: true };
  }
}

async function dependency(store: Store, id: TaskId): Promise<Dependency> {
  const row = (await store.task(id))?.row;
  if (row === undefined) return { id, status: 'deleted', result: undefined, error: null };
  // What recurs has gone on to its next run: the one before is what was waited for.
  const run = isFinal(row.status) ? { ...row, index: row.run.index } : row.lastRun;
  if (run?.status === undefined || run.status === 'pending')
    return { id, status: 'deleted', result: undefined, error: null };
  const result = run.resultApart === true ? await store.value(row, 'result', run.index) : run.result;
  return { id, status: run.status, result, error: run.error ?? null };
}
