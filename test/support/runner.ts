// A runner of a database of its own, for tests in a real browser.

import { createRunner, type Runner } from '../../src/index.ts';

const open = new Set<Runner>();

export async function newRunner(options: { database?: string; maxConcurrent?: number } = {}): Promise<Runner> {
  const runner = await createRunner({
    worker: () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }),
    database: options.database ?? `test-${crypto.randomUUID()}`,
    ...(options.maxConcurrent !== undefined && { maxConcurrent: options.maxConcurrent }),
  });
  open.add(runner);
  return runner;
}

export async function closeRunners(): Promise<void> {
  await Promise.all([...open].map((runner) => runner.close()));
  open.clear();
}

/** Resolves when a handler says the word. Ask before it can be said. */
export function heard(word: string): Promise<void> {
  const channel = new BroadcastChannel('test:words');
  return new Promise<void>((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data === word) resolve();
    };
  }).finally(() => {
    channel.close();
  });
}

export function say(word: string): void {
  const channel = new BroadcastChannel('test:words');
  channel.postMessage(word);
  channel.close();
}
