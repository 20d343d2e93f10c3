// Task types with limits, whose handlers do whatever a test tells them.

import { defineTask, serve } from '../../../src/worker.ts';
import { act as run, cast } from '../hostile/cast.ts';

serve([
  ...cast,
  defineTask({ type: 'act.two', concurrency: 2, graceMs: 100, run }),
  defineTask({ type: 'act.rated', rateLimit: { limit: 2, perMs: 700 }, graceMs: 100, run }),
  defineTask({ type: 'act.followed', onComplete: { type: 'act.plain' }, graceMs: 100, run }),
  defineTask({ type: 'sum', run: (_: undefined, ctx) => ctx.dependencies.map(({ result }) => result) }),
]);
