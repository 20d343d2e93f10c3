// What the device must offer for a task to start and to go on. What this browser cannot tell is unknown: each task says
// what that means to it.

import * as v from 'valibot';

/** What a task needs of the device. What is left out does not matter. */
export interface Constraints {
  /** A network at all, or one that is not paid for by the byte. */
  network?: 'online' | 'unmetered';
  charging?: boolean;
  batteryNotLow?: boolean;
  /** Nobody is using the device. */
  deviceIdle?: boolean;
  storageNotLow?: boolean;
  /** A page of the app is in sight. */
  visible?: boolean;
  /** Signals of the embedder's own, by name: see `runner.setSignal`. */
  custom?: string[];
  /** Whether a signal that this browser cannot read holds the task back. Default `allow`: it does not. */
  whenUnknown?: 'allow' | 'wait';
}

const BUILT_IN = [
  'online',
  'unmetered',
  'charging',
  'batteryNotLow',
  'deviceIdle',
  'storageNotLow',
  'visible',
] as const;

/** A signal of the device: one of Errand's own, or one of the embedder's, whose name then begins with `custom:`. */
export type SignalName = (typeof BUILT_IN)[number] | `custom:${string}`;
export const SIGNALS: readonly SignalName[] = BUILT_IN;

/** What is known of the device now. A signal that is not there is unknown. */
export type Signals = ReadonlyMap<SignalName, boolean>;

/** A constraint that is not met. */
export interface Unmet {
  signal: SignalName;
  /** The signal is unknown, and the task waits for that, too. */
  unknown: boolean;
}

const CUSTOM = 'custom:';
const customName = v.pipe(
  v.string(),
  v.regex(/^[\w.-]{1,50}$/, 'Use names of 1 to 50 letters, digits or any of . _ -'),
);

/** The shape in which a caller gives constraints. */
export const constraintsShape = v.strictObject({
  network: v.optional(v.picklist(['online', 'unmetered'])),
  charging: v.optional(v.boolean()),
  batteryNotLow: v.optional(v.boolean()),
  deviceIdle: v.optional(v.boolean()),
  storageNotLow: v.optional(v.boolean()),
  visible: v.optional(v.boolean()),
  custom: v.optional(v.pipe(v.array(customName), v.maxLength(20))),
  whenUnknown: v.optional(v.picklist(['allow', 'wait'])),
});

/** Constraints as they are stored: only what is asked for, or `undefined` where that is nothing. */
export function normalConstraints(given: v.InferOutput<typeof constraintsShape>): Constraints | undefined {
  const { whenUnknown, custom = [], ...flags } = given;
  const kept: Constraints = Object.fromEntries(
    Object.entries(flags).filter(([, value]) => value === true || typeof value === 'string'),
  );
  if (custom.length > 0) kept.custom = [...new Set(custom)].sort();
  if (Object.keys(kept).length === 0) return undefined;
  return whenUnknown === 'wait' ? { ...kept, whenUnknown } : kept;
}

/** The signals that constraints look at. */
function signalsOf({ network, custom = [], whenUnknown: _when, ...flags }: Constraints): SignalName[] {
  const names = BUILT_IN.filter((name) => Object.hasOwn(flags, name));
  const net: SignalName[] = network === undefined ? [] : network === 'online' ? ['online'] : ['online', 'unmetered'];
  return [...net, ...names, ...custom.map((name): SignalName => `${CUSTOM}${name}`)];
}

/** What keeps a task of these constraints from running now. */
export function unmetOf(constraints: Constraints, signals: Signals): Unmet[] {
  const unmet: Unmet[] = [];
  for (const signal of signalsOf(constraints)) {
    const state = signals.get(signal);
    if (state === false) unmet.push({ signal, unknown: false });
    else if (state === undefined && constraints.whenUnknown === 'wait') unmet.push({ signal, unknown: true });
  }
  return unmet;
}

/** Constraints as a lane's name says them: equal ones in equal words. */
export function constraintsKey(constraints: Constraints | undefined): string {
  if (constraints === undefined) return '';
  const names: string[] = signalsOf(constraints);
  if (constraints.whenUnknown === 'wait') names.push(WAIT);
  return names.join(',');
}

/** What `constraintsKey` said. */
export function parseConstraintsKey(key: string): Constraints | undefined {
  if (key === '') return undefined;
  const constraints: Constraints = {};
  for (const name of key.split(',')) {
    if (name === WAIT) constraints.whenUnknown = 'wait';
    else if (name === 'online') constraints.network ??= 'online';
    else if (name === 'unmetered') constraints.network = 'unmetered';
    else if (name.startsWith(CUSTOM)) (constraints.custom ??= []).push(name.slice(CUSTOM.length));
    else Reflect.set(constraints, name, true);
  }
  return constraints;
}

const WAIT = '?wait';
