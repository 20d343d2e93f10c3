// The sizes that `npm run sizes` watches over, as rows of the table.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const ROWS = ['client', 'first-load'];

/** Builds what is weighed, and weighs it, in kB. */
export function sizes() {
  run(['test/support/sizes.mjs']);
  /** @type {{ size: number, sizeLimit: number }[]} */
  const weighed = JSON.parse(run(['node_modules/size-limit/bin.js', '--json']));
  return Object.fromEntries(
    weighed.map(({ size, sizeLimit }, i) => [ROWS[i] ?? '', { ours: size / 1_000, limit: sizeLimit / 1_000 }]),
  );
}

/** @param {string[]} args */
function run(args) {
  try {
    return execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  } catch (error) {
    // size-limit ends with 1 where something is too large; its figures are there all the same.
    const { stdout } = /** @type {{ stdout?: string }} */ (error);
    if (stdout?.trimStart().startsWith('[')) return stdout;
    throw error;
  }
}
