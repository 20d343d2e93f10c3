// The round trip: the engine, and the façade to it. A page's door is `src/index.ts`, a worker's `src/worker.ts`.

export type * from './runner.ts';
export type { Resumed } from './resume.ts';
export { syncTag } from './sync-tag.ts';
export { resumeOnSync } from './waking.ts';
export { createRunner, startRunner } from './client.ts';
export { openInPage } from './in-realm.ts';
export { serve } from './serve.ts';
