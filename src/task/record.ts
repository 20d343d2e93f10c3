// The record of a task: what is stored of it, and of the right to run it. `view.ts` says what is shown.

import type { Constraints } from './constraints.ts';
import type { ClaimToken, EngineId, TaskId } from './id.ts';
import type { TaskError } from './outcome.ts';
import type { RetryPolicy } from './retry.ts';
import type { Schedule, ScheduleState } from './schedule/index.ts';

/** What is stored as a status. `running` is not: it is a pending row with a claim on it. */
export type StoredStatus = 'pending' | 'completed' | 'failed' | 'cancelled';
export type TaskStatus = StoredStatus | 'running';

/** What made a run. */
export type RunTrigger = 'initial' | 'retry' | 'restart' | 'rerun' | 'schedule';

/** What a pending task waits for. */
export type WaitKind =
  | 'slot'
  | 'limit'
  | 'time'
  | 'retry'
  | 'constraint'
  | 'dependency'
  | 'pause'
  | 'event'
  | 'page'
  | 'sign-in'
  | 'decision'
  | 'handler';

/** What a task without a lane waits for, as it is stored. */
export type WaitingFor = Extract<
  WaitKind,
  'time' | 'retry' | 'decision' | 'event' | 'sign-in' | 'dependency' | 'limit' | 'pause'
>;

/** What becomes of an enqueue whose unique key an unfinished task has already. See `Unique`. */
export type UniquePolicy = 'keep' | 'replace' | 'append' | 'debounce' | 'latest';

/** Unfinished tasks of one key do not pile up. */
export interface Unique {
  key: string;
  /**
   * What becomes of a task that comes while another of its key is unfinished. `keep`: the other stays, and is the answer.
   * `replace`: the other is cancelled. `append`: this one waits until the other has ended. `debounce`: the other takes its
   * payload and starts its wait anew, unless it runs already. `latest`: while one runs, only the newest follows.
   */
  policy: UniquePolicy;
  /** How long a `debounce` waits for another, in milliseconds. Default 1 second. */
  debounceMs?: number;
}

/** The tasks that one waits for, and whose results it is handed. */
export interface Dependencies {
  tasks: TaskId[];
  /** When one of them fails, is cancelled or deleted: this one is cancelled, or goes on without its result. */
  onFailure: 'cancel' | 'continue';
  /** They had ended as it was made, for that: it never waits for them, even if they run again. */
  met?: true;
}

/** A task that is made when a run of another has ended, whatever its outcome: it survives a restart. */
export interface FollowUp {
  type: string;
  payload?: unknown;
  /** The version of its type that the payload is for. Set by the engine. */
  typeVersion?: number;
}

/** Where a handler has stopped to wait, and for what. Who waits for a sign-in waits at no step. */
export type Park =
  | { kind: 'sleep'; step: string; until: number }
  | { kind: 'event'; step: string; event: string; until: number }
  | { kind: 'pause'; step: string; ruleId: string; until: number }
  | { kind: 'sign-in'; credential: string; until: number };

/** A pause rule that names this task. */
export interface TaskPause {
  ruleId: string;
  /** `Infinity`: until it is lifted. */
  expiresAt: number;
}

/** How one try of a run ended, where it was not the only one. */
export interface AttemptRow {
  /** An attempt that was not charged has the number of the one after it. */
  attempt: number;
  outcome: 'succeeded' | 'failed' | 'cancelled' | 'snoozed' | 'interrupted' | 'parked';
  startedAt: number;
  endedAt: number;
  error?: TaskError;
}

/** A change that somebody made to a task by hand. */
export interface EditRow {
  at: number;
  by: string;
  /** The fields that were changed. */
  fields: string[];
}

/** A stored run. The latest lives in its task's row; earlier ones are rows of their own. */
export interface RunRow {
  index: number;
  trigger: RunTrigger;
  triggeredBy: string;
  createdAt: number;
  /** The set of recorded steps that this run reads and adds to: a retry shares the set of the run it continues. */
  stepSet: number;
  startedAt?: number;
  finishedAt?: number;
  /** The occurrence of the schedule that it is the run of. */
  scheduledAt?: number;
  status?: StoredStatus;
  result?: unknown;
  /** The result is large and lies in the `values` table. */
  resultApart?: true;
  error?: TaskError;
  /** The payload that it ran with, where a later run has another. Absent as well where it lies in the `values` table. */
  payload?: unknown;
  /** It was cancelled before it began, and this task follows that: to be taken back with it. */
  followUp?: TaskId;
  /** The tries of it that did not end it, and what did; the newest only. Absent where the first try ended it. */
  attempts?: AttemptRow[];
}

