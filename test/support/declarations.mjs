// Writes the library's type declarations beside its scripts: those of its doors and of what they name.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const TYPES = join(ROOT, 'dist/lib/types');
const PROJECT = join(ROOT, 'dist/declarations.json');
const DOORS = [
  ...['index', 'worker', 'service-worker', 'handlers/index', 'api/index'].map((door) => `../src/${door}.ts`),
  ...['../src/element/index.ts', '../src/element/define.ts'],
];

const options = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: '../src', outDir: TYPES };
writeFileSync(
  PROJECT,
  JSON.stringify({ extends: '../tsconfig.json', compilerOptions: options, files: DOORS, include: [] }),
);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', PROJECT], { cwd: ROOT, stdio: 'inherit' });
rmSync(PROJECT);

// The sources name each other with `.ts`; what is published has `.js`.
for (const name of readdirSync(TYPES, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  const path = join(TYPES, name);
  const text = readFileSync(path, 'utf8');
  const named = text.replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, '$1$2.js$1');
  writeFileSync(path, named.replaceAll(/^import '[^']+\.css';\n/gm, ''));
}
