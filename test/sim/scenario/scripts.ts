// The scripts of the simulated tabs, built from the source as it is now, but for a few numbers: files of the log are so
// small that a short story rolls and compacts them many times.

import { type Script, scriptOf } from '../world/script.ts';

export const SMALL = { FULL_BYTES: 4_096, LEAST_BYTES: 8_192, REST_MS: 100, BYTES: 4_096, CHUNK_BYTES: 1_024 };

export async function scriptsOf(): Promise<{ page: Script; tasks: Script }> {
  return {
    page: await scriptOf(new URL('./page.ts', import.meta.url)),
    tasks: await scriptOf(new URL('./tasks.worker.ts', import.meta.url), SMALL),
  };
}
