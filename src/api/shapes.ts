// The shapes of what is answered, from which the document is made. A test holds every answer against them.

import * as v from 'valibot';
import { INLINE_BYTES } from '../task/index.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const flag = v.optional(v.boolean());
export const instant = v.pipe(v.string(), v.isoTimestamp(), v.description('ISO 8601, in UTC.'));
export const data = v.pipe(
  v.unknown(),
  v.description(
    'Any JSON. What JSON cannot express is `{"$type": "date" | "map" | "set" | "bigint" | "bytes" | "file", ...}`.',
  ),
);

export const problem = v.pipe(
  v.strictObject({
    error: v.pipe(text, v.description('A code, such as `not_found`.')),
    message: v.pipe(text, v.description('A sentence that says what to do.')),
    details: v.looseObject({ field: v.optional(text) }),
  }),
  v.title('Problem'),
);

const policies = {
  missed: v.optional(v.picklist(['skip', 'one', 'all'])),
  overlap: v.optional(v.picklist(['skip', 'queue', 'cancel-running'])),
  startDeadlineMs: v.optional(v.number()),
};
const bounds = { startAt: v.optional(instant), endAt: v.optional(instant), count: v.optional(count) };
const trigger = v.union([v.picklist(['online', 'charging', 'visible', 'share']), v.strictObject({ event: text })]);
export const schedule = v.pipe(
  v.union([
    v.strictObject({ at: instant, ...policies }),
    v.strictObject({ everyMs: v.number(), ...bounds, ...policies }),
    v.strictObject({ cron: text, timeZone: v.optional(text), ...bounds, ...policies }),
    v.strictObject({ on: trigger, count: v.optional(count), ...policies }),
  ]),
  v.title('Schedule'),
);
export const constraints = v.pipe(
  v.strictObject({
    network: v.optional(v.picklist(['online', 'unmetered'])),
    charging: flag,
    batteryNotLow: flag,
    deviceIdle: flag,
    storageNotLow: flag,
    visible: flag,
    custom: v.optional(v.array(text)),
    whenUnknown: v.optional(v.picklist(['allow', 'wait'])),
  }),
  v.title('Constraints'),
);
const retryFields = {
  maxRetries: count,
  initialBackoffMs: v.number(),
  backoffMultiplier: v.number(),
  maxBackoffMs: v.number(),
  jitter: v.number(),
};
const retry = v.pipe(v.strictObject(retryFields), v.title('RetryPolicy'));
export const someRetry = v.partial(v.strictObject(retryFields));
export const unique = v.pipe(
  v.strictObject({
    key: text,
    policy: v.picklist(['keep', 'replace', 'append', 'debounce', 'latest']),
    debounceMs: v.optional(v.number()),
  }),
  v.title('Unique'),
);
const onFailure = v.picklist(['cancel', 'continue']);
export const someTasks = v.union([
  v.array(text),
  v.strictObject({ tasks: v.array(text), onFailure: v.optional(onFailure) }),
]);
export const followUp = v.strictObject({ type: text, payload: v.optional(data) });

export const error = v.pipe(
  v.strictObject({ code: text, message: text, retryable: v.boolean() }),
  v.title('TaskError'),
);
const status = v.picklist(['pending', 'running', 'completed', 'failed', 'cancelled']);
export const artifact = v.pipe(v.strictObject({ id: text, name: text, type: text, size: count }), v.title('Artifact'));

