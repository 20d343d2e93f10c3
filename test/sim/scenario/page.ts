// What the simulated pages load: the library's public door, with the worker that this page starts.

import { createRunner } from '../../../src/index.ts';

export function openRunner(database: string) {
  return createRunner({ database, worker: () => new Worker('tasks', { type: 'module' }) });
}
