// The scripts of the simulated tabs, built from the source as it is now. The log's files are small, so that they roll.

import { SMALL } from '../scenario/scripts.ts';
import { type Script, scriptOf } from '../world/script.ts';

export const WORKER = new URL('./tasks.worker.ts', import.meta.url);

export async function scriptsOf(): Promise<{ page: Script; tasks: Script }> {
  return {
    page: await scriptOf(new URL('../scenario/page.ts', import.meta.url)),
    tasks: await scriptOf(WORKER, SMALL),
  };
}
