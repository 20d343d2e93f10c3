// Numbers, sizes and times as people read them.

const numbers = new Intl.NumberFormat('en');
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clockTimes = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const days = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12,345`. */
export function count(value: number): string {
  return numbers.format(value);
}

/** `2.1 MB`: three digits at most, in steps of 1,000. */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${units[unit]}`;
}

/** `−85%`, or `+3%` where the second is larger. */
export function change(before: number, after: number): string {
  const percent = before === 0 ? 0 : Math.round((after / before - 1) * 100);
  return percent === 0 ? '±0%' : `${percent < 0 ? '−' : '+'}${Math.abs(percent)}%`;
}

/** `350 ms`, `4.2 s`, `5 s`, `1 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function span(ms: number): string {
  if (Math.round(ms) < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${Number((ms / SECOND).toFixed(1))} s`;
  if (Math.round(ms / SECOND) < 60) return `${Math.round(ms / SECOND)} s`;
  if (Math.round(ms / SECOND) < 3_600) return pair(ms, MINUTE, 'min', SECOND, 's');
  if (Math.round(ms / MINUTE) < 1_440) return pair(ms, HOUR, 'h', MINUTE, 'min');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

/** `about 40 s`: coarser the longer it is, so that it does not flicker. */
export function roughly(ms: number): string {
  if (ms < 5 * SECOND) return 'a few seconds';
  if (ms <= 55 * SECOND) return `about ${Math.ceil(ms / 5_000) * 5} s`;
  if (ms <= 59 * MINUTE) return `about ${Math.ceil(ms / MINUTE)} min`;
  return `about ${span(Math.ceil(ms / (5 * MINUTE)) * 5 * MINUTE)}`;
}

/** `3 min ago`, `in 2 h`, `just now`; from a day on as the language has it: `tomorrow`, `in 8 days`. */
export function relative(at: number, now: number): string {
  const away = at - now;
  const size = Math.abs(away);
  if (size < 5 * SECOND) return away > 0 ? 'in a moment' : 'just now';
  const distance = shortDistance(size);
  if (distance === undefined) return days.format(Math.round(away / DAY), 'day');
  return away > 0 ? `in ${distance}` : `${distance} ago`;
}

/** In the largest unit that it fills once it is rounded: never `60 s`. */
function shortDistance(size: number): string | undefined {
  if (Math.round(size / SECOND) < 60) return `${Math.round(size / SECOND)} s`;
  if (Math.round(size / MINUTE) < 60) return `${Math.round(size / MINUTE)} min`;
  return Math.round(size / HOUR) < 24 ? `${Math.round(size / HOUR)} h` : undefined;
}

/** The full date and time, in the reader's own way of writing them. */
export function absolute(at: number): string {
  return instants.format(at);
}

/** A date and time in a time zone; by default where the device is. Seconds only where there are some. */
export function inZone(at: number, timeZone: string | undefined): string {
  const second = at % MINUTE === 0 ? {} : ({ second: '2-digit' } as const);
  const day = { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short', ...second } as const;
  return new Intl.DateTimeFormat(undefined, { ...day, ...time, ...(timeZone && { timeZone }) }).format(at);
}

/** The time of day. */
export function timeOfDay(at: number): string {
  return clockTimes.format(at);
}

/** For a machine: ISO 8601. */
export function machine(at: number): string {
  return new Date(at).toISOString();
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(ms / large);
  const rest = Math.round((ms - whole * large) / small);
  if (rest * small >= large) return `${whole + 1} ${largeName}`;
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}
