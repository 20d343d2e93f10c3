// Which tests hold which feature, read from the tests themselves: `npm run features`. A test names what it holds by its
// id, in its own title or in that of what it stands in.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..');

/** Every feature that is built, by its id. */
export const FEATURES = {
  A1: 'make, get, list, update, cancel, delete, retry; run the next one now',
  A2: 'list filters, free-text search included',
  A3: 'a total and stable order; others by status, type and times',
  A4: 'pages by offset and by cursor, with totals',
  A5: 'the fields of a task, files in its payload included',
  A6: 'parents and children',
  A7: 'a caller’s own id as idempotency key',
  A8: 'counts per status, overall and per type',
  A9: 'wait for a task’s end, with a time limit',
  A10: 'recent tasks',
  A11: 'what is told, or made, when a task ends',
  A12: 'many tasks at once, counted first',
  A13: 'retention, and clearing what has finished',
  A14: 'export and import',
  B1: 'a pool of workers that grows and shrinks',
  B2: 'a registry of types; an unknown one waits for its handler',
  B3: 'progress, live status, log lines',
  B4: 'cancel: signal, grace, end of the worker',
  B5: 'timeouts, deadlines, heartbeats',
  B6: 'priorities, and the oldest first within one',
  B7: 'retries with backoff, jitter and a condition',
  B8: 'artifacts',
  B9: 'results and errors, with durations',
  B10: 'concurrency per type and key, rate limits',
  B11: 'unique work',
  B12: 'dependencies, chains and fan-in',
  B13: 'interrupted is not failed; what must not run twice does not',
  B14: 'a durable map over many items, in every free slot',
  B15: 'versions of a type',
  C1: 'steps recorded once',
  C2: 'every run kept; a version counter',
  C3: 'retry one failed step',
  C4: 'restart, with another payload',
  C5: 'rerun with chosen and preserved steps',
  C6: 'who did it',
  C7: 'durable sleep, waiting for events, sending them',
  C8: 'the history of a task',
  D1: 'at once, at a time, every so often, cron, triggers',
  D2: 'last run, next run, run now',
  D3: 'missed runs, overlaps, start deadlines, clock changes',
  D4: 'constraints of the device',
  D5: 'signals that cannot be read',
  D6: 'pauses by task, type and step, with an expiry',
  D7: 'why a task is not running',
  E1: 'background sync and periodic sync wake the service worker',
  E2: 'the same resume where there is no background sync',
  E3: 'what may run there runs with no page open; the rest waits for a page',
  E4: 'the app works offline after the first visit',
  E5: 'of all pages and the service worker one leads',
  E6: 'a new version is offered; an old tab stops writing',
  F1: 'the REST surface, its document and a page to try it',
  F6: 'task types that come out of the box',
  F7: 'an app: installed, shared to, with shortcuts and notifications',
};

const ID = /\b(?:[A-F]\d{1,2})\b/g;
const OPENING = /^(\s*)(?:describe|test|it)(?:\.\w+)*(?:\(|`)/;
const TITLE = /(['"`])((?:\\.|(?!\1).)*)\1/;

/**
 * The tests that name each feature.
 * @returns {Map<string, { file: string, title: string }[]>}
 */
export function testsOfFeatures() {
  const held = new Map(Object.keys(FEATURES).map((id) => [id, /** @type {{ file: string, title: string }[]} */ ([])]));
  for (const file of testFiles()) {
    for (const title of titlesIn(readFileSync(file, 'utf8'))) {
      for (const id of new Set(title.match(ID) ?? [])) held.get(id)?.push({ file: relative(ROOT, file), title });
    }
  }
  return held;
}

/** The titles of the tests in a file, each with those of what it stands in. @param {string} source */
function* titlesIn(source) {
  const lines = source.split('\n');
  /** @type {{ indent: number, title: string }[]} */
  const within = [];
  for (const [i, line] of lines.entries()) {
    const indent = OPENING.exec(line)?.[1]?.length;
    if (indent === undefined) continue;
    while ((within.at(-1)?.indent ?? -1) >= indent) within.pop();
    // What does not fit on its line is on one of the next.
    const title = TITLE.exec(lines.slice(i, i + 4).join('\n'))?.[2] ?? '';
    if (/^\s*describe/.test(line)) within.push({ indent, title });
    else yield [...within.map((each) => each.title), title].join(' ');
  }
}

function testFiles() {
  const files = readdirSync(ROOT, { recursive: true, withFileTypes: true });
  const isTest = (/** @type {string} */ name) => name.endsWith('.ts') && !name.endsWith('.worker.ts');
  return files
    .filter((each) => each.isFile() && isTest(each.name))
    .map((each) => join(each.parentPath, each.name))
    .sort();
}

function print() {
  for (const [id, tests] of testsOfFeatures()) {
    const files = new Map();
    for (const { file } of tests) files.set(file, (files.get(file) ?? 0) + 1);
    const where = [...files].map(([file, count]) => `${file} (${count})`).join(', ');
    console.log(
      `${id.padEnd(4)}${FEATURES[/** @type {keyof typeof FEATURES} */ (id)]}\n    ${tests.length} tests: ${where || 'none yet'}`,
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) print();
