// A runner that tells of every task that is made by it.

import type { EnqueueCallOptions, EnqueueItem, Principal, Runner, TaskHandle } from '../runner/index.ts';

/** What the host hears of a new task. */
export interface EnqueuedDetail {
  readonly id: string;
  /** False when a task of that id was there already. */
  readonly created: boolean;
}

export function telling(runner: Runner, enqueued: (detail: EnqueuedDetail) => void): Runner {
  const tell = ({ id, created }: TaskHandle) => {
    enqueued({ id, created });
  };
  const told = {
    enqueue: async (type: string, payload?: unknown, options?: EnqueueCallOptions) => {
      const handle = await runner.enqueue(type, payload, options);
      tell(handle);
      return handle;
    },
    enqueueMany: async (items: readonly EnqueueItem[]) => {
      const handles = await runner.enqueueMany(items);
      handles.forEach(tell);
      return handles;
    },
    as: (principal: Principal) => telling(runner.as(principal), enqueued),
  };
  return new Proxy(runner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(told, name) ? told : target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
