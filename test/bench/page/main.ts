// The benchmarks by name, for run.mjs and profile.mjs to call from outside.

import { heldBack } from './held.ts';
import { enqueueOne, loneEnqueue, start, startOne } from './latency.ts';
import { scroll, search } from './list.ts';
import { logBytes, logChurn, restore } from './log.ts';
import { type First, middle, newName, type Round, startRunner, warmUp } from './measure.ts';
import { photos } from './photos.ts';
import { atRest, firstPage } from './scale.ts';
import { outbox, outboxInside, rest } from './served.ts';
import { smooth } from './smoothness.ts';
import { burst, enqueueMany, mapItems, noOps, noOpsPerSecond } from './throughput.ts';

const benchmarks = {
  'no-ops': noOps,
  'map-items': mapItems,
  'lone-enqueue': loneEnqueue,
  burst,
  start,
  'first-page': firstPage,
  'at-rest': atRest,
  'held-back': heldBack,
  restore,
  'log-bytes': logBytes,
  'log-churn': logChurn,
  photos,
  scroll,
  search,
  smooth,
  rest,
  outbox,
  'outbox-inside': outboxInside,
} satisfies Record<string, (first: First) => Promise<Round>>;

/** For profile.mjs, which keeps one runner while it looks into its threads. */
const scene = {
  start: async () => {
    const runner = await startRunner(newName());
    await warmUp(runner, 3_000);
    return {
      'no-ops': () => noOpsPerSecond(runner, 20_000),
      burst: async () => {
        for (let i = 0; i < 10; i++) await enqueueMany(runner);
      },
      'lone-enqueue': async () => {
        const samples: number[] = [];
        for (let i = 0; i < 400; i++) samples.push(await enqueueOne(runner));
        return middle(samples);
      },
      start: async () => {
        const samples: number[] = [];
        for (let i = 0; i < 400; i++) samples.push(await startOne(runner));
        return middle(samples);
      },
      close: () => runner.close(),
    };
  },
};

Object.assign(window, { benchmarks, scene });
