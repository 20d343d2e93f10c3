// The shapes of what is asked for. What the façade checks itself, and says better, is only described here.

import * as v from 'valibot';
import { readPlain } from './plain-files.ts';
import { constraints, schedule, someRetry, someTasks, unique } from './shapes.ts';

const text = v.string();
const words = v.array(text);
/** Taken as it is, and written down as that shape: the runner checks it, and names the field at fault. */
const like = (shape: v.GenericSchema) => v.pipe(v.unknown(), v.metadata({ shape }));

const payload = v.pipe(
  v.unknown(),
  v.description(
    'Any JSON; what JSON cannot express as `{"$type": ...}`. A new file: `{"$type": "file", "name", "type", "base64"}`.',
  ),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return readPlain(dataset.value);
    } catch (thrown) {
      addIssue({ message: thrown instanceof SyntaxError ? thrown.message : 'It cannot be read.' });
      return NEVER;
    }
  }),
);
const priority = v.union(
  [v.picklist(['high', 'normal', 'low']), v.pipe(v.number(), v.integer())],
  'Use high, normal, low or a whole number.',
);
const instant = v.pipe(
  v.union([text, v.number()], 'Use ISO 8601 with its offset, or milliseconds since 1970.'),
  v.description('ISO 8601 with its offset, or milliseconds since 1970.'),
);
const onComplete = v.strictObject({ type: text, payload: v.optional(payload) });

/** What may be said of a task, and changed later. */
const changeable = {
  tags: words,
  description: text,
  schedule: like(schedule),
  constraints: like(constraints),
  retry: like(someRetry),
  timeoutMs: v.number(),
  deadline: instant,
  concurrencyKey: text,
  onComplete,
};

export const newTask = v.pipe(
  v.strictObject({
    id: v.optional(v.pipe(text, v.description('Your own id. If it is already in use, that task is returned.'))),
    type: v.pipe(text, v.metadata({ example: 'image.convert' })),
    payload: v.optional(payload),
    name: v.optional(text),
    priority: v.optional(priority),
    workspaceId: v.optional(text),
    parentId: v.optional(text),
    ...v.partial(v.strictObject(changeable)).entries,
    unique: v.optional(like(unique)),
    dependsOn: v.optional(like(someTasks)),
  }),
  v.title('NewTask'),
);
export type NewTask = v.InferOutput<typeof newTask>;

export const newTasks = v.strictObject({
  tasks: v.pipe(v.array(newTask), v.minLength(1, 'Send at least one.'), v.maxLength(10_000, 'Send at most 10,000.')),
});

/** `null` takes away what is optional. */
export const change = v.strictObject({
  name: v.optional(text),
  priority: v.optional(priority),
  workspaceId: v.optional(text),
  payload: v.optional(payload),
  ...v.partial(v.strictObject(nullable(changeable))).entries,
});

function nullable<E extends Record<string, v.GenericSchema>>(entries: E) {
  return Object.fromEntries(Object.entries(entries).map(([key, schema]) => [key, v.nullable(schema)])) as {
    [K in keyof E]: v.NullableSchema<E[K], undefined>;
  };
}

const triggeredBy = v.optional(text);
export const cancel = v.strictObject({ reason: v.optional(text) });
export const retryStep = v.strictObject({ stepName: text, triggeredBy });
export const restart = v.strictObject({ payload: v.optional(payload), triggeredBy });
export const rerun = v.strictObject({
  rerunSteps: v.optional(words),
  preserveSteps: v.optional(words),
  triggeredBy,
});
export const decide = v.strictObject({
  decision: v.picklist(['run-again', 'completed', 'failed']),
  result: v.optional(payload),
  reason: v.optional(text),
});
export const pause = v.strictObject({
  taskId: v.optional(text),
  type: v.optional(text),
  stepPattern: v.optional(text),
  expiresAt: v.optional(instant),
  triggeredBy,
});
export const event = v.strictObject({
  payload: v.optional(payload),
  taskId: v.optional(v.pipe(text, v.description('Sends it to this task only, which may ask for it later.'))),
});
export const settings = v.partial(
  v.strictObject({
    maxConcurrent: v.number(),
    retentionDays: v.nullable(v.number()),
    retentionCount: v.nullable(v.number()),
    signals: v.record(text, v.boolean()),
    notifications: v.boolean(),
  }),
);

const status = v.picklist(['pending', 'running', 'completed', 'failed', 'cancelled']);
const statuses = v.union([status, v.array(status)], 'Use pending, running, completed, failed or cancelled.');
const listed = v.pipe(
  v.unknown(),
  v.metadata({ shape: v.array(status), example: 'pending,running' }),
  v.transform((said) => (typeof said === 'string' && said.includes(',') ? said.split(',') : said)),
  statuses,
);
const filters = { type: text, workspaceId: text, creator: text, tag: text, parentId: text, search: text };

/** A whole number as a query says it; the runner says what is wrong with any other. */
function whole(least: number, most?: number) {
  const limits = { minimum: least, ...(most !== undefined && { maximum: most }) };
  return v.pipe(
    v.unknown(),
    v.transform((said) => (typeof said === 'string' && /^-?\d{1,15}$/.test(said) ? Number(said) : Number.NaN)),
    v.metadata({ schema: { type: 'integer', ...limits } }),
  );
}

export const span = v.partial(v.strictObject({ limit: whole(1, 1_000), offset: whole(0) }));
export const filter = v.partial(v.strictObject({ ...filters, status: listed, from: text, to: text }));
export const list = v.partial(
  v.strictObject({
    ...filter.entries,
    sortBy: v.picklist(['priority', 'status', 'type', 'createdAt', 'updatedAt', 'scheduledAt']),
    sortOrder: v.picklist(['asc', 'desc']),
    ...span.entries,
    cursor: text,
  }),
);
export const bulk = v.partial(
  v.strictObject({ ...filters, status: statuses, from: instant, to: instant, dryRun: v.boolean() }),
);
export const bulkPriority = v.strictObject({ ...bulk.entries, priority });
export const wait = v.partial(
  v.strictObject({
    timeoutSecs: v.pipe(
      text,
      v.regex(/^\d{1,6}(\.\d{1,6})?$/, 'Use a number of seconds from 0 to 30.'),
      v.transform(Number),
      v.maxValue(30, 'Use a number of seconds from 0 to 30.'),
      v.metadata({ schema: { type: 'number', minimum: 0, maximum: 30, default: 30 } }),
    ),
  }),
);
export const pauses = v.partial(v.strictObject({ deleted: v.picklist(['true', 'false']) }));
export const transfer = v.partial(v.strictObject({ conflicts: v.picklist(['skip', 'new-ids']) }));
/** A page, its script: whatever is asked of them beside. */
export const anything = v.record(text, v.unknown());
