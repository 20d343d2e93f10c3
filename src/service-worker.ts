// The door of the library for a service worker.

export { doNotRetry, ErrandError, retryAfter, snooze } from './task/index.ts';
export { type Api, type ApiOptions, createApi } from './api/index.ts';
export type { Resumed } from './runner/resume.ts';
export { resumeOnSync, type ResumeOptions, type ServiceWorkerRunner } from './runner/waking.ts';
