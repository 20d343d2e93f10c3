// What a handler holds: all that it can do beside computing.

import type { TaskDefinition } from './define.ts';
import type { EnqueueOptions } from './draft.ts';
import type { Duration } from './duration.ts';
import type { Enqueueable, FileRef } from './file-ref.ts';
import type { TaskError } from './outcome.ts';
import type { RetryPolicy } from './retry.ts';

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

export interface WaitOptions {
  /** The name of the event. */
  event: string;
  /** How long to wait at most, from the first time that the handler comes to it. Default: as long as it takes. */
  timeoutMs?: Duration;
}

export interface SendOptions {
  /** The id of the task that it is for, which is kept for it until it asks. Default: all that wait for it now. */
  to?: string;
  /** A name for this step, where one run sends the same event twice. Default: `send` and the name of the event. */
  name?: string;
}

/** What may be said of a child. Its id and its parent are known; workspace and creator are the parent's. */
export type ChildOptions = Omit<EnqueueOptions, 'id' | 'parentId' | 'creator'>;

/** A payload may be left out where the child's handler takes none. */
export type ChildArguments<Input> = undefined extends Input
  ? [payload?: Enqueueable<Input>, options?: ChildOptions]
  : [payload: Enqueueable<Input>, options?: ChildOptions];

/** How a task that this one depended on has ended. */
export interface Dependency {
  readonly id: string;
  /** `deleted`: nothing is known of it any more. */
  readonly status: 'completed' | 'failed' | 'cancelled' | 'deleted';
  /** What it returned, if it completed. */
  readonly result: unknown;
  /** Why it failed or was cancelled. */
  readonly error: TaskError | null;
}

/** What a handler can do beside computing. */
export interface TaskContext<Items extends ItemHandlers = ItemHandlers> {
  readonly taskId: string;
  readonly runIndex: number;
  /** 1 for the first attempt of this run. An interrupted attempt does not count. */
  readonly attempt: number;
  /** The same for every attempt, and for every run that keeps what is recorded, as a retry by hand: for servers that take one. */
  readonly idempotencyKey: string;
  /**
   * Fires when the task is cancelled, timed out or taken over: after a grace period the worker is ended. It fires as well,
   * as `parked`, when this attempt stops to wait: code that still runs then is to stop.
   */
  readonly signal: AbortSignal;
  /** What has become of the tasks that this one depends on, in the order of `dependsOn`. */
  readonly dependencies: readonly Dependency[];
  /** Says how far the task is: 0 to 100, and a few words. Writes are gathered, so call it as often as you like. */
  progress(percent: number, message?: string): void;
  /** Adds a line to the run's log. `data` is any structured-cloneable value. */
  log(message: string, data?: unknown, level?: LogLevel): void;
  /**
   * A sign of life, where the definition says `heartbeatMs`. Progress, log lines, steps, chunks of maps and artifacts are
   * signs of life as well. They are gathered, so call it as often as you like.
   */
  heartbeat(): void;
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
  /**
   * Waits, for days if need be, without a slot and at no cost in attempts: this attempt ends, and in a later one the call
   * resolves. It ends once no step, map, file or child of it is under way; code outside steps is stopped, and none of its
   * `finally` blocks runs. Of several sleeps and waits at once, the soonest has the handler entered again.
   * @example await ctx.sleep('cool down', '10s');
   */
  sleep(name: string, duration: Duration): Promise<void>;
  /**
   * Waits for an event as `sleep` waits for a time. Resolves with its payload, or with `undefined` when the time limit has
   * passed; which of the two is recorded once. A handler waits for one event at a time: a second call beside the first
   * rejects with `invalid-request`.
   * @example const paid = await ctx.waitForEvent<Payment>('payment', { event: 'paid', timeoutMs: '3d' });
   */
  waitForEvent<T = unknown>(name: string, options: WaitOptions): Promise<T | undefined>;
  /**
   * Sends an event, and records that as a step, so that it is sent once in a run. Resolves with the number of tasks that it
   * reached. Rejects with `not-found` or `already-finished` for the task it is addressed to.
   */
  sendEvent(event: string, payload?: unknown, options?: SendOptions): Promise<number>;
  /**
   * Enqueues a task that is a part of this one, and is cancelled with it. Resolves with its id once it is on disk.
   * Entered again, the handler gets the same child for the same call: the nth of its name, or else of its type.
   * Rejects as `enqueue` does.
   * @example const { id } = await ctx.child(resize, { files, width: 1600 });
   */
  child<Input, Output>(
    type: TaskDefinition<Input, Output>,
    ...payloadAndOptions: ChildArguments<Input>
  ): Promise<{ id: string }>;
  child(type: string, payload?: unknown, options?: ChildOptions): Promise<{ id: string }>;
  /** Keeps a file that this task produced, and returns its reference. The same name again replaces it. */
  artifact(name: string, content: ArtifactContent): Promise<FileRef>;
  /** Opens a file of the payload, or one that an earlier step produced. Rejects with `file-missing`. */
  open(file: FileRef): Promise<File>;
}
