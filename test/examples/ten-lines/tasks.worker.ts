// One file: the engine, and each of its slots.

import { defineTask, serve } from 'errand/worker';

export const greet = defineTask({
  type: 'greet',
  async run(name: string, ctx) {
    const greeting = await ctx.step('find the words', () => `Hello ${name}`); // recorded once
    ctx.progress(90, 'almost');
    return `${greeting}!`;
  },
});

serve([greet]);
