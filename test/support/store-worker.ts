// Starts stores in workers of their own, for tests in a browser.

import * as Comlink from 'comlink';
import type { StoreWorker } from './store.worker.ts';

const workers = new Set<Worker>();

export function newStoreWorker(): Comlink.Remote<StoreWorker> {
  const worker = new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module' });
  workers.add(worker);
  return Comlink.wrap<StoreWorker>(worker);
}

/** Ends all of them at once, as a crash does. */
export function endStoreWorkers(): void {
  for (const worker of workers) worker.terminate();
  workers.clear();
}
