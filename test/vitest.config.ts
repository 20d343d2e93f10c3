// Three kinds of test: `unit` in Node, `browser` inside a real Chromium, `journey` in Node driving one from outside.

import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './support/chromium.mjs';

const ROOT = join(import.meta.dirname, '..');
const LONG_MS = 120_000;
const executablePath = findChromium();

export default defineConfig({
  root: ROOT,
  cacheDir: 'node_modules/.vite/test',
  test: {
    fileParallelism: false,
    projects: [
      {
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [svelte({ configFile: false })],
        worker: { format: 'es' },
        // Named here because a dependency met half way would reload the page under a running test.
        optimizeDeps: {
          include: [
            'comlink',
            'croner',
            'dexie',
            'fflate',
            'hono/tiny',
            'valibot',
            'fast-check',
            'hash-wasm/dist/sha256.umd.min.js',
          ],
        },
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          globalSetup: 'test/support/moody-server.ts',
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { ...(executablePath && { executablePath }), args: CHROMIUM_ARGS } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'journey',
          include: ['test/journey/**/*.journey.ts'],
          globalSetup: 'test/support/build.ts',
          testTimeout: LONG_MS,
          hookTimeout: LONG_MS,
        },
      },
    ],
  },
});
