// What should compile, or should not, and does the opposite. Compiled by `npm run types`, never run.

import { defineTask, type OutputOf, type Runner } from '../../src/index.ts';

declare const runner: Runner;

const greet = defineTask({ type: 'greet', run: (name: string) => `Hello ${name}` });
const tick = defineTask({ type: 'tick', run: () => 7 });

// A task without a payload is enqueued without one.
await runner.enqueue(tick);

// @ts-expect-error the payload is text, one by one or many at once
await runner.enqueueMany([{ type: greet, payload: 5 }]);

// A result may have a part named as that of a snooze.
export const waits = defineTask({ type: 'waits', run: () => ({ delayMs: 5, at: 1 }) });
export const measured: OutputOf<typeof waits> = { delayMs: 5, at: 1 };
