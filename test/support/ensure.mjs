// Makes sure that what a command needs is there: the packages and, with the argument `browser`, a Chromium.
// Plain Node without dependencies: it is the first thing that runs in a fresh clone.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

if (!packagesMatchLockfile()) installPackages();
if (process.argv.includes('browser') && findChromium() === undefined) installChromium();

/** Compares contents, not times: a checkout touches the lockfile without changing it. */
function packagesMatchLockfile() {
  const installed = packagesOf(join('node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  return Object.entries(packagesOf('package-lock.json') ?? {}).every(([path, wanted]) => {
    if (path === '' || wanted.optional || wanted.peer) return true;
    return installed[path]?.version === wanted.version && existsSync(join(ROOT, path));
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, peer?: boolean }> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** `npm ci` refuses a lockfile that lacks other systems' optional packages; `npm install` goes by the same versions. */
function installPackages() {
  say('Installing packages');
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  const whole = { NODE_ENV: 'development' };
  const done = run('npm', ['ci', ...flags], whole) || run('npm', ['install', '--no-save', ...flags], whole);
  if (!done) stop('The packages could not be installed. Is the network there?');
}

function installChromium() {
  say('No Chromium found: installing one');
  const done = (isRoot() && isDebian() && installFromDebian()) || installFromPlaywright();
  if (!done || findChromium() === undefined) {
    stop('Could not install a Chromium. Install one by hand, or set CHROMIUM_PATH to the one that you have.');
  }
}

function installFromDebian() {
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  return (
    run('apt-get', ['update', '-qq'], quiet) &&
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet)
  );
}

function installFromPlaywright() {
  const withLibraries = isRoot() ? ['--with-deps'] : [];
  return run('npx', ['--no-install', 'playwright', 'install', ...withLibraries, 'chromium']);
}

function isRoot() {
  return process.getuid?.() === 0;
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Runs a command with its output on our stderr, so that stdout stays the caller's own.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function run(command, args, env = {}) {
  const shell = process.platform === 'win32';
  const result = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell,
    env: { ...process.env, ...env },
  });
  return result.status === 0;
}

/** @param {string} message */
function say(message) {
  process.stderr.write(`${message} …\n`);
}

/** @param {string} message */
function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
