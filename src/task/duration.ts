// Spans of time as people write them.

import { ErrandError } from './errors.ts';

/** Milliseconds, or a number with a unit: `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The span in milliseconds. Throws `invalid-request` for anything else, a negative span included. */
export function duration(span: Duration): number {
  if (typeof span === 'number' && span >= 0 && Number.isFinite(span)) return span;
  const match = typeof span === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(span) : null;
  const unit = match === null ? undefined : UNITS[match[2] ?? ''];
  if (unit === undefined) {
    throw new ErrandError(
      'invalid-request',
      `"${span}" is no duration. Write milliseconds, or a number with ms, s, m, h or d.`,
    );
  }
  return Number(match?.[1]) * unit;
}
