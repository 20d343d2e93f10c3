// The changes of one task, as an iterator that can be left while it waits: an async generator alone would take a
// `return` only once its pending `next` has an answer.

import { isFinal, type Task } from '../task/index.ts';

export interface ChangesSetup {
  /** Calls back with the task now and after each change. Returns what stops it. */
  watch: (seen: (task: Task | undefined) => void) => () => void;
  /** Waits for a promise; rejects when nothing can come any more. */
  orGone: (promise: Promise<void>) => Promise<void>;
}

export function changesOf(setup: ChangesSetup): AsyncIterableIterator<Task, undefined> {
  const left = { isLeft: false, wake: ignore };
  const walk = changes(setup, left);
  const iterator: AsyncIterableIterator<Task, undefined> = {
    next: () => walk.next(),
    return: () => {
      left.isLeft = true;
      left.wake();
      return walk.return(undefined);
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* changes(
  { watch, orGone }: ChangesSetup,
  left: { isLeft: boolean; wake: () => void },
): AsyncGenerator<Task, undefined> {
  let seen: { task: Task | undefined } | undefined;
  const stop = watch((task) => {
    seen = { task };
    left.wake();
  });
  let version = '';
  try {
    for (;;) {
      await orGone(seen === undefined ? new Promise((resolve) => (left.wake = resolve)) : Promise.resolve());
      const task: Task | undefined = seen?.task;
      seen = undefined;
      if (task === undefined || left.isLeft) return undefined;
      const now = JSON.stringify([task.version, task.status, task.progress]);
      if (now !== version) yield task;
      version = now;
      if (isFinal(task.status)) return undefined;
    }
  } finally {
    stop();
  }
}

function ignore(): void {
  // Nobody waits yet.
}
