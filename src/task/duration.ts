// Spans of time as people write them.

import { ErrandError } from './errors.ts';

/** Milliseconds, or a number with a unit: `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The span in milliseconds. Throws `invalid-request` for anything else, a negative or endless span included. */
export function duration(span: Duration): number {
  const ms = milliseconds(span);
  if (ms !== undefined) return ms;
  const message = `"${String(span).slice(0, 100)}" is not a duration. Use milliseconds, or a number with ms, s, m, h or d.`;
  throw new ErrandError('invalid-request', message);
}

/** `1.5 s`: for messages. */
export function inSeconds(ms: number): string {
  return `${ms / 1_000} s`;
}

export function isDuration(span: Duration): boolean {
  return milliseconds(span) !== undefined;
}

function milliseconds(span: Duration): number | undefined {
  const match = typeof span === 'string' ? /^(\d{1,15}(?:\.\d{1,15})?)(ms|s|m|h|d)$/.exec(span) : null;
  const ms = match === null ? span : Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN);
  return typeof ms === 'number' && ms >= 0 && Number.isFinite(ms) ? ms : undefined;
}
