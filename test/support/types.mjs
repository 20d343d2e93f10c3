// Compiles every part under its own tsconfig, so that `document` in a worker's room is an error; then the Svelte files.
// Two at a time: that is what most machines have cores for.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const TSC = 'node_modules/typescript/bin/tsc';
const SVELTE_CHECK = 'node_modules/svelte-check/bin/svelte-check';

const SVELTE = [SVELTE_CHECK, '--tsconfig', './tsconfig.json', '--output', 'human', '--fail-on-warnings'];

const checks = [
  ...(holds('src', '.svelte') ? [{ name: 'src/**/*.svelte', args: SVELTE }] : []),
  ...configs().map((config) => ({ name: config, args: [TSC, '--noEmit', '--pretty', '--project', config] })),
];

/** @type {string[]} */
const failed = [];
await Promise.all([worker(), worker()]);
if (failed.length > 0) console.log(`Types: ${failed.join(', ')} do not compile.`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** The root's own, and each one of a folder that holds code. */
function configs() {
  const folders = ['sw', 'test', ...foldersIn('src').map((name) => `src/${name}`)].filter((at) => holds(at, '.ts'));
  return ['.', ...folders]
    .map((folder) => join(folder, 'tsconfig.json'))
    .filter((file) => existsSync(join(ROOT, file)));
}

/** @param {string} folder */
function foldersIn(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * @param {string} folder
 * @param {string} extension
 */
function holds(folder, extension) {
  const path = join(ROOT, folder);
  return existsSync(path) && readdirSync(path, { recursive: true }).some((name) => String(name).endsWith(extension));
}

async function worker() {
  for (let check = checks.shift(); check !== undefined; check = checks.shift()) {
    if (!(await compiles(check))) failed.push(check.name);
  }
}

/** @param {{ name: string, args: string[] }} check */
function compiles({ name, args }) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      if (code !== 0) console.log(`${name}\n${output}`);
      resolve(code === 0);
    });
  });
}
