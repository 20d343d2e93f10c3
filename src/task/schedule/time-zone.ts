// Names of time zones, as the browser knows them.

/** Longer than any name of the IANA database, the longest of which has 32 characters. */
const LONGEST_NAME = 64;

/** Names that were found to be known: to ask costs more than to keep a task. */
const known = new Set<string>();

/**
 * Whether this browser knows a time zone of that name. A bare offset such as `+01:00` is none: it knows no summer time,
 * and only newer browsers take it.
 */
export function isTimeZone(name: string): boolean {
  if (known.has(name)) return true;
  if (name.length > LONGEST_NAME || !/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    known.add(name);
    return true;
  } catch {
    return false;
  }
}

/** The device's time zone by name. `UTC` where the browser cannot tell: some then say `Etc/Unknown`, or nothing. */
export function deviceTimeZone(): string {
  const name: unknown = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return typeof name === 'string' && isTimeZone(name) ? name : 'UTC';
}
