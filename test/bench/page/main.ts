// The benchmarks by name, for run.mjs to call from outside.

import { loneEnqueue, start } from './latency.ts';
import type { First, Round } from './measure.ts';
import { burst, mapItems, noOps } from './throughput.ts';

const benchmarks = {
  'no-ops': noOps,
  'map-items': mapItems,
  'lone-enqueue': loneEnqueue,
  burst,
  start,
} satisfies Record<string, (first: First) => Promise<Round>>;

Object.assign(window, { benchmarks });
