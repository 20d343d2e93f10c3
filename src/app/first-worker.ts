// What a page starts with: its first worker, on its way while the rest of the code is. The database is opened there.

import './trusted-scripts.ts';

let ahead: Worker | undefined = start();

/** The worker that was started ahead, or another one where somebody has that already. */
export function newWorker(): Worker {
  const worker = ahead ?? start();
  ahead = undefined;
  return worker;
}

function start(): Worker {
  return new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' });
}

void import('./main.ts');
