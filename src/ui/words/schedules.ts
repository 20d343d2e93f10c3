// What the schedules say.

import type { ShownSchedule, Trigger } from '../../task/index.ts';
import { span } from '../time/format.ts';
import { counted } from '../words.ts';
import { cronInWords } from './cron.ts';

export const SCHEDULES = {
  title: 'Schedules',
  none: 'Nothing comes back by itself',
  noneLead:
    'A task with a schedule runs again and again: every so often, at times of the day, or when something happens.',
  make: 'Make one',
  next: 'Next run',
  last: 'Last run',
  lastTen: 'Last ten',
  ends: (statuses: readonly string[]) =>
    statuses.length === 0 ? 'It has not run yet' : `The last runs, the newest last: ${statuses.join(', ')}`,
  never: 'not yet',
  paused: 'paused',
  runs: 'runs now',
  runNow: 'Run now',
  pause: 'Pause',
  resume: 'Resume',
  pausedToast: (name: string) => `Paused “${name}”`,
} as const;

/** `every 15 min`, `every day at 03:00 (Europe/Berlin)`, `when the network is back`. */
export function scheduleInWords(schedule: ShownSchedule): string {
  const often = 'count' in schedule ? `, ${counted(schedule.count, 'time')}` : '';
  if ('everyMs' in schedule) return `every ${span(schedule.everyMs)}${often}`;
  if ('cron' in schedule) return `${cronInWords(schedule.cron) ?? schedule.cron} (${schedule.timeZone})${often}`;
  if ('on' in schedule) return triggerInWords(schedule.on) + often;
  return 'once';
}

function triggerInWords(on: Trigger): string {
  return typeof on === 'object' ? `on the event ${on.event}` : TRIGGERS[on];
}

const TRIGGERS = {
  online: 'when the network is back',
  charging: 'when the device charges',
  visible: 'when the page is looked at',
  share: 'when a file is shared',
} as const;
