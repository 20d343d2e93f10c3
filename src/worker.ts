// The worker's door: `serve` makes the file that calls it the engine, and each of its slots.

export { serve } from './runner/serve.ts';
export { defineTask, doNotRetry, retryAfter, signIn, snooze } from './task/index.ts';
