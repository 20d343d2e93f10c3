// The page: what is sent here leaves when it can, whether this page is open or not.

import { createRunner } from 'errand';

await navigator.serviceWorker.register('/sw.js', { type: 'module' });
const runner = await createRunner({
  worker: () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' }),
  database: 'outbox',
});

const [form, output] = [document.querySelector('form'), document.querySelector('output')];
form?.querySelector('button')?.removeAttribute('disabled');
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const { to, text } = Object.fromEntries(new FormData(form));
  void runner.enqueue('http.request', { url: to, body: { json: { text } } }).then(() => form.reset());
});
runner.watchList({ type: 'http.request', sortBy: 'createdAt' }, ({ tasks }) => {
  output?.replaceChildren(tasks.map(({ status }) => status).join(', '));
});
