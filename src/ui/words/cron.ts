// A cron pattern as a person would say it. What is too odd to be said is left to the list of its next times.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** `every day at 03:00`, `every 15 minutes`, `Monday to Friday at 09:30`; `undefined` for what is odder than that. */
export function cronInWords(cron: string): string | undefined {
  const fields = (NICKNAMES[cron.trim().toLowerCase()] ?? cron).trim().split(/\s+/);
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] =
    fields.length === 5 ? ['0', ...fields] : fields;
  if (fields.length < 5 || fields.length > 6 || second !== '0') return undefined;
  const time = timeOf(minute, hour);
  const date = dateOf(day, month, weekday, time?.isOften ?? false);
  if (time === undefined || date === undefined) return undefined;
  if (time.isOften) return date === '' ? time.text : `${time.text}, ${date}`;
  return `${date === '' ? 'every day' : date} ${time.text}`;
}

function timeOf(minute: string, hour: string): { text: string; isOften: boolean } | undefined {
  const often = (text: string) => ({ text, isOften: true });
  const everyMinutes = stepOf(minute, 60);
  const everyHours = stepOf(hour, 24);
  if (hour === '*' && minute === '*') return often('every minute');
  if (hour === '*' && everyMinutes !== undefined) return often(`every ${everyMinutes} minutes`);
  const minutes = numbersOf(minute, 0, 59);
  if (minutes === undefined) return undefined;
  if (hour === '*') return often(minute === '0' ? 'every hour' : `every hour at ${past(minutes)}`);
  if (everyHours !== undefined && minutes.length === 1)
    return often(`every ${everyHours} hours${minute === '0' ? '' : ` at ${past(minutes)}`}`);
  const hours = numbersOf(hour, 0, 23);
  if (hours === undefined || hours.length * minutes.length > 6) return undefined;
  const times = hours.flatMap((h) => minutes.map((m) => `${two(h)}:${two(m)}`));
  return { text: `at ${listOf(times)}`, isOften: false };
}

function dateOf(day: string, month: string, weekday: string, isOften: boolean): string | undefined {
  const months = month === '*' ? [] : numbersOf(month, 1, 12, MONTH_NAMES, 1);
  const isAnyDay = day === '*' || day === '?';
  const isAnyWeekday = weekday === '*' || weekday === '?';
  if (months === undefined || (!isAnyDay && !isAnyWeekday)) return undefined;
  const names = listOf(months.map((each) => MONTHS[each - 1] ?? ''));
  if (isAnyDay && isAnyWeekday) return names === '' ? '' : `every day in ${names}`;
  const days = isAnyDay ? weekdaysOf(weekday, isOften) : daysOf(day);
  if (days === undefined) return undefined;
  if (isAnyWeekday) return `${days} of ${names === '' ? 'every month' : names}`;
  return names === '' ? days : `${days} in ${names}`;
}

function daysOf(day: string): string | undefined {
  if (day === 'L') return 'on the last day';
  const days = numbersOf(day, 1, 31);
  return days === undefined ? undefined : `on the ${listOf(days.map(ordinal))}`;
}

/** `every Monday and Thursday`; beside what runs more often than daily `on Mondays and Thursdays`. */
function weekdaysOf(weekday: string, isOften: boolean): string | undefined {
  const range = /^(\w+)-(\w+)$/.exec(weekday);
  const named = (text: string) => numbersOf(text, 0, 7, DAY_NAMES)?.map((each) => DAYS[each % 7] ?? '');
  if (range !== null) {
    const [from, to] = [named(range[1] ?? ''), named(range[2] ?? '')];
    return from === undefined || to === undefined ? undefined : `${from[0] ?? ''} to ${to[0] ?? ''}`;
  }
  const days = named(weekday);
  if (days === undefined) return undefined;
  return isOften ? `on ${listOf(days.map((each) => `${each}s`))}` : `every ${listOf(days)}`;
}

/** A list of plain numbers, or names; ranges of numbers are written out. */
function numbersOf(
  text: string,
  least: number,
  most: number,
  names: readonly string[] = [],
  first = 0,
): number[] | undefined {
  const read = (each: string) => {
    const named = names.indexOf(each.toLowerCase());
    return named === -1 ? (/^\d{1,2}$/.test(each) ? Number(each) : Number.NaN) : named + first;
  };
  const made = text.split(',').flatMap((part) => {
    const [from = '', to] = part.split('-');
    if (to === undefined) return [read(from)];
    return Array.from({ length: Math.max(0, Math.min(60, read(to) - read(from) + 1)) }, (_, i) => read(from) + i);
  });
  return made.length > 0 && made.every((each) => each >= least && each <= most) ? made : undefined;
}

// Where so many make a whole: of others the last gap is shorter, and it would be a lie.
function stepOf(text: string, whole: number): number | undefined {
  const step = Number(/^(?:\*|0)\/(\d{1,2})$/.exec(text)?.[1]);
  return step >= 2 && whole % step === 0 ? step : undefined;
}

function past(minutes: readonly number[]): string {
  return `${listOf(minutes.map(String))} past`;
}

function ordinal(day: number): string {
  const isTeen = day >= 11 && day <= 13;
  return `${day}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][day % 10]) ?? 'th'}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
