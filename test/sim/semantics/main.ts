// Lets histories happen, one for each seed, and says which promises were broken and how.

import { parseArgs } from 'node:util';
import { live, type Told } from './history.ts';
import { scriptsOf } from './scripts.ts';
import { shortest } from './shrink.ts';
import { traceOf } from './trace.ts';

const MOST_TRACED = 3;
/** After how many histories a long run says how far it is. */
const TELL_EVERY = 1_000;

/** Says with which code to exit: 0 where every promise was kept. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      calls: { type: 'string', default: 'Infinity' },
      trace: { type: 'boolean', default: false },
    },
  });
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const scripts = await scriptsOf();
  const begun = performance.now();
  const totals = { calls: 0, facts: 0, attempts: 0, faults: 0 };
  const broken: Told[] = [];
  let uncaught: unknown[] = [];
  process.on('unhandledRejection', (error) => uncaught.push(error));
  for (let seed = from; seed < from + count; seed++) {
    uncaught = [];
    const told = await live({ scripts, seed, mostCalls: Number(values.calls) });
    told.complaints.push(
      ...uncaught.map((error) => `nobody caught ${error instanceof Error ? error.stack : String(error)}`),
    );
    totals.calls += told.calls;
    totals.facts += told.facts.all.length;
    totals.attempts += told.facts.of('began').length;
    totals.faults += told.facts.of('befell').filter(({ where }) => where === 'world').length;
    if (values.trace) console.log(`${traceOf(told.facts)}\nhash ${told.hash}`);
    if (told.complaints.length > 0) {
      broken.push(told);
      console.log(`seed ${seed}:\n${told.complaints.map((each) => `  ${each}`).join('\n')}`);
    }
    const done = seed - from + 1;
    if (done % TELL_EVERY === 0 && done < count) console.error(`${done} of ${count}, ${broken.length} broken`);
  }
  for (const told of values.trace ? [] : broken.slice(0, MOST_TRACED)) {
    const short = await shortest(scripts, told);
    console.log(`\nseed ${told.seed}, ${short.calls} calls: ${short.complaints[0] ?? ''}\n${traceOf(short.facts)}`);
  }
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(
    `${count} histories in ${seconds} s: ${totals.calls} calls, ${totals.attempts} attempts, ` +
      `${totals.faults} faults, ${totals.facts} facts; ${broken.length} with a broken promise`,
  );
  return broken.length === 0 ? 0 : 1;
}
