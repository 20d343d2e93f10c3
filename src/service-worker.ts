// The door of the library for a service worker.

export { doNotRetry, ErrandError, retryAfter, snooze } from './task/index.ts';
export { createApi } from './api/index.ts';
export { resumeOnSync, type ResumeOptions, type ServiceWorkerRunner } from './runner/waking.ts';
