// Tasks as actors may ask for them, with every option there is, drawn by chance.

import type { EnqueueOptions } from '../../../src/task/index.ts';
import type { Chance } from '../world/chance.ts';
import type { Mode, Payload } from './facts.ts';
import { POLICIES, type TypeName, UNKNOWN_TYPE } from './types.ts';

export interface Request {
  type: string;
  payload: Payload;
  options: EnqueueOptions;
}

/** What can be named when a request is drawn. */
export interface Surroundings {
  wallNow: number;
  /** Tasks that the actor knows of. */
  known: readonly string[];
  newId: () => string;
}

const MODES: readonly (readonly [Mode, number])[] = [
  ['ok', 12],
  ['fail', 3],
  ['hopeless', 1],
  ['hang', 1],
  ['deaf', 1],
  ['crash', 1],
  ['snooze', 2],
  ['steps', 3],
  ['map', 2],
  ['sleep', 2],
  ['event', 2],
  ['child', 2],
];
const UNIQUE = ['keep', 'replace', 'append', 'append', 'debounce', 'latest'] as const;
export const DEBOUNCE_MS = 1_500;

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance.below(from.length)] as T;
}

/** One of some things, each as often as it weighs. */
export function weighed<T>(chance: Chance, from: readonly (readonly [T, number])[]): T {
  let left = chance.below(from.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [each, weight] of from) {
    left -= weight;
    if (left < 0) return each;
  }
  throw new Error('There is nothing to pick from.');
}

export function drawRequest(chance: Chance, around: Surroundings): Request {
  const is = (percent: number) => chance.below(100) < percent;
  const type: string = is(2) ? UNKNOWN_TYPE : pick(chance, Object.keys(POLICIES) as TypeName[]);
  const mode = weighed(chance, MODES);
  const payload: Payload = { mode, times: 1 + chance.below(2), ms: pick(chance, [0, 100, 400, 1_500, 2_500]) };
  const options: EnqueueOptions = {
    id: around.newId(),
    priority: pick(chance, ['high', 'normal', 'normal', 'low', 3]),
  };
  if (mode === 'hang' || mode === 'deaf' || is(5)) options.timeoutMs = 800 + chance.below(2_000);
  if (is(15)) options.schedule = drawSchedule(chance, around.wallNow);
  if (is(12))
    options.constraints = pick(chance, [
      { network: 'online' },
      { custom: ['dock'], whenUnknown: 'wait' },
      { custom: ['dock'] },
    ] as const);
  if (is(8)) options.deadline = around.wallNow + 500 + chance.below(12_000);
  if (is(16)) options.concurrencyKey = 'bench';
  if (is(20)) options.unique = drawUnique(chance);
  if (is(15) && around.known.length > 0) options.dependsOn = drawDependsOn(chance, around.known);
  if (is(8) && around.known.length > 0) options.parentId = pick(chance, around.known);
  if (is(8)) options.onComplete = { type: 'sim.follow', payload: { mode: 'ok' } };
  if (is(10)) options.retry = { maxRetries: chance.below(3), initialBackoffMs: 200, jitter: 0 };
  if (is(5)) options.workspace = 'attic';
  return { type, payload, options };
}

/** Each policy has a key of its own, so that it can be told what each promises. */
function drawUnique(chance: Chance): NonNullable<EnqueueOptions['unique']> {
  const policy = pick(chance, UNIQUE);
  return { key: policy, policy, ...(policy === 'debounce' && { debounceMs: DEBOUNCE_MS }) };
}

function drawDependsOn(chance: Chance, known: readonly string[]): NonNullable<EnqueueOptions['dependsOn']> {
  const tasks = [...new Set([pick(chance, known), pick(chance, known)])];
  return chance.below(2) === 0 ? tasks : { tasks, onFailure: 'continue' };
}

function drawSchedule(chance: Chance, wallNow: number): NonNullable<EnqueueOptions['schedule']> {
  const rules = {
    ...(chance.below(3) === 0 && { overlap: pick(chance, ['skip', 'queue', 'cancel-running'] as const) }),
    ...(chance.below(3) === 0 && { missed: pick(chance, ['skip', 'one', 'all'] as const) }),
  };
  switch (chance.below(5)) {
    case 0:
    case 1:
      return { at: wallNow + chance.below(8_000) - 500 };
    case 2:
      return { everyMs: 1_000 + chance.below(2_000), count: 1 + chance.below(3), ...rules };
    case 3:
      return { cron: '*/3 * * * * *', timeZone: 'UTC', count: 1 + chance.below(2), ...rules };
    default:
      return { on: pick(chance, ['online', { event: 'bell' }] as const), count: 1 + chance.below(2), ...rules };
  }
}
