// `npm test`: the types, then the three test projects one after another (two browsers at once would starve each other).
// Its last line is `N passed, N failed`, summed over all of them; a suite that did not load counts as failed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PROJECTS = ['unit', 'browser', 'journey'];
const reports = mkdtempSync(join(tmpdir(), 'errand-reports-'));

const totals = [types(), ...PROJECTS.map(project)].reduce(
  (sum, part) => ({
    passed: sum.passed + part.passed,
    failed: sum.failed + part.failed,
    skipped: sum.skipped + part.skipped,
  }),
  { passed: 0, failed: 0, skipped: 0 },
);
rmSync(reports, { recursive: true, force: true });

process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);

/** Compiling is no test: it counts only when it fails. */
function types() {
  console.log('\n── types');
  const ok = runNode(['test/support/types.mjs']);
  return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
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
  if (hidden) console.log(`${name}: failed outside its tests, or has none.`);
  return { ...counts, failed: counts.failed + hidden };
}

/** @param {string} file */
function count(file) {
  const suites = suitesOf(file);
  const statuses = suites.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  const unloaded = suites.filter((suite) => suite.status === 'failed' && !hasFailedTest(suite)).length;
  return { passed, failed: failed + unloaded, skipped: statuses.length - passed - failed };
}

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} Suite
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

/** @param {Suite} suite */
function hasFailedTest(suite) {
  return suite.assertionResults.some(({ status }) => status === 'failed');
}

/** @param {string[]} args */
function runNode(args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}