export const task = v.pipe(
  v.strictObject({
    id: text,
    type: text,
    typeVersion: count,
    version: count,
    name: text,
    description: v.nullable(text),
    tags: v.array(text),
    priority: v.pipe(v.number(), v.integer()),
    workspaceId: text,
    creator: text,
    parentId: v.nullable(text),
    payload: v.pipe(data, v.description('Null in lists where it is large; get the task itself for all of it.')),
    schedule: v.nullable(schedule),
    constraints: v.nullable(constraints),
    retry,
    timeoutMs: v.nullable(v.number()),
    deadline: v.nullable(instant),
    unique: v.nullable(unique),
    concurrencyKey: v.nullable(text),
    dependsOn: v.nullable(v.strictObject({ tasks: v.array(text), onFailure })),
    onComplete: v.nullable(followUp),
    status,
    waitingFor: v.array(text),
    progress: v.strictObject({ percent: v.number(), message: v.nullable(text) }),
    result: v.nullable(
      v.strictObject({
        success: v.boolean(),
        data,
        error: v.nullable(error),
        executedAt: v.nullable(instant),
        durationMs: v.nullable(v.number()),
      }),
    ),
    error: v.nullable(error),
    artifacts: v.array(artifact),
    attempt: count,
    retryCount: count,
    runCount: count,
    createdAt: instant,
    updatedAt: v.nullable(instant),
    scheduledAt: v.nullable(instant),
    startedAt: v.nullable(instant),
    finishedAt: v.nullable(instant),
    lastRunAt: v.nullable(instant),
    nextRunAt: v.nullable(instant),
    idempotencyKey: text,
  }),
  v.title('Task'),
);
export const oneTask = v.strictObject({ task });
export const newRun = v.strictObject({ task, runId: text });
const names = v.array(text);
export const rerun = v.strictObject({
  task,
  runId: text,
  runIndex: count,
  effectiveRerun: names,
  potentiallyStale: names,
});
const LEFT_OUT = `A payload or result of more than ${INLINE_BYTES} bytes is null here; \`GET /api/v1/tasks/{id}\` returns all of it.`;

export const page = v.strictObject({
  tasks: v.pipe(v.array(task), v.description(LEFT_OUT)),
  limit: count,
  offset: count,
  total: count,
  totalIsLowerBound: v.optional(v.literal(true)),
  nextCursor: v.nullable(text),
});

const run = v.pipe(
  v.strictObject({
    runId: text,
    runIndex: count,
    trigger: v.picklist(['initial', 'retry', 'restart', 'rerun', 'schedule']),
    triggeredBy: text,
    payload: data,
    status,
    result: data,
    error: v.nullable(error),
    startedAt: v.nullable(instant),
    completedAt: v.nullable(instant),
  }),
  v.title('Run'),
);
const step = v.pipe(
  v.strictObject({
    stepId: text,
    name: text,
    kind: v.picklist(['step', 'map', 'sleep', 'event']),
    status: v.picklist(['running', 'completed', 'failed']),
    retryAttempt: count,
    result: data,
    lastError: v.nullable(error),
    retryable: v.boolean(),
    scheduledAt: instant,
    completedAt: v.nullable(instant),
    attempts: v.array(
      v.strictObject({
        attemptNumber: count,
        status: v.picklist(['completed', 'failed']),
        result: data,
        error: v.nullable(error),
        startedAt: instant,
        completedAt: instant,
      }),
    ),
  }),
  v.title('Step'),
);
export const detail = v.strictObject({ task, runs: v.array(run), steps: v.array(step) });

const logEntry = v.pipe(
  v.strictObject({
    kind: v.picklist(['log', 'event']),
    at: instant,
    message: text,
    runIndex: count,
    attempt: v.nullable(count),
    level: v.optional(text),
    data: v.optional(data),
    what: v.optional(text),
    by: v.optional(text),
    step: v.optional(text),
    error: v.optional(error),
  }),
  v.title('LogEntry'),
);
export const log = v.strictObject({ entries: v.array(logEntry), limit: count, offset: count, total: count });
export const explanation = v.strictObject({
  status,
  waitingFor: v.array(
    v.strictObject({
      kind: text,
      since: instant,
      until: v.optional(instant),
      wakes: text,
      message: text,
      taskId: v.optional(text),
      ruleId: v.optional(text),
      event: v.optional(text),
      credential: v.optional(text),
    }),
  ),
});
export const rule = v.pipe(
  v.strictObject({
    ruleId: text,
    taskId: v.nullable(text),
    type: v.nullable(text),
    stepPattern: v.nullable(text),
    createdAt: instant,
    expiresAt: v.nullable(instant),
    createdBy: text,
    deletedAt: v.nullable(instant),
  }),
  v.title('Rule'),
);
const counts = { pending: count, running: count, completed: count, failed: count, cancelled: count };
export const stats = v.strictObject({ ...counts, byType: v.record(text, v.strictObject(counts)) });
export const type = v.strictObject({
  type: text,
  version: count,
  effects: text,
  runsIn: v.array(text),
  description: v.optional(text),
  payload: v.optional(
    v.pipe(v.record(text, v.unknown()), v.description('Its JSON Schema, where its validator has one.')),
  ),
});
export const settings = v.strictObject({
  maxConcurrent: count,
  retentionDays: v.nullable(v.number()),
  retentionCount: v.nullable(v.number()),
  signals: v.record(text, v.boolean()),
  notifications: v.boolean(),
});
