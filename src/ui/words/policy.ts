// Schedules and constraints in words.

import type { Constraints, ShownSchedule, Trigger } from '../../task/index.ts';
import { absolute, span } from '../time/format.ts';
import { counted } from '../words.ts';
import { cronInWords } from './cron.ts';

/** What a device must offer, as it is asked for. */
const NEEDS = {
  online: 'online',
  unmetered: 'unmetered network',
  charging: 'charging',
  batteryNotLow: 'battery not low',
  deviceIdle: 'device idle',
  storageNotLow: 'storage not low',
  visible: 'app visible',
} as const;

const TRIGGERS = {
  online: 'when the device comes online',
  charging: 'when the device starts charging',
  visible: 'when this app becomes visible',
  share: 'when a file is shared to this app',
} as const;

const UNITS: Readonly<Record<number, string>> = { 60_000: 'minute', 3_600_000: 'hour', 86_400_000: 'day' };

/** `online, charging`. */
export function constraintsInWords({ network, custom = [], whenUnknown, ...flags }: Constraints): string {
  const needs = [
    ...(network === undefined ? [] : [NEEDS[network]]),
    ...Object.keys(flags).map((name) => NEEDS[name as keyof typeof flags]),
    ...custom.map((name) => `“${name}”`),
  ];
  return needs.join(', ') + (whenUnknown === 'wait' ? '; waits if unknown' : '');
}

/** `every 15 min, 3 times`, `every day at 03:00 (Europe/Berlin)`, `when the device comes online`. */
export function scheduleInWords(schedule: ShownSchedule): string {
  const often = 'count' in schedule ? `, ${counted(schedule.count, 'time')}` : '';
  return when(schedule) + often;
}

function when(schedule: ShownSchedule): string {
  if ('at' in schedule) return `once, ${absolute(schedule.at)}`;
  if ('everyMs' in schedule) return `every ${UNITS[schedule.everyMs] ?? span(schedule.everyMs)}`;
  if ('cron' in schedule) return `${cronInWords(schedule.cron) ?? schedule.cron} (${schedule.timeZone})`;
  return triggerInWords(schedule.on);
}

function triggerInWords(on: Trigger): string {
  return typeof on === 'object' ? `when the event “${on.event}” is sent` : TRIGGERS[on];
}
