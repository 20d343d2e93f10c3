// What can befall a task: one shape per way that its status, or what it waits for, can change.

import type { ClaimToken, EngineId, TaskId } from './id.ts';
import type { TaskError } from './outcome.ts';
import type { Claim, EditRow, Park, RunRow, RunTrigger, TaskPause, TaskRow } from './record.ts';
import type { RetryPolicy } from './retry.ts';

/** A task's row, and the claim on it if it is running. */
export interface TaskState {
  row: TaskRow;
  claim?: Claim | undefined;
  /** After an event: the run that it left behind. */
  past?: RunRow;
}

/**
 * How a running attempt was broken off. `death`: its slot or its page died while the browser lived, which points to the
 * task. `gone`: the browser itself is no more, which points to nobody. `released`: its engine ended in an orderly way, or
 * a constraint of the task went.
 */
export type InterruptCause = 'death' | 'gone' | 'released';

/** How its holder settles an attempt. */
export type SettlingEvent =
  | { kind: 'succeeded'; token: ClaimToken; result: unknown; resultApart: boolean }
  | { kind: 'failed'; token: ClaimToken; error: TaskError; policy: RetryPolicy; random: number }
  | { kind: 'snoozed'; token: ClaimToken; delayMs: number }
  | { kind: 'parked'; token: ClaimToken; park: Park }
  | { kind: 'interrupted'; token: ClaimToken; cause: InterruptCause };

export type TaskEvent =
  | SettlingEvent
  | { kind: 'claimed'; token: ClaimToken; engineId: EngineId; alone: boolean; once?: boolean }
  | { kind: 'recorded'; token: ClaimToken }
  | { kind: 'occurred'; token: ClaimToken }
  | { kind: 'triggered' }
  | { kind: 'cancelled'; reason: string; code?: string }
  | { kind: 'expired' }
  | { kind: 'doubted' }
  | { kind: 'due' }
  | { kind: 'lapsed' }
  | { kind: 'hurried' }
  | { kind: 'summoned' }
  | { kind: 'admitted' }
  /** `next`: it waits for that one instead. */
  | { kind: 'unblocked'; by: TaskId; failed: boolean; next?: TaskId | undefined }
  | { kind: 'notified' }
  | { kind: 'paused'; pause: TaskPause }
  | { kind: 'lifted'; ruleIds: readonly string[] }
  | { kind: 'updated'; change: TaskChange; edit: EditRow }
  | { kind: 'restored'; blockedBy: readonly TaskId[] }
  | { kind: 'decided'; decision: 'run-again' }
  | { kind: 'decided'; decision: 'completed'; result?: unknown }
  | { kind: 'decided'; decision: 'failed'; reason: string }
  | NewRun;

/** A new run of a task that has ended. Its step set is that of the run before, or another. */
export interface NewRun {
  kind: 'retried';
  trigger: RunTrigger;
  triggeredBy: string;
  stepSet?: number;
  /** Another payload, in the row or apart. */
  payload?: { value: unknown } | 'apart';
}

/** What may be changed of a pending task: each field with its new value, `undefined` where it is to have none. */
export type TaskChange = {
  [
    K in
      | 'name'
      | 'description'
      | 'tags'
      | 'rank'
      | 'workspace'
      | 'schedule'
      | 'retry'
      | 'timeoutMs'
      | 'constraints'
      | 'deadlineAt'
      | 'concurrencyKey'
      | 'onComplete'
      | 'payload'
      | 'payloadApart'
  ]?: TaskRow[K] | undefined;
};
