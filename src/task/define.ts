// What a task type is: its name, its policy and its handlers, typed together.

import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Constraints } from './constraints.ts';
import type { ItemContext, ItemHandlers, TaskContext } from './context.ts';
import { duration, type Duration, isDuration } from './duration.ts';
import { ErrandError } from './errors.ts';
import type { SignIn, Snooze } from './outcome.ts';
import type { FollowUp } from './record.ts';
import { badRetryField, type RetryPolicy } from './retry.ts';

/**
 * What running twice would do.
 * `none`: nothing outside is changed. `idempotent`: the second time changes nothing more.
 * `once`: it must not run twice; when interrupted it waits for a person's decision.
 */
export type Effects = 'none' | 'idempotent' | 'once';

/** Where the handlers of a type can run: in a page's workers, in the service worker while no page is open, or in both. */
export type Realm = 'worker' | 'service-worker';

/** How many tasks of a type may start within a span of time. */
export interface RateLimit {
  /** 1 to 1,000. */
  limit: number;
  /** The span: at least a millisecond. */
  perMs: Duration;
}

/** What `defineTask` takes. */
export interface TaskDefinitionInput<Input, Output, Items extends ItemHandlers> {
  /** The registered name, such as `photo.resize`. */
  type: string;
  /** Grows with each change of the payload's shape. Default 1. */
  version?: number;
  /** One sentence for a person. */
  description?: string;
  /** Any Standard Schema validator. Checked before anything is written. Default: any payload. */
  payload?: StandardSchemaV1<unknown, Input>;
  /** Makes a payload of today of one that was enqueued for an earlier version. Default: it is handed on as it is. */
  migrate?: (payload: unknown, version: number) => Input | Promise<Input>;
  /** Default `idempotent`. */
  effects?: Effects;
  /** How failed attempts are tried again. Default: 3 retries after 1, 2 and 4 seconds. */
  retry?: Partial<RetryPolicy>;
  /**
   * Asked after a failure that may be retried whether it is to be, with what was thrown and the number of the attempt that
   * failed. It runs where the handler ran, so that timeouts do not come to it. `false` fails the task, and so does a throw
   * in here. Default: every failure is retried that does not say otherwise.
   */
  retryIf?: (error: unknown, failed: { attempt: number }) => boolean;
  /** How long one attempt may take. Default: as long as it likes. */
  timeoutMs?: Duration;
  /**
   * How long an attempt may go without a sign of life, which is any of heartbeat, progress, log line, step, chunk of a map
   * and artifact. After that, and at most a quarter more, it fails as `heartbeat-timeout`. Default: as long as it likes.
   */
  heartbeatMs?: Duration;
  /** How long a handler may wind down after its signal fired before its worker is ended. Default 5 seconds. */
  graceMs?: Duration;
  /** How many tasks of the type run at once, 1 to 1,000. Default: as many as there are slots. */
  concurrency?: number;
  /** How many tasks of the type start within a span of time. Default: no limit. */
  rateLimit?: RateLimit;
  /** What the device must offer, unless the task says so itself. Default: nothing. */
  constraints?: Constraints;
  /** A task to make when a run of one of this type has ended, whatever its outcome, unless the task names another. */
  onComplete?: FollowUp;
  /** Where its handler can run. Default `['worker']`. */
  runsIn?: readonly Realm[];
  /** Handlers for the items of `ctx.map`, by name. */
  items?: Items;
  /** The work. It may be entered again from its top after a failure or an interruption: keep what must not repeat in steps. */
  run: (input: Input, ctx: TaskContext<Items>) => Output | Snooze | SignIn | Promise<Output | Snooze | SignIn>;
}

declare const types: unique symbol;

/** A task type. Pass it to `serve` in the worker and to `enqueue` in the page. */
export interface TaskDefinition<Input = unknown, Output = unknown> {
  readonly type: string;
  readonly version: number;
  readonly description?: string;
  readonly payload?: StandardSchemaV1<unknown, unknown>;
  readonly migrate?: (payload: unknown, version: number) => unknown;
  readonly effects: Effects;
  readonly retry?: Partial<RetryPolicy>;
  readonly retryIf?: (error: unknown, failed: { attempt: number }) => unknown;
  readonly timeoutMs?: number;
  readonly heartbeatMs?: number;
  readonly graceMs: number;
  readonly concurrency?: number;
  readonly rateLimit?: { readonly limit: number; readonly perMs: number };
  readonly constraints?: Readonly<Constraints>;
  readonly onComplete?: Readonly<FollowUp>;
  readonly runsIn: readonly Realm[];
  readonly items: Readonly<Record<string, (item: unknown, options: unknown, context: ItemContext) => unknown>>;
  readonly run: (input: unknown, ctx: TaskContext) => unknown;
  /** Only for the type checker: what goes in and what comes out. */
  readonly [types]?: { input: Input; output: Output };
}

/** The payload that a definition's handler gets. */
export type InputOf<D> = D extends TaskDefinition<infer Input> ? Input : never;
/** What a definition's handler returns in the end. */
export type OutputOf<D> = D extends TaskDefinition<unknown, infer Output> ? Output : never;

const DEFAULT_GRACE_MS = 5_000;

/**
 * Defines a task type.
 * @throws ErrandError `invalid-definition` for a missing type or handler, a bad version or a bad duration.
 * @example
 * export const greet = defineTask({ type: 'greet', run: (name: string) => `Hello ${name}` });
 */
