// A schedule in a few words for a person.

import type { Schedule, Trigger } from './schedule.ts';

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
] as const;

/**
 * A schedule in a few words, such as `every 15 min`, `cron 30 2 * * * (Europe/Berlin)`, `when online`, `at 2030-01-31
 * 09:00:00 UTC`. Where it begins and ends is not said.
 */
export function describeSchedule(schedule: Schedule): string {
  const often = 'count' in schedule ? `, ${String(schedule.count)} ${schedule.count === 1 ? 'time' : 'times'}` : '';
  return when(schedule) + often;
}

function when(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'at':
      return `at ${new Date(schedule.at).toISOString().slice(0, -5).replace('T', ' ')} UTC`;
    case 'every':
      return `every ${spanOf(schedule.everyMs)}`;
    case 'cron':
      return `cron ${schedule.cron} (${schedule.timeZone})`;
    case 'on':
      return triggerOf(schedule.on);
  }
}

function spanOf(ms: number): string {
  const [size, unit] = UNITS.find(([each]) => ms % each === 0) ?? [1, 'ms'];
  const many = ms / size;
  if (unit === 'day') return many === 1 ? 'day' : `${many} days`;
  return `${many} ${unit}`;
}

function triggerOf(trigger: Trigger): string {
  if (typeof trigger === 'object') return `on the event ${trigger.event}`;
  return trigger === 'share' ? 'when a file is shared' : `when ${trigger}`;
}
