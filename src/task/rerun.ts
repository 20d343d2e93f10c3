// Which steps of a run a rerun does again: one rule, for whoever does it and for whoever asks before.

import { ErrandError } from './errors.ts';

/** Which steps are done again, and which are kept whatever comes before them. */
export interface Rerun {
  /** Those named, with all that was recorded after the first of them, less the preserved. Default: all. */
  rerunSteps?: readonly string[];
  preserveSteps?: readonly string[];
}

/** What a rerun comes to. */
export interface RerunPlan {
  /** The steps that are done again, in the order in which they were recorded. */
  effectiveRerun: string[];
  /** Preserved steps that were recorded after one that is done again: what they hold may not fit any more. */
  potentiallyStale: string[];
}

/** What a rerun comes to, of steps in the order in which they were recorded. Throws `step-not-found`. */
export function planRerun(names: readonly string[], { rerunSteps, preserveSteps = [] }: Rerun): RerunPlan {
  for (const name of [...(rerunSteps ?? []), ...preserveSteps]) {
    if (!names.includes(name)) throw new ErrandError('step-not-found', undefined, { step: name });
  }
  const preserved = new Set(preserveSteps);
  const first = rerunSteps === undefined ? 0 : names.findIndex((name) => rerunSteps.includes(name));
  const from = first === -1 ? names.length : first;
  const effectiveRerun = [...new Set(names.slice(from).filter((name) => !preserved.has(name)))];
  const again = names.findIndex((name) => effectiveRerun.includes(name));
  const potentiallyStale = again === -1 ? [] : names.slice(again).filter((name) => preserved.has(name));
  return { effectiveRerun, potentiallyStale };
}
