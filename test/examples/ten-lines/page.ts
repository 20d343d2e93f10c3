// The page: it hands a task over, and shows what becomes of it.

import { createRunner } from 'errand';

const runner = await createRunner({
  worker: () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }),
});
const task = await runner.enqueue('greet', 'world'); // on disk when it resolves
document.body.textContent = String(await task.result());
