// What the simulated tabs run: tasks that tell the test what they do, as long as their worker lives.

import { serve } from '../../../src/runner/serve.ts';
import { defineTask, type FileRef } from '../../../src/task/index.ts';

declare const witness: (what: string, ...details: unknown[]) => void;

/** Three steps, of which the second attempt makes the last; then a map over all, and a file. */
const photos = defineTask({
  type: 'sim.photos',
  retry: { maxRetries: 3, initialBackoffMs: 1_000 },
  items: {
    double: (item: number, _options: undefined, ctx) => {
      witness('item', ctx.index);
      return item * 2;
    },
  },
  async run({ count, note }: { count: number; note: FileRef; text: string }, ctx) {
    const step = async (name: string) => {
      const made = await ctx.step(name, () => {
        witness('step', name);
        return `${name}!`;
      });
      witness('recorded', name);
      return made;
    };
    ctx.log(`attempt ${ctx.attempt}`);
    const made = [await step('plan'), await step('fetch')];
    if (ctx.attempt === 1) throw new Error('The first attempt fails.');
    made.push(await step('sort'));
    ctx.progress(10, 'sorted');
    const doubled = await ctx.map(
      'double',
      Array.from({ length: count }, (_, i) => i),
    );
    const file = await ctx.artifact('made.txt', `made of ${doubled.join(' ')}`);
    const read = await (await ctx.open(note)).text();
    return { made, file, read, large: 'x'.repeat(3_000) };
  },
});

/** Goes on until it is cancelled. */
const endless = defineTask({
  type: 'sim.endless',
  run(_: undefined, ctx): Promise<never> {
    witness('endless');
    return new Promise((_resolve, reject) => {
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
    });
  },
});

const noop = defineTask({
  type: 'sim.noop',
  run: () => {
    witness('noop');
  },
});

serve([photos, endless, noop]);