export function defineTask<Input = undefined, Output = unknown, const Items extends ItemHandlers = ItemHandlers>(
  input: TaskDefinitionInput<Input, Output, Items>,
): TaskDefinition<Input, Exclude<Awaited<Output>, Snooze | SignIn>> {
  const { type, version = 1, description, payload, migrate, effects = 'idempotent', retry, items, run } = input;
  if (!isTypeName(type)) throw bad('type', TYPE_RULE);
  if (!Number.isSafeInteger(version) || version < 1) throw bad('version', 'must be a whole number from 1');
  for (const [name, given] of Object.entries({ run, migrate: migrate ?? run, retryIf: input.retryIf ?? run })) {
    if (typeof given !== 'function') throw bad(name, 'must be a function');
  }
  checkPolicy(input);
  checkLimits(input);
  return Object.freeze({
    type,
    version,
    effects,
    items: Object.freeze({ ...items }) as TaskDefinition['items'],
    run: run.bind(input) as TaskDefinition['run'],
    ...(description !== undefined && { description }),
    ...(payload !== undefined && { payload }),
    ...(migrate !== undefined && { migrate: migrate.bind(input) }),
    ...(retry !== undefined && { retry }),
    ...policyOf(input),
  });
}

function policyOf(input: Policy) {
  const { retryIf, timeoutMs, heartbeatMs, graceMs, concurrency, rateLimit, runsIn = ['worker'] } = input;
  const { constraints, onComplete } = input;
  return {
    graceMs: graceMs === undefined ? DEFAULT_GRACE_MS : duration(graceMs),
    runsIn: Object.freeze([...runsIn]),
    ...(retryIf !== undefined && { retryIf: retryIf.bind(input) }),
    ...(timeoutMs !== undefined && { timeoutMs: duration(timeoutMs) }),
    ...(heartbeatMs !== undefined && { heartbeatMs: duration(heartbeatMs) }),
    ...(concurrency !== undefined && { concurrency }),
    ...(rateLimit !== undefined && {
      rateLimit: Object.freeze({ limit: rateLimit.limit, perMs: duration(rateLimit.perMs) }),
    }),
    ...(constraints !== undefined && { constraints: Object.freeze({ ...constraints }) }),
    ...(onComplete !== undefined && { onComplete: Object.freeze({ ...onComplete }) }),
  };
}

const EFFECTS: readonly string[] = ['none', 'idempotent', 'once'] satisfies Effects[];
const REALMS: readonly string[] = ['worker', 'service-worker'] satisfies Realm[];
const TYPE_RULE = 'must be 1 to 100 letters, digits or any of . : / _ -';
const SPAN_RULE = 'must be a duration, such as 500 or 2m';
const MOST = 1_000;

type Policy = Omit<TaskDefinitionInput<never, unknown, ItemHandlers>, 'type' | 'payload' | 'migrate' | 'run'>;

function checkPolicy({ effects, retry, timeoutMs, heartbeatMs, graceMs, items }: Policy): void {
  if (effects !== undefined && !EFFECTS.includes(effects)) throw bad('effects', 'must be none, idempotent or once');
  const field = badRetryField(retry ?? {});
  if (field !== undefined) throw bad(`retry.${field}`, 'is out of its range');
  for (const [name, span] of Object.entries({ timeoutMs, heartbeatMs, graceMs })) {
    if (span !== undefined && !isDuration(span)) throw bad(name, SPAN_RULE);
  }
  if (heartbeatMs !== undefined && duration(heartbeatMs) < 1) throw bad('heartbeatMs', 'must be at least 1 ms');
  for (const [name, handler] of Object.entries(items ?? {})) {
    if (typeof handler !== 'function') throw bad(`items.${name}`, 'must be a function');
  }
}

function checkLimits({ concurrency, rateLimit, constraints, onComplete, runsIn }: Policy): void {
  if (concurrency !== undefined && !isCount(concurrency)) throw bad('concurrency', COUNT_RULE);
  if (rateLimit !== undefined) {
    checkFields('rateLimit', rateLimit, ['limit', 'perMs']);
    if (!isCount(rateLimit.limit)) throw bad('rateLimit.limit', COUNT_RULE);
    if (!isDuration(rateLimit.perMs) || duration(rateLimit.perMs) < 1) throw bad('rateLimit.perMs', SPAN_RULE);
  }
  if (constraints !== undefined) checkFields('constraints', constraints, CONSTRAINTS);
  if (onComplete !== undefined) {
    checkFields('onComplete', onComplete, ['type', 'payload']);
    if (!isTypeName(onComplete.type)) throw bad('onComplete.type', TYPE_RULE);
  }
  if (runsIn === undefined) return;
  const isKnown = Array.isArray(runsIn) && runsIn.length > 0 && runsIn.every((realm: string) => REALMS.includes(realm));
  if (!isKnown || new Set(runsIn).size < runsIn.length)
    throw bad('runsIn', 'must name worker, service-worker or both, each once');
}

const CONSTRAINTS: readonly string[] = [
  'network',
  'charging',
  'batteryNotLow',
  'deviceIdle',
  'storageNotLow',
  'visible',
  'custom',
  'whenUnknown',
] satisfies (keyof Constraints)[];
const COUNT_RULE = `must be a whole number from 1 to ${MOST}`;

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= MOST;
}

function isTypeName(type: unknown): boolean {
  return typeof type === 'string' && /^[\w.:/-]{1,100}$/.test(type);
}

function checkFields(name: string, given: object, known: readonly string[]): void {
  if (typeof (given as unknown) !== 'object' || (given as unknown) === null) throw bad(name, 'must be an object');
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined) throw bad(`${name}.${unknown}`, 'is not known');
}

function bad(field: string, rule: string): ErrandError {
  return new ErrandError('invalid-definition', `A task definition's ${field} ${rule}.`, { field });
}
