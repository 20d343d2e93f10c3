// Builds and serves the pages of test/journey/fixtures, which talk to a ledger of another origin: the app's policy would not let
// them. Each .html file in it is an entry.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { FIXTURES, ROOT } from './paths.ts';

const pages = readdirSync(FIXTURES).filter((name) => name.endsWith('.html'));

export default defineConfig({
  root: FIXTURES,
  cacheDir: join(ROOT, 'node_modules/.vite/fixtures'),
  publicDir: false,
  appType: 'mpa',
  build: {
    outDir: join(ROOT, 'dist/fixtures'),
    emptyOutDir: true,
    rolldownOptions: { input: pages.map((name) => join(FIXTURES, name)) },
  },
  worker: { format: 'es' },
  preview: { host: '127.0.0.1', strictPort: true },
  plugins: [svelte({ configFile: false })],
});
