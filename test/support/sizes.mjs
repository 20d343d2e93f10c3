// Builds what `.size-limit.js` weighs: the app, the element, and what a page bundles of the library, without its dependencies.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..');
const LIBRARY = join(ROOT, 'src/index.ts');
/** What a page imports of it. The engine's part is in the worker's bundle. */
const CLIENT = `export { createRunner, defineTask } from ${JSON.stringify(LIBRARY)};`;

if (!existsSync(LIBRARY)) {
  console.error('There is no src/index.ts to weigh.');
  process.exit(1);
}

process.env.NODE_ENV = 'production';
await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
await build({ configFile: join(ROOT, 'vite.config.ts'), mode: 'element', logLevel: 'error' });
await bundle('client', CLIENT);

/**
 * One file, minified, with our own code only.
 * @param {string} name
 * @param {string} code
 */
function bundle(name, code) {
  return build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: 'warn',
    plugins: [virtual(name, code)],
    build: {
      outDir: 'dist/sizes',
      rolldownOptions: {
        input: name,
        external: (id) => id !== name && /^[a-z@]/i.test(id), // A package; our own files are named by a path.
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', codeSplitting: false },
      },
    },
  });
}

/**
 * @param {string} name
 * @param {string} code
 * @returns {import('vite').Plugin}
 */
function virtual(name, code) {
  return {
    name: `virtual:${name}`,
    enforce: 'pre',
    resolveId: (id) => (id === name ? id : undefined),
    load: (id) => (id === name ? code : undefined),
  };
}
