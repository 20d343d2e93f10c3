// The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date in any of the three forms of HTTP.

/** Nobody is made to wait longer. */
const MOST_MS = 86_400_000;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = String.raw`(?<h>\d\d):(?<m>\d\d):(?<s>\d\d)`;
const FORMS = [
  new RegExp(String.raw`^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${TIME} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/** The wait that a server asks for, a day at most; `undefined` where it asks for none, or in no form of HTTP. */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : dateOf(value, now) - now;
  return ms > 0 ? Math.min(ms, MOST_MS) : undefined;
}

function dateOf(value: string, now: number): number {
  for (const form of FORMS) {
    const { day = '', month = '', year = '', h, m, s } = form.exec(value)?.groups ?? {};
    const index = MONTHS.indexOf(month);
    if (index >= 0) return Date.UTC(yearOf(year, now), index, Number(day), Number(h), Number(m), Number(s));
  }
  return Number.NaN;
}

/** A year of two digits that seems to be more than 50 years ahead is the last one that ends so. */
function yearOf(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const guess = thisYear - (thisYear % 100) + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
}
