// `npm run bench`: measures Errand in Chromium against limits taken in the same run, and prints one table of ratios.
//   --only NAME    one benchmark, or one row of the table (several: NAME,NAME)
//   --rounds N     how often each is played (default 5); the table shows medians
//   --json FILE    writes all figures there
//   --strict       ends with 1 where a goal is missed

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { GOALS } from './goals.mjs';
import { offline } from './offline.mjs';
import { sizes } from './sizes.mjs';
import { play, setUp } from './stage.mjs';
import { printTable } from './table.mjs';

/** @typedef {{ ours: number, limit: number }} Figures */

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1.');

/** @type {Record<string, Figures[]>} */
const figures = {};
const names = chosen(options.only);
const inBrowser = names.filter((name) => name !== 'sizes' && name !== 'offline');
let browser = 'none';
if (inBrowser.length > 0) await measureInBrowser();
if (names.includes('offline')) for (const round of await offline(rounds)) note(round);
if (names.includes('sizes')) note(sizes());

const missed = printTable(figures);
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ at: new Date(), browser, cores: cpus().length, figures }, null, 2)}\n`,
  );
}
process.exitCode = options.strict && missed > 0 ? 1 : 0;

/** Each round plays every benchmark once, so that a slow minute of the machine falls on all of them. */
async function measureInBrowser() {
  const stage = await setUp();
  browser = `Chromium ${stage.version}`;
  console.log(`${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${browser}, Node ${process.version}`);
  try {
    const page = await stage.open();
    for (let round = 0; round < rounds; round++) {
      for (const name of inBrowser) {
        progress(`round ${round + 1} of ${rounds}: ${name}`);
        note(await play(page, name, round % 2 === 0 ? 'limit' : 'ours'));
      }
    }
  } finally {
    progress('');
    await stage.close();
  }
}

/** @param {Record<string, Figures>} round */
function note(round) {
  for (const [row, each] of Object.entries(round)) (figures[row] ??= []).push(each);
}

/**
 * The benchmarks that give the rows asked for.
 * @param {string | undefined} only
 */
function chosen(only) {
  const asked = only?.split(',');
  const rows = Object.entries(GOALS).filter(([row, { bench, onRequest }]) =>
    asked ? asked.includes(row) || asked.includes(bench) : !onRequest,
  );
  if (rows.length === 0)
    throw new Error(`There is no benchmark named ${only}. There are: ${Object.keys(GOALS).join(', ')}.`);
  return [...new Set(rows.map(([, { bench }]) => bench))];
}

/** @param {string} text */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
