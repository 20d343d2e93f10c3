// What a task type is: its name, its policy and its handlers, typed together.

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { duration, type Duration, isDuration } from './duration.ts';
import { ErrandError } from './errors.ts';
import type { FileRef } from './file-ref.ts';
import type { Snooze } from './outcome.ts';
import { badRetryField, type RetryPolicy } from './retry.ts';

/**
 * What running twice would do.
 * `none`: nothing outside is changed. `idempotent`: the second time changes nothing more.
 * `once`: it must not run twice; when interrupted it waits for a person's decision.
 */
export type Effects = 'none' | 'idempotent' | 'once';

/** What an item handler gets beside its item and options. */
export interface ItemContext {
  /** Fires when the task is cancelled, timed out or taken over. */
  readonly signal: AbortSignal;
  /** The item's place in the list that was handed to `ctx.map`. */
  readonly index: number;
  /** Opens a file of the payload, or one that an earlier step produced. Rejects with `file-missing`. */
  open(file: FileRef): Promise<File>;
  /** Keeps a file that this task produced, and returns its reference. */
  artifact(name: string, content: ArtifactContent): Promise<FileRef>;
}

/** What an artifact can be made of. A stream is written as it comes, without being held in memory. */
export type ArtifactContent =
  Blob | string | ArrayBuffer | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;

/** Handlers for the items of `ctx.map`, by name. They run in any free slot, so they share nothing but their arguments. */
export type ItemHandlers = Record<string, (item: never, options: never, context: ItemContext) => unknown>;

type ItemOf<H> = H extends (item: infer I, ...rest: never) => unknown ? I : never;
type OptionsOf<H> = H extends (item: never, options: infer O, ...rest: never) => unknown ? O : undefined;
type ResultOf<H> = H extends (...args: never) => infer R ? Awaited<R> : never;

export interface StepOptions {
  /** How a failed step is tried again before it fails the attempt. Default: not at all. */
  retry?: Partial<RetryPolicy>;
}

export interface MapOptions {
  /** A name for this map, where one run maps with the same item handler twice. Default: the item handler's name. */
  name?: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a handler can do beside computing. */
export interface TaskContext<Items extends ItemHandlers = ItemHandlers> {
  readonly taskId: string;
  readonly runIndex: number;
  /** 1 for the first attempt of this run. An interrupted attempt does not count. */
  readonly attempt: number;
  /** The same for every attempt of a run: hand it to servers that take an idempotency key. */
  readonly idempotencyKey: string;
  /** Fires when the task is cancelled, timed out or taken over. After a grace period the worker is ended. */
  readonly signal: AbortSignal;
  /** Says how far the task is: 0 to 100, and a few words. Writes are gathered, so call it as often as you like. */
  progress(percent: number, message?: string): void;
  /** Adds a line to the run's log. `data` is any structured-cloneable value. */
  log(message: string, data?: unknown, level?: LogLevel): void;
  /** Runs `work` and records its result, once. In every later attempt of this run the recorded result is returned at once. */
  step<T>(
    name: string,
    work: (step: { idempotencyKey: string; signal: AbortSignal }) => T | Promise<T>,
    options?: StepOptions,
  ): Promise<T>;
  /**
   * Hands each item to the named item handler, in every free slot, and records each chunk of results once.
   * Results come in the order of the items. The first item that throws fails the attempt; chunks recorded by then stay.
   */
  map<K extends keyof Items & string>(
    handler: K,
    items: readonly ItemOf<Items[K]>[],
    options?: OptionsOf<Items[K]>,
    mapOptions?: MapOptions,
  ): Promise<ResultOf<Items[K]>[]>;
  /** Keeps a file that this task produced, and returns its reference. The same name again replaces it. */
  artifact(name: string, content: ArtifactContent): Promise<FileRef>;
  /** Opens a file of the payload, or one that an earlier step produced. Rejects with `file-missing`. */
  open(file: FileRef): Promise<File>;
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
  /** How long one attempt may take. Default: as long as it likes. */
  timeoutMs?: Duration;
  /** How long a handler may wind down after its signal fired before its worker is ended. Default 5 seconds. */
  graceMs?: Duration;
  /** Handlers for the items of `ctx.map`, by name. */
  items?: Items;
  /** The work. It may be entered again from its top after a failure or an interruption: keep what must not repeat in steps. */
  run: (input: Input, ctx: TaskContext<Items>) => Output | Snooze | Promise<Output | Snooze>;
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
  readonly timeoutMs?: number;
  readonly graceMs: number;
  readonly concurrency?: number;
  readonly rateLimit?: { readonly limit: number; readonly perMs: number };
  readonly onComplete?: { readonly type: string; readonly payload?: unknown };
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
): TaskDefinition<Input, Exclude<Awaited<Output>, Snooze>> {
  const {
    type,
    version = 1,
    description,
    payload,
    migrate,
    effects = 'idempotent',
    retry,
    timeoutMs,
    graceMs,
    items,
    run,
  } = input;
  if (typeof type !== 'string' || !/^[\w.:/-]{1,100}$/.test(type)) {
    throw bad('type', 'must be 1 to 100 letters, digits or any of . : / _ -');
  }
  if (!Number.isSafeInteger(version) || version < 1) throw bad('version', 'must be a whole number from 1');
  if (typeof run !== 'function') throw bad('run', 'must be a function');
  if (migrate !== undefined && typeof migrate !== 'function') throw bad('migrate', 'must be a function');
  checkPolicy(input);
  return Object.freeze({
    type,
    version,
    effects,
    graceMs: graceMs === undefined ? DEFAULT_GRACE_MS : duration(graceMs),
    items: Object.freeze({ ...items }) as TaskDefinition['items'],
    run: run.bind(input) as TaskDefinition['run'],
    ...(description !== undefined && { description }),
    ...(payload !== undefined && { payload }),
    ...(migrate !== undefined && { migrate: migrate.bind(input) }),
    ...(retry !== undefined && { retry }),
    ...(timeoutMs !== undefined && { timeoutMs: duration(timeoutMs) }),
  });
}

const EFFECTS: readonly string[] = ['none', 'idempotent', 'once'] satisfies Effects[];

interface Policy {
  effects?: string;
  retry?: Partial<RetryPolicy>;
  timeoutMs?: Duration;
  graceMs?: Duration;
  items?: object;
}

function checkPolicy({ effects, retry, timeoutMs, graceMs, items }: Policy): void {
  if (effects !== undefined && !EFFECTS.includes(effects)) throw bad('effects', 'must be none, idempotent or once');
  const field = badRetryField(retry ?? {});
  if (field !== undefined) throw bad(`retry.${field}`, 'is out of its range');
  for (const [name, span] of Object.entries({ timeoutMs, graceMs })) {
    if (span !== undefined && !isDuration(span)) throw bad(name, 'must be a duration, such as 500 or 2m');
  }
  for (const [name, handler] of Object.entries(items ?? {})) {
    if (typeof handler !== 'function') throw bad(`items.${name}`, 'must be a function');
  }
}

function bad(field: string, rule: string): ErrandError {
  return new ErrandError('invalid-definition', `A task definition's ${field} ${rule}.`, { field });
}
