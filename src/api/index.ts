// The REST surface over a runner: one router, with its own OpenAPI document and a page to try it.

export { type Api, type ApiOptions, createApi } from './api.ts';
