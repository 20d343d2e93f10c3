// A shorter history of the same beginning in which something is wrong still: the fewest calls that do.

import type { Script } from '../world/script.ts';
import { live, type Told } from './history.ts';

export async function shortest(scripts: Readonly<Record<string, Script>>, told: Told): Promise<Told> {
  for (let mostCalls = 1; mostCalls < told.calls; mostCalls++) {
    const shorter = await live({ scripts, seed: told.seed, mostCalls });
    if (shorter.complaints.length > 0) return shorter;
  }
  return told;
}
