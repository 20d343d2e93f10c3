// The round trip: the engine, and the façade to it.

export { createRunner, type RunnerOptions } from './client.ts';
export * from './runner.ts';
export { serve } from './serve.ts';
