// Where the time goes: `node --experimental-websocket test/bench/profile.mjs no-ops` (or `lone-enqueue`, `start`) prints,
// for each thread of the page, its busiest functions by self time and its transactions. The page is built unminified.

/* global IDBDatabase, IDBObjectStore, IDBTransaction */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from './devtools.mjs';
import { setUp } from './stage.mjs';

const INTERVAL_US = 250;
const SHOWN = 28;
const name = process.argv[2] ?? 'no-ops';

/** @typedef {{ mode: string, puts: number, first: number, commit: number, complete: number, at: number }} Kept */
/** @typedef {{ functionName: string, url: string, lineNumber: number }} CallFrame */
/** @typedef {{ id: number, children?: number[], callFrame: CallFrame }} Frame */
/** @typedef {{ nodes: Frame[], samples: number[], timeDeltas: number[] }} Profile */

const stage = await setUp({ minify: false, args: ['--remote-debugging-port=0'] });
try {
  const page = await stage.open();
  await page.evaluate('scene.start().then((ready) => { globalThis.ready = ready; })');
  const [port, path] = readFileSync(join(stage.profile, 'DevToolsActivePort'), 'utf8').trim().split('\n');
  const threads = await connect(`ws://127.0.0.1:${port}${path}`, page.url());
  for (const { send } of threads) {
    await send('Runtime.evaluate', { expression: `(${countTransactions})()` });
    await send('Profiler.enable');
    await send('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await send('Profiler.start');
  }
  const said = await page.evaluate(`ready[${JSON.stringify(name)}]()`);
  console.log(`${name}: ${said ?? ''}`);
  for (const { label, send } of threads) {
    print(label, (await send('Profiler.stop')).profile);
    const { result } = await send('Runtime.evaluate', { expression: 'JSON.stringify(transactions)' });
    printTransactions(JSON.parse(result.value));
  }
} finally {
  await stage.close();
}

/**
 * In a thread: keeps of each transaction how long it was until its first put, until its commit, and until it was
 * complete, and how many rows it put.
 */
function countTransactions() {
  const scope = /** @type {any} */ (globalThis);
  /** @type {Kept[]} */
  const transactions = (scope.transactions = []);
  const counted = new WeakMap();
  const { transaction } = IDBDatabase.prototype;
  const { put } = IDBObjectStore.prototype;
  const { commit } = IDBTransaction.prototype;
  IDBDatabase.prototype.transaction = /** @this {IDBDatabase} @param {[string]} args */ function (...args) {
    const made = transaction.apply(this, args);
    const at = performance.now();
    /** @type {Kept} */
    const kept = { mode: made.mode, puts: 0, first: 0, commit: 0, complete: 0, at };
    transactions.push(kept);
    counted.set(made, kept);
    made.addEventListener('complete', () => (kept.complete = performance.now() - at));
    return made;
  };
  IDBObjectStore.prototype.put = /** @this {IDBObjectStore} @param {[unknown]} args */ function (...args) {
    const kept = counted.get(this.transaction);
    if (kept.puts++ === 0) kept.first = performance.now() - kept.at;
    return put.apply(this, args);
  };
  IDBTransaction.prototype.commit = function () {
    const kept = counted.get(this);
    kept.commit = performance.now() - kept.at;
    commit.call(this);
  };
}

/** @param {Kept[]} all */
function printTransactions(all) {
  for (const mode of ['readwrite', 'readonly']) {
    const some = all.filter((each) => each.mode === mode);
    if (some.length === 0) continue;
    const sum = (/** @type {(each: Kept) => number} */ of) => some.reduce((total, each) => total + of(each), 0);
    const mean = (/** @type {(each: Kept) => number} */ of) => (sum(of) / some.length).toFixed(1);
    const puts = some.map((each) => each.puts).sort((a, b) => a - b);
    console.log(
      `  ${some.length} ${mode} transactions, ${Math.round(sum((each) => each.complete))} ms in all;`,
      `puts: median ${puts[puts.length >> 1]}, most ${puts.at(-1)}`,
    );
    if (mode === 'readonly') continue;
    console.log(
      `    on average ${mean((each) => each.first)} ms until the first put, ${mean((each) => each.commit - each.first)}`,
      `to the commit, ${mean((each) => each.complete - each.commit)} to its completion`,
    );
    const tenth = Math.ceil(some.length / 10);
    const tenths = Array.from({ length: 10 }, (_, i) =>
      some.slice(i * tenth, (i + 1) * tenth).filter((each) => each.puts < 1_000),
    );
    const means = tenths.map((part) => (part.reduce((total, each) => total + each.first, 0) / part.length).toFixed(1));
    console.log(`    until the first put, tenth by tenth: ${means.join(' ')} ms`);
    const large = some.filter((each) => each.puts > 1_000);
    for (const each of large) {
      const [first, commit, complete] = [each.first, each.commit, each.complete].map(Math.round);
      console.log(
        `    one of ${each.puts} puts: first put at ${first} ms, commit at ${commit}, complete at ${complete}`,
      );
    }
  }
}

/**
 * @param {string} label
 * @param {Profile} profile
 */
function print(label, { nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const callers = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.callFrame])));
  /** @type {Map<string, number>} */
  const self = new Map();
  let total = 0;
  samples.forEach((id, i) => {
    const frame = frames.get(id);
    const ms = (timeDeltas[i + 1] ?? 0) / 1_000;
    if (frame === undefined) return;
    const caller = frame.url === '' && !frame.functionName.startsWith('(') ? callers.get(id) : undefined;
    const key = nameOf(frame) + (caller === undefined ? '' : ` ← ${nameOf(caller)}`);
    self.set(key, (self.get(key) ?? 0) + ms);
    total += ms;
  });
  const idle = self.get('(idle)') ?? 0;
  console.log(`\n${label}: ${Math.round(total)} ms, of them busy ${Math.round(total - idle)}`);
  for (const [key, ms] of [...self].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)) {
    console.log(`${ms.toFixed(1).padStart(9)} ms ${((ms / total) * 100).toFixed(1).padStart(5)} %  ${key}`);
  }
}

/** @param {CallFrame} frame */
function nameOf({ functionName, url, lineNumber }) {
  return `${functionName || '(anonymous)'}${url === '' ? '' : `:${lineNumber + 1}`}`;
}