/** A task as it is stored. Absent fields have their defaults; instants are milliseconds since 1970 in UTC. */
export interface TaskRow {
  /** Set at insert, never changed. */
  id: TaskId;
  type: string;
  typeVersion: number;
  workspace: string;
  creator: string;
  createdAt: number;
  parentId?: TaskId;

  /** Set at insert; changed by update, while pending. */
  name: string;
  description?: string;
  tags?: string[];
  /** The negative of the priority, so that an ascending index puts high priorities first. */
  rank: number;
  payload?: unknown;
  /** The payload is large and lies in the `values` table. */
  payloadApart?: true;
  /** The run that the payload was given for, where that was not the first. */
  payloadRun?: number;
  schedule?: Schedule;
  /** How far the schedule has come. */
  scheduleState?: ScheduleState;
  retry?: Partial<RetryPolicy>;
  timeoutMs?: number;
  constraints?: Constraints;
  /** If it is unfinished then, it fails. */
  deadlineAt?: number;
  /** Of the tasks of one key, one runs at a time. */
  concurrencyKey?: string;
  unique?: Unique;
  dependsOn?: Dependencies;
  onComplete?: FollowUp;
  /** The changes made by hand, the newest only. */
  edits?: EditRow[];

  /** Changed by `transition` alone. */
  status: StoredStatus;
  /** Present while the task is ready to be claimed: the ready key is `[lane, rank, createdAt]`, then the id. */
  lane?: string;
  /** Present while the task waits for a time; `Infinity` where it waits for something else. Pending is: a lane or this. */
  dueAt?: number;
  /** Its own wait lasts until then, where its schedule is to be looked at before that. */
  wakeAt?: number;
  /** Why a pending task without a lane waits, and since when. */
  waiting?: WaitingFor;
  waitingSince?: number;
  /** The dependencies that are unfinished. */
  blockedBy?: TaskId[];
  /** The concurrency key that it waits for, or has. */
  wants?: string;
  holds?: string;
  /** The pause rules that name it. */
  pauses?: TaskPause[];
  /** Its handler stopped here to wait. */
  parked?: Park;
  /** It goes before all others, whatever the pool is doing. */
  urgent?: true;
  /** The deadline, while it is unfinished. */
  expiresAt?: number;
  /** What it can be found by beside its place in line: made by `linked`. */
  links?: string[];
  run: RunRow;
  /** The run before this one, where the task's schedule made this one. */
  lastRun?: RunRow;
  /** Failed attempts of this run. */
  failures: number;
  /** Times that its worker, its page or the browser ended under this task with nothing recorded since. */
  deaths?: number;
  /** Times that the browser ended while this task, a suspect by then, ran alone with nothing recorded since. */
  vanished?: number;
  /** The log that it was made again of had a hole: it may have been run since. */
  mayHaveRun?: true;
  progress?: Progress;
  /** It was cancelled in the middle of an attempt. */
  cutShort?: true;
  result?: unknown;
  /** The result is large and lies in the `values` table. */
  resultApart?: true;
  /** The last error; of a pending task, that of its last attempt. */
  error?: TaskError;
  /** Counts the changes of this row. */
  version: number;
  updatedAt?: number;
  startedAt?: number;
  finishedAt?: number;
}

export interface Progress {
  /** 0 to 100. */
  percent: number;
  message?: string;
}

/** The right to run one attempt. While it is there, nobody but its holder may change the task's row. */
export interface Claim {
  taskId: TaskId;
  /** Of the task, so that running tasks can be counted without reading their rows. */
  type: string;
  creator: string;
  token: ClaimToken;
  engineId: EngineId;
  claimedAt: number;
  /** Nothing else ran beside it: what dies now is to blame. */
  alone?: true;
  /** It must not run twice. Noted here because whoever interrupts it may not know its type. */
  once?: true;
  progress?: Progress;
  /** Pause rules that were made for the task since it was claimed. */
  pauses?: TaskPause[];
  /** When its schedule was triggered since then. */
  triggers?: number[];
}

/** Whether a task has ended for good. */
export function isFinal(status: TaskStatus): status is 'completed' | 'failed' | 'cancelled' {
  return status !== 'pending' && status !== 'running';
}
