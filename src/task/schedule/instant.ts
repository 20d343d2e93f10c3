// Instants as callers write them.

import * as v from 'valibot';
import { FARTHEST, HOW, milliseconds } from './milliseconds.ts';

/**
 * An instant of any form, as whole milliseconds since 1970. A string without its offset is refused, because it would be
 * another instant on another device.
 */
export const instant = v.pipe(
  v.union([v.number(), v.date(), v.string()], HOW),
  v.transform(milliseconds),
  v.number(HOW),
  v.minValue(-FARTHEST, HOW),
  v.maxValue(FARTHEST, HOW),
);
