// The task types that are measured. The same file is the engine and each of its slots.

import { httpRequest, imageConvert } from '../../../src/handlers/index.ts';
import { defineTask, serve } from '../../../src/worker.ts';

const stamps = new BroadcastChannel('bench:stamps');

const noop = defineTask({ type: 'bench.noop', run: () => undefined });

/** Says when it was entered, on the clock that all of a page's threads share. */
const stamp = defineTask({
  type: 'bench.stamp',
  run: () => stamps.postMessage(performance.timeOrigin + performance.now()),
});

const map = defineTask({
  type: 'bench.map',
  items: { same: (item: number) => item },
  async run({ count }: { count: number }, ctx) {
    const items = Array.from({ length: count }, (_, i) => i);
    return (await ctx.map('same', items)).length;
  },
});

serve([noop, stamp, map, imageConvert, httpRequest]);
