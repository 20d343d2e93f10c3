// The README's first example, as it stands there: it must compile without a word more.

import { defineTask, type FileRef } from '../../src/index.ts';

declare function shrink(file: File, width: number): Promise<Blob>;
declare function choose(files: FileRef[]): FileRef[];

export const resize = defineTask({
  type: 'photo.resize',
  retry: { maxRetries: 3, initialBackoffMs: 1_000 },
  items: {
    one: async (file: FileRef, options: { width: number }, item) =>
      item.artifact(file.name, await shrink(await item.open(file), options.width)),
  },
  async run(input: { files: FileRef[]; width: number }, ctx) {
    const plan = await ctx.step('plan', () => choose(input.files));
    return ctx.map('one', plan, { width: input.width });
  },
});
