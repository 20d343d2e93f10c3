// Somebody's own service worker: with one line more it delivers what is queued, with no page open.

import { httpRequest } from 'errand/handlers';
import { resumeOnSync } from 'errand/service-worker';

resumeOnSync([httpRequest], { database: 'outbox' });

// What it did before, it goes on to do.
addEventListener('message', ({ data, ports }) => {
  if (data === 'Who are you?') ports[0]?.postMessage('My own service worker');
});
