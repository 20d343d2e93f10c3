// The REST surface over a runner: one router, with its own OpenAPI document and a page to try it.

export { type Api, createApi } from './api.ts';
