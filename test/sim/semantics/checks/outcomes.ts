// What becomes of tasks that nothing and nobody kept from it: what can succeed has, and what fails for good has failed.

import type { Accepted } from './calls.ts';
import type { Known } from './index.ts';

/** What a mode comes to, where nothing else decides. */
const WELL = new Set(['ok', 'snooze', 'map', 'deaf']);
/** They fail so many times before that. */
const FAILING = new Set(['fail', 'steps', 'sleep', 'event', 'child']);
const MOST_RETRIES = 2;

export function asMeant({ calls, tasks, facts }: Known): string[] {
  return tasks.flatMap((task) => {
    const accepted = calls.accepted.get(task.id);
    if (accepted === undefined || isTouched(accepted) || calls.on(task.id).length > 0) return [];
    if (facts.of('befell').some(({ fault }) => fault.includes('disk is full') || fault.includes('next write')))
      return [];
    const meant = meantFor(accepted);
    const deaths = facts.of('died').filter(({ run }) => run?.id === task.id).length;
    if (meant === undefined || task.status === meant || deaths >= 3) return [];
    return [`${task.id} is ${task.status}, and was to be ${meant}`];
  });
}

/** Something else than its handler may decide what becomes of it. */
function isTouched({ options, type }: Accepted): boolean {
  const { unique, parentId, deadline, dependsOn, timeoutMs, schedule, retry } = options;
  const all = [unique, parentId, deadline, dependsOn, timeoutMs, schedule, retry];
  return type === 'sim.unknown' || all.some((each) => each !== undefined);
}

function meantFor({ payload: { mode, times = 1 } }: Accepted): string | undefined {
  if (mode === 'hopeless') return 'failed';
  if (FAILING.has(mode)) return times <= MOST_RETRIES ? 'completed' : 'failed';
  return WELL.has(mode) ? 'completed' : undefined;
}

/** A schedule with a count starts no more runs than that, and no fewer where nothing stopped it. */
export function asOften({ calls, tasks }: Known): string[] {
  return tasks.flatMap((task) => {
    const accepted = calls.accepted.get(task.id);
    const schedule = accepted?.options.schedule;
    if (schedule === undefined || !('count' in schedule) || calls.on(task.id).length > 0) return [];
    const count = schedule.count ?? Infinity;
    return task.runCount > count ? [`${task.id} ran ${task.runCount} times, and was to run ${count} times`] : [];
  });
}
