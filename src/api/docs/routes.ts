// The document, and a page to read it and to try each call: with no network, and no script or style but its own.

import * as v from 'valibot';
import { guarded, json } from '../answer.ts';
import { openApiOf } from '../openapi.ts';
import { anything } from '../requests.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from './page.ts';
import script from './script.js?raw';
import style from './style.css?raw';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function docsRoutes(routes: readonly Route[]): Route[] {
  const own: Route[] = [
    text('/api/docs', 'This page.', 'text/html', () => pageOf(openApiOf([...routes, ...own]))),
    text('/api/docs.js', 'Its script.', 'text/javascript', () => script),
    text('/api/docs.css', 'Its style.', 'text/css', () => style),
    route({
      method: 'GET',
      path: '/api/v1/openapi.json',
      summary: 'The OpenAPI document of this API.',
      query: anything,
      answers: { 200: v.looseObject({ openapi: v.string() }) },
      handle: () => Promise.resolve(json(200, openApiOf([...routes, ...own]))),
    }),
  ];
  return own;
}

function text(path: Route['path'], summary: string, type: string, make: () => string): Route {
  const headers = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY };
  return route({
    method: 'GET',
    path,
    summary,
    query: anything,
    answers: { 200: type },
    handle: () => Promise.resolve(guarded(make(), headers)),
  });
}
