// The only place that knows croner: which instants a cron pattern names in a time zone.

import { Cron } from 'croner';

/**
 * So many years around an instant are searched, because a pattern can name nothing but times that the clock skips, on
 * which croner spends 50 ms a year. The leap days that lie farthest apart (2096 and 2104) are within reach.
 */
const YEARS = 12;
const LAST_YEAR = 9_999;
const LONGEST_CRON = 250;
/** A pattern costs 30 µs and some 40 kB to take apart, and is asked again and again. */
const MOST_KEPT = 32;

const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const kept = new Map<string, Cron>();

/** The first instant strictly after `after` that the pattern names, in milliseconds; `undefined` if none within 12 years. */
export function nextCron(cron: string, timeZone: string, after: number): number | undefined {
  return patternAround(cron, timeZone, after)?.nextRun(new Date(after))?.getTime();
}

/** The last instant at or before `until` that the pattern names, in milliseconds; `undefined` if none within 12 years. */
export function lastCron(cron: string, timeZone: string, until: number): number | undefined {
  return patternAround(cron, timeZone, until)
    ?.previousRuns(1, new Date(until + 1))[0]
    ?.getTime();
}

/** What is wrong with a pattern, in words for a person; `undefined` for one that can be used. */
export function cronFault(cron: string): string | undefined {
  if (cron.length > LONGEST_CRON) return `A pattern has ${LONGEST_CRON} characters at most.`;
  if (fieldsOf(cron) === undefined) {
    return 'Write 5 fields (minute, hour, day of month, month, day of week), or 6 with a second before them.';
  }
  try {
    patternAround(cron, 'UTC', 0);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Cron\w*: /, '') : 'It cannot be read.';
  }
}

/** The pattern, within the years around an instant: croner takes them as a seventh field. */
function patternAround(cron: string, timeZone: string, instant: number): Cron | undefined {
  const year = new Date(instant).getUTCFullYear();
  if (!(year <= LAST_YEAR)) return undefined;
  const pattern = `${fieldsOf(cron) ?? cron} ${year - YEARS}-${Math.min(year + YEARS, LAST_YEAR)}`;
  const key = `${timeZone} ${pattern}`;
  const found =
    kept.get(key) ?? new Cron(pattern, { timezone: timeZone, mode: '7-part', fixedTimeRule: 'no-wildcard' });
  if (kept.size >= MOST_KEPT && !kept.has(key)) kept.clear();
  kept.set(key, found);
  return found;
}

/** The six fields of a pattern. A colon would make croner read a date. */
function fieldsOf(cron: string): string | undefined {
  const fields = (NICKNAMES.get(cron.trim().toLowerCase()) ?? cron).trim().split(/\s+/);
  if (cron.includes(':')) return undefined;
  if (fields.length === 5) return ['0', ...fields].join(' ');
  return fields.length === 6 ? fields.join(' ') : undefined;
}
