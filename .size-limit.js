// What may be how large, gzipped. `npm run sizes` builds it first.

import { existsSync, readFileSync } from 'node:fs';

const APP = 'dist/app';

export default [
  { name: 'library client, without its dependencies', path: 'dist/sizes/client.js', limit: '15 kB', gzip: true },
  { name: "app's first load", path: firstLoad(), limit: '110 kB', gzip: true },
  {
    name: '<errand-board> and its engine, one file',
    path: 'dist/element/errand-board.js',
    limit: '265 kB',
    gzip: true,
  },
];

/** The page and what it names: scripts, style sheets and preloaded modules. Workers and lazy chunks come later. */
function firstLoad() {
  const page = `${APP}/index.html`;
  if (!existsSync(page)) return [page];
  const tags = readFileSync(page, 'utf8').match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const loaded = tags.filter((tag) => /^<script|rel="(?:stylesheet|modulepreload)"/.test(tag));
  const urls = loaded.flatMap((tag) => /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1] ?? []);
  return [page, ...urls.filter((url) => url.startsWith('/')).map((url) => APP + url)];
}
