// Schedules and constraints in words.

import type { Constraints, ShownSchedule } from '../../task/index.ts';
import { absolute, count, span } from '../time/format.ts';
import { cronInWords } from './cron.ts';

/** What a device must offer, as it is asked for. */
export const NEEDS = {
  online: 'a network',
  unmetered: 'an unmetered network',
  charging: 'charging',
  batteryNotLow: 'a battery that is not low',
  deviceIdle: 'nobody using the device',
  storageNotLow: 'storage that is not low',
  visible: 'this app in sight',
} as const;

export const TRIGGERS = {
  online: 'when the device comes online',
  charging: 'when the device starts charging',
  visible: 'when this app comes in sight',
  share: 'when a file is shared to this app',
  event: (name: string) => `on the event “${name}”`,
} as const;

/** `a network, charging`. */
export function constraintsInWords({ network, custom = [], whenUnknown, ...flags }: Constraints): string {
  const needs = [
    ...(network === undefined ? [] : [NEEDS[network]]),
    ...Object.keys(flags).map((name) => NEEDS[name as keyof typeof flags]),
    ...custom.map((name) => `“${name}”`),
  ];
  return needs.join(', ') + (whenUnknown === 'wait' ? ', known for sure' : '');
}

/** `Every 15 min, 3 times`, `At 03:00, every day (Europe/Berlin)`. */
export function scheduleInWords(schedule: ShownSchedule): string {
  const often = 'count' in schedule ? `, ${count(schedule.count ?? 0)} times` : '';
  return when(schedule) + often;
}

function when(schedule: ShownSchedule): string {
  if ('at' in schedule) return `once, ${absolute(schedule.at)}`;
  if ('everyMs' in schedule) return `every ${span(schedule.everyMs)}`;
  if ('cron' in schedule) return `${cronInWords(schedule.cron) ?? schedule.cron} (${schedule.timeZone})`;
  const { on } = schedule;
  return typeof on === 'object' ? TRIGGERS.event(on.event) : TRIGGERS[on];
}
