// `npm test`: the types, then the three test projects one after another (two browsers at once would starve each other).
// Its last line is `N passed, N failed`, summed over all of them; a suite that did not load counts as failed.
// What failed is told again right before it, since a long log is often read, or kept, from its end.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PROJECTS = ['unit', 'browser', 'journey'];
const reports = mkdtempSync(join(tmpdir(), 'errand-reports-'));

const totals = [types(), ...PROJECTS.map(project)].reduce(
  (sum, part) => ({
    passed: sum.passed + part.passed,
    failed: sum.failed + part.failed,
    skipped: sum.skipped + part.skipped,
    faults: [...sum.faults, ...part.faults],
  }),
  { passed: 0, failed: 0, skipped: 0, faults: /** @type {string[]} */ ([]) },
);
rmSync(reports, { recursive: true, force: true });

process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
for (const fault of totals.faults) console.log(`\nFAILED ${fault}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);

/** Compiling is no test: it counts only when it fails. */
function types() {
  console.log('\n── types');
  const ok = runNode(['test/support/types.mjs']);
  return { passed: 0, failed: ok ? 0 : 1, skipped: 0, faults: ok ? [] : ['types'] };
}

/** @param {string} name */
function project(name) {
  console.log(`\n── ${name}`);
  const file = join(reports, `${name}.json`);
  const ok = runNode([
    'node_modules/vitest/vitest.mjs',
    ...['run', '--config', 'test/vitest.config.ts', '--project', name, '--allowOnly=false', '--retry=0'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ]);
  const counts = count(file);
  // An unhandled error, an empty project or a Vitest that died leaves no failed test behind: it is one.
  const hidden = counts.failed === 0 && (!ok || counts.passed === 0) ? 1 : 0;
  const faults = hidden ? [`${name}: outside its tests (see above), or it has none`] : counts.faults;
  return { ...counts, failed: counts.failed + hidden, faults };
}

/** @param {string} file */
function count(file) {
  const suites = suitesOf(file);
  const statuses = suites.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  const faults = suites.flatMap(faultsOf);
  return { passed, failed: faults.length, skipped: statuses.length - passed - failed, faults };
}

/**
 * Each test of a suite that failed, and why; the suite itself where it did not load.
 * @param {Suite} suite
 * @returns {string[]}
 */
function faultsOf({ name, status, message, assertionResults }) {
  const file = relative(ROOT, name);
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${file}\n${message}`] : [];
  return failed.map(
    ({ fullName, failureMessages }) => `${file}: ${fullName}\n${failureMessages.map(ownLines).join('\n')}`,
  );
}

/** An error's text, without the lines of its stack that lie in others' code. @param {string} message */
function ownLines(message) {
  const lines = message.split('\n');
  return lines.filter((line) => !/^\s+at .*(node_modules|<anonymous>)/.test(line)).join('\n');
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages: string[] }} Result
 * @typedef {{ name: string, status: string, message: string, assertionResults: Result[] }} Suite
 * @param {string} file
 * @returns {Suite[]}
 */
function suitesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch {
    return [];
  }
}

/** @param {string[]} args */
function runNode(args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}
