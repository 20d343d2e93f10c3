// What engines tell each other of what their pages report, in the channel `errand:<database>:signals`.

import * as v from 'valibot';
import { PAGE_SIGNALS, type PageSignal } from './sensors.ts';

/** What one tab says. */
export interface Report {
  /** The tab's engine. */
  from: string;
  /** When its page last reported, by the wall clock. */
  at: number;
  page: [PageSignal, boolean][];
  custom: CustomSignal[];
}

/** A signal of the embedder's own: its name without `custom:`. */
export interface CustomSignal {
  name: string;
  /** `null`: whoever set it says that it is unknown now. */
  state: boolean | null;
  /** When it was set: the last one counts. */
  at: number;
}

export type Message =
  | ({ kind: 'report' } & Report)
  /** The tab has ended, and what it said with it. */
  | { kind: 'gone'; from: string }
  /** An engine has started, and asks the others for their reports. */
  | { kind: 'ask' };

export const MOST_CUSTOM = 100;
/** Where dates end: https://tc39.es/ecma262/#sec-time-values-and-time-range */
export const LAST_INSTANT = 8.64e15;

const instant = v.pipe(v.number(), v.safeInteger(), v.maxValue(LAST_INSTANT));
const from = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const customName = v.pipe(v.string(), v.regex(/^[\w.-]{1,50}$/));
const custom = v.strictObject({
  name: customName,
  state: v.nullable(v.boolean()),
  at: instant,
});

const shape = v.variant('kind', [
  v.strictObject({
    kind: v.literal('report'),
    from,
    at: instant,
    page: v.pipe(v.array(v.tuple([v.picklist(PAGE_SIGNALS), v.boolean()])), v.maxLength(PAGE_SIGNALS.length)),
    custom: v.pipe(v.array(custom), v.maxLength(MOST_CUSTOM)),
  }),
  v.strictObject({ kind: v.literal('gone'), from }),
  v.strictObject({ kind: v.literal('ask') }),
]);

/** Anybody on this origin may speak in the channel: what is not a message is `undefined`. */
export function parseMessage(data: unknown): Message | undefined {
  const { success, output } = v.safeParse(shape, data, { abortEarly: true });
  return success ? output : undefined;
}

/** Whether an embedder's own signal may bear this name. */
export function isCustomName(name: unknown): boolean {
  return v.is(customName, name);
}
