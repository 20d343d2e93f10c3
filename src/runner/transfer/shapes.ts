// What a row may look like that comes from elsewhere: every field of every table, and no other.

import * as v from 'valibot';
import type {
  ChunkRow,
  EventRow,
  FileRow,
  LogRow,
  PastRunRow,
  PauseRow,
  StepRow,
  ValueRow,
} from '../../store/index.ts';
import { constraintsShape, type Claim, type RunRow, type TaskRow } from '../../task/index.ts';

const LONG = 20_000;
const MOST_OTHERS = 10_000;

const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^\P{Cc}*$/u));
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(1_000));
/** It becomes the name of a file here. */
const fileId = v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/));
const typeName = v.pipe(v.string(), v.regex(/^[\w.:/-]{1,100}$/));
const at = v.pipe(v.number(), v.finite(), v.minValue(-8.64e15), v.maxValue(8.64e15));
const until = v.union([at, v.literal(Infinity)]);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 45));
const yes = v.literal(true);
const span = v.pipe(v.number(), v.finite(), v.minValue(0));
const maybe = <S extends v.GenericSchema>(shape: S) => v.exactOptional(shape);
const ids = v.pipe(v.array(id), v.maxLength(MOST_OTHERS));

const error = v.strictObject({
  code: text(LONG),
  message: text(LONG),
  details: maybe(v.record(v.string(), v.unknown())),
  retryable: v.boolean(),
  retryAfterMs: maybe(span),
});
const progress = v.strictObject({
  percent: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  message: maybe(text(LONG)),
});
const attempt = v.strictObject({
  attempt: count,
  outcome: v.picklist(['succeeded', 'failed', 'cancelled', 'snoozed', 'interrupted', 'parked']),
  startedAt: at,
  endedAt: at,
  error: maybe(error),
});
const STATUSES = ['pending', 'completed', 'failed', 'cancelled'] as const;
const run = {
  index: count,
  trigger: v.picklist(['initial', 'retry', 'restart', 'rerun', 'schedule']),
  triggeredBy: text(1_000),
  createdAt: at,
  stepSet: count,
  startedAt: maybe(at),
  finishedAt: maybe(at),
  scheduledAt: maybe(at),
  status: maybe(v.picklist(STATUSES)),
  result: maybe(v.unknown()),
  resultApart: maybe(yes),
  error: maybe(error),
  payload: maybe(v.unknown()),
  followUp: maybe(id),
  attempts: maybe(v.pipe(v.array(attempt), v.maxLength(100))),
} satisfies Record<keyof RunRow, v.GenericSchema>;
const park = v.variant('kind', [
  v.strictObject({ kind: v.literal('sleep'), step: key, until }),
  v.strictObject({ kind: v.literal('event'), step: key, event: key, until }),
  v.strictObject({ kind: v.literal('pause'), step: key, ruleId: id, until }),
  v.strictObject({ kind: v.literal('sign-in'), credential: key, until }),
]);
const rest = {
  retry: maybe(
    v.strictObject({
      maxRetries: maybe(count),
      initialBackoffMs: maybe(span),
      backoffMultiplier: maybe(span),
      maxBackoffMs: maybe(span),
      jitter: maybe(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    }),
  ),
  unique: maybe(
    v.strictObject({
      key,
      policy: v.picklist(['keep', 'replace', 'append', 'debounce', 'latest']),
      debounceMs: maybe(span),
    }),
  ),
  dependsOn: maybe(v.strictObject({ tasks: ids, onFailure: v.picklist(['cancel', 'continue']), met: maybe(yes) })),
  onComplete: maybe(
    v.strictObject({ type: typeName, payload: maybe(v.unknown()), typeVersion: maybe(v.pipe(count, v.minValue(1))) }),
  ),
  edits: maybe(v.pipe(v.array(v.strictObject({ at, by: text(1_000), fields: v.array(text(100)) })), v.maxLength(100))),
};
const task = {
  ...rest,
  id,
  type: typeName,
  typeVersion: v.pipe(count, v.minValue(1)),
  workspace: v.pipe(text(200), v.minLength(1)),
  creator: v.pipe(text(200), v.minLength(1)),
  createdAt: at,
  parentId: maybe(id),
  name: text(1_000),
  description: maybe(text(LONG)),
  tags: maybe(v.pipe(v.array(text(100)), v.maxLength(100))),
  rank: v.pipe(v.number(), v.safeInteger()),
  payload: maybe(v.unknown()),
  payloadApart: maybe(yes),
  payloadRun: maybe(count),
  // Looked at by whoever makes schedules.
  schedule: maybe(v.looseObject({ kind: v.picklist(['at', 'every', 'cron', 'on']) })),
  scheduleState: maybe(
    v.strictObject({ handledAt: at, taken: count, queued: maybe(v.pipe(v.array(at), v.maxLength(1_000))) }),
  ),
  timeoutMs: maybe(span),
  constraints: maybe(constraintsShape),
  deadlineAt: maybe(at),
  concurrencyKey: maybe(key),
  status: v.picklist(STATUSES),
  lane: maybe(text(LONG)),
  dueAt: maybe(until),
  wakeAt: maybe(until),
  waiting: maybe(v.picklist(['time', 'retry', 'decision', 'event', 'sign-in', 'dependency', 'limit', 'pause'])),
  waitingSince: maybe(at),
  blockedBy: maybe(ids),
  wants: maybe(key),
  holds: maybe(key),
  pauses: maybe(v.pipe(v.array(v.strictObject({ ruleId: id, expiresAt: until })), v.maxLength(MOST_OTHERS))),
  parked: maybe(park),
  urgent: maybe(yes),
  expiresAt: maybe(at),
  links: maybe(v.array(text(LONG))),
  run: v.strictObject(run),
  lastRun: maybe(v.strictObject(run)),
  failures: count,
  deaths: maybe(count),
  vanished: maybe(count),
  mayHaveRun: maybe(yes),
  progress: maybe(progress),
  cutShort: maybe(yes),
  result: maybe(v.unknown()),
  resultApart: maybe(yes),
  error: maybe(error),
  version: count,
  updatedAt: maybe(at),
  startedAt: maybe(at),
  finishedAt: maybe(at),
} satisfies Record<keyof TaskRow, v.GenericSchema>;

const step = {
  taskId: id,
  stepSet: count,
  name: key,
  kind: v.picklist(['step', 'map', 'sleep', 'event']),
  seq: count,
  status: v.picklist(['running', 'completed', 'failed']),
  startedAt: at,
  completedAt: maybe(at),
  result: maybe(v.unknown()),
  error: maybe(error),
  tries: v.array(
    v.strictObject({
      status: v.picklist(['completed', 'failed']),
      startedAt: at,
      completedAt: at,
      error: maybe(error),
    }),
  ),
  total: maybe(count),
  until: maybe(until),
} satisfies Record<keyof StepRow, v.GenericSchema>;
const line = v.strictObject({
  at,
  level: v.picklist(['debug', 'info', 'warn', 'error']),
  message: v.string(),
  data: maybe(v.unknown()),
});

/** The claim on a task that was running as it was exported. */
export const claimShape = v.strictObject({
  claimedAt: at,
  once: maybe(yes),
  progress: maybe(progress),
} satisfies Partial<Record<keyof Claim, v.GenericSchema>>);

export const SHAPES = {
  tasks: v.strictObject(task),
  runs: v.strictObject({ ...run, taskId: id } satisfies Record<keyof PastRunRow, v.GenericSchema>),
  values: v.strictObject({
    taskId: id,
    kind: v.picklist(['payload', 'result']),
    index: count,
    value: v.unknown(),
  } satisfies Record<keyof ValueRow, v.GenericSchema>),
  steps: v.strictObject(step),
  chunks: v.strictObject({
    taskId: id,
    stepSet: count,
    name: key,
    from: count,
    results: v.pipe(v.array(v.unknown()), v.maxLength(1_000)),
  } satisfies Record<keyof ChunkRow, v.GenericSchema>),
  logs: v.strictObject({
    taskId: id,
    runIndex: count,
    attempt: count,
    claimToken: count,
    seq: count,
    lines: v.array(line),
  } satisfies Record<keyof LogRow, v.GenericSchema>),
  events: v.strictObject({ taskId: id, name: key, seq: count, place: count, payload: v.unknown() } satisfies Record<
    keyof EventRow,
    v.GenericSchema
  >),
  files: v.strictObject({
    id: fileId,
    taskId: id,
    role: v.picklist(['payload', 'artifact']),
    name: text(4_000),
    type: text(1_000),
    size: count,
    lastModified: at,
    createdAt: at,
  } satisfies Record<Exclude<keyof FileRow, 'data'>, v.GenericSchema>),
  pauses: v.strictObject({
    ruleId: id,
    taskId: maybe(id),
    type: maybe(text(1_000)),
    stepPattern: maybe(text(1_000)),
    createdAt: at,
    createdBy: text(1_000),
    expiresAt: maybe(at),
    deletedAt: maybe(at),
    imported: maybe(yes),
  } satisfies Record<keyof PauseRow, v.GenericSchema>),
};
