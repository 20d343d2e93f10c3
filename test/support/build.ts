// Builds what the journeys visit: the app, the element, and the pages of test/journey/fixtures.
// With ERRAND_SKIP_BUILD set, a build that is newer than everything it was made of is used again.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES, ROOT } from './paths.ts';

const SOURCES = ['src', 'sw', 'public', 'test/journey/fixtures', 'vite.config.ts', 'package-lock.json'];

export default function build(): void {
  if (process.env.ERRAND_SKIP_BUILD && isFresh()) return;
  viteBuild('vite.config.ts');
  viteBuild('vite.config.ts', 'element');
  if (existsSync(FIXTURES)) viteBuild('test/support/fixtures.config.ts');
}

/** In a process of its own: in this one NODE_ENV is `test`, which would make a development build. */
function viteBuild(config: string, mode = 'production'): void {
  const args = ['node_modules/vite/bin/vite.js', 'build', '--config', config, '--mode', mode, '--logLevel', 'warn'];
  execFileSync(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
}

function isFresh(): boolean {
  const built = existsSync(FIXTURES) ? ['dist/app', 'dist/element', 'dist/fixtures'] : ['dist/app', 'dist/element'];
  const changedAt = Math.max(...SOURCES.map((source) => newest(join(ROOT, source))));
  return built.every((folder) => newest(join(ROOT, folder)) > changedAt);
}

function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
