// What must and must not compile where tasks are enqueued and read. Compiled by `npm run types`, never run.

import { defineTask, type FileRef, type Runner, type Task, type TaskHandle } from '../../src/index.ts';

declare const runner: Runner;
declare const photo: FileRef;

const greet = defineTask({ type: 'greet', run: (name: string) => `Hello ${name}` });
const resize = defineTask({
  type: 'resize',
  run: ({ files }: { files: FileRef[]; width: number; at?: Date }) => ({ count: files.length }),
});
const tick = defineTask({ type: 'tick', run: () => 7 });

// A definition types the payload and the result together.
const handle: TaskHandle<string> = await runner.enqueue(greet, 'World');
const result: string = await handle.result();
const counted: number = (await (await runner.enqueue(resize, { files: [photo], width: 5 })).result()).count;
await runner.enqueue(tick, undefined, { priority: counted });

// Where the handler gets a reference, a file or a blob may be handed in.
await runner.enqueue(resize, { files: [new File([result], 'a'), new Blob([]), photo], width: 5, at: new Date() });

// @ts-expect-error the payload is text
await runner.enqueue(greet, 5);
// @ts-expect-error a part of the payload is missing
await runner.enqueue(resize, { files: [] });
// @ts-expect-error a part of the payload is of the wrong type
await runner.enqueue(resize, { files: [], width: '5' });
// @ts-expect-error this is no file
await runner.enqueue(resize, { files: ['a.png'], width: 5 });
// @ts-expect-error the payload is not left out
await runner.enqueue(greet);
// @ts-expect-error the result is text
const wrong: TaskHandle<number> = await runner.enqueue(greet, 'World');
await wrong.cancel('enough');

// By name, nothing is known of payload and result.
const byName = await runner.enqueue('greet', { any: 'thing' });
// @ts-expect-error nothing is known of the result
export const size: unknown = (await byName.result()).length;

// Options.
await runner.enqueue(greet, 'x', {
  id: 'mine',
  priority: 'high',
  tags: ['a'],
  schedule: { at: new Date() },
  timeoutMs: '5m',
  retry: { maxRetries: 0 },
  onCopy: ({ copiedBytes, totalBytes }) => copiedBytes / totalBytes,
});
// @ts-expect-error there is no such option
await runner.enqueue(greet, 'x', { colour: 'red' });
// @ts-expect-error there is no such priority
await runner.enqueue(greet, 'x', { priority: 'urgent' });
// @ts-expect-error a schedule needs its time
await runner.enqueue(greet, 'x', { schedule: {} });

// Many at once, of any types.
const many = await runner.enqueueMany([
  { type: greet, payload: 'World' },
  { type: resize, payload: { files: [], width: 5 }, options: { id: 'mine' } },
  { type: 'greet', payload: 5 },
]);
many.map(({ id, created }) => created && id.length);
// @ts-expect-error an item needs its type
await runner.enqueueMany([{ payload: 5 }]);

// A task is a union on its status: only what the status has is there.
function show(task: Task): unknown {
  // @ts-expect-error not every task has a result
  const none: unknown[] = [task.result];
  // @ts-expect-error not every task has a claim
  none.push(task.claim);
  switch (task.status) {
    case 'pending':
      return task.waitingFor.map((kind) => kind.length);
    case 'running':
      return task.claim.engineId;
    case 'completed':
      // @ts-expect-error what completed has no error
      none.push(task.error);
      return task.result;
    case 'failed':
      return task.error.message;
    case 'cancelled':
      // @ts-expect-error it may have no error
      return task.error.message;
  }
}
await runner.list({ status: ['pending', 'running'], limit: 5 }).then((page) => page.tasks.map(show));
// @ts-expect-error there is no such status
await runner.list({ status: 'waiting' });
// @ts-expect-error there is no such filter
await runner.list({ colour: 'red' });
// @ts-expect-error an id is no plain number
await runner.get(5);
for await (const task of handle.changes()) show(task);
