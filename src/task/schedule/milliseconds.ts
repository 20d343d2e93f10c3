// From an instant as it is written to a number. Apart from its schema, so that a page can check one without a validator.

export const HOW = 'Use a Date, milliseconds since 1970, or ISO 8601 with its offset, such as 2030-01-31T09:00:00Z.';
/** The farthest instant that a Date can hold, either way from 1970. */
export const FARTHEST = 8.64e15;

/** In whole milliseconds since 1970; `undefined` where it is none. */
export function instantOf(written: unknown): number | undefined {
  if (!(typeof written === 'number' || typeof written === 'string' || written instanceof Date)) return undefined;
  const at = milliseconds(written);
  return Math.abs(at) <= FARTHEST ? at : undefined;
}

/** `NaN` where it is none. */
export function milliseconds(written: number | Date | string): number {
  if (typeof written === 'number') return Math.round(written);
  return typeof written === 'string' ? parsed(written) : written.getTime();
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Browsers make 1 March of 29 February in a year that has none, so that the day is checked apart. */
function parsed(text: string): number {
  const [, year, month, day] = (ISO.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCDate() === day ? Date.parse(text) : Number.NaN;
}
