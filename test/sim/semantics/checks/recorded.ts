// Promise 2: what a step or a map was recorded as is what every later attempt of the run is handed, and a step that was
// handed out is never worked on again in its run.

import type { Known } from './index.ts';

export function recordedOnce({ facts }: Known): string[] {
  const complaints: string[] = [];
  const kept = new Map<string, unknown>();
  for (const fact of facts.all) {
    if (fact.what !== 'kept' && fact.what !== 'worked' && fact.what !== 'item') continue;
    const step = `${fact.run.id}/${fact.run.run}/${fact.step}`;
    if (fact.what !== 'kept') {
      if (kept.has(step)) complaints.push(`${step} is worked on again though it was recorded (fact ${fact.order})`);
    } else if (!kept.has(step)) kept.set(step, fact.value);
    else if (kept.get(step) !== fact.value) complaints.push(`${step} was recorded as two things (fact ${fact.order})`);
  }
  return complaints;
}
