// From what a caller asks for to the row that is stored: checked whole before anything is written.

import * as v from 'valibot';
import { type Constraints, constraintsShape, normalConstraints } from './constraints.ts';
import type { Duration } from './duration.ts';
import { duration } from './duration.ts';
import { ErrandError } from './errors.ts';
import { checkTaskId, type TaskId } from './id.ts';
import type { TaskChange } from './events.ts';
import { linked } from './links.ts';
import { blocked } from './moves.ts';
import type { Dependencies, FollowUp, TaskRow, Unique } from './record.ts';
import type { RetryPolicy } from './retry.ts';
import { placed } from './recurrence.ts';
import { checkSchedule, type Instant, instant, type ScheduleInput } from './schedule/index.ts';

/** `high`, `normal` and `low` are 10, 0 and -10; any other whole number serves. Higher runs first. */
export type Priority = number | 'high' | 'normal' | 'low';

/** What may be said of a task when it is enqueued. Everything is optional. */
export interface EnqueueOptions {
  /** The caller's own id, an idempotency key: the same id again returns the task that is there. Default: a UUIDv7. */
  id?: string;
  /** Default: the type. */
  name?: string;
  description?: string;
  tags?: string[];
  /** Default `normal`. */
  priority?: Priority;
  /** Default `default`. */
  workspace?: string;
  /** Who asked. Default `local`. */
  creator?: string;
  /** The task that this one is a part of. Cancelling it cancels this one. */
  parentId?: string;
  /** Default: at once. What triggers it (`on`) starts nothing while the task waits for those that it depends on. */
  schedule?: ScheduleInput;
  /** Default: what the task type says. */
  retry?: Partial<RetryPolicy>;
  /** How long one attempt may take. Default: what the task type says. */
  timeoutMs?: Duration;
  /** What the device must offer for the task to start and to go on. Default: what the task type says. */
  constraints?: Constraints;
  /** If the task is unfinished then, it fails as `deadline-exceeded`. Default: it may take as long as it likes. */
  deadline?: Instant;
  /** Of the tasks of one key, whatever their types, one runs at a time. */
  concurrencyKey?: string;
  /** What becomes of this task while another of the same key is unfinished. */
  unique?: Unique;
  /**
   * The tasks that must have ended before this one starts; their results are in `ctx.dependencies`. By id, by handle, or,
   * within one `enqueueMany`, by the place in that call. When one fails, this one is cancelled; `continue` has it go on.
   */
  dependsOn?: DependsOn | { tasks: DependsOn; onFailure?: 'cancel' | 'continue' };
  /** A task to make when a run of this one has ended, whatever its outcome. It gets that run in `ctx.dependencies`. */
  onComplete?: FollowUp;
}

/** Other tasks: by id, by handle, or by their place in the same call. */
export type DependsOn = readonly (string | number | { readonly id: string })[];

/** An enqueue as it travels from the page to the engine. */
export interface EnqueueRequest extends EnqueueOptions {
  type: string;
  typeVersion?: number;
  payload?: unknown;
}

const PRIORITIES = { high: 10, normal: 0, low: -10 } as const;
const SHORT = 1_000;
const LONG = 20_000;
/** Of what was wrong, so much is said again. */
const LONGEST_SAID = 500;

const text = (longest: number) =>
  v.pipe(v.string('Use text.'), v.maxLength(longest, `Use at most ${longest} characters.`));
const count = (least: number, most: number) => {
  const rule = `Use a number from ${least} to ${most}.`;
  return v.pipe(v.number(rule), v.finite(rule), v.minValue(least, rule), v.maxValue(most, rule));
};
const PRIORITY = 'Use high, normal, low, or any whole number.';
const SPAN = 'Use milliseconds, or a number with ms, s, m, h or d, such as 30s.';
const typeName = v.pipe(v.string(), v.regex(/^[\w.:/-]{1,100}$/));
const others = v.pipe(
  v.array(
    v.union([
      v.string(),
      v.number(),
      v.pipe(
        v.looseObject({ id: v.string() }),
        v.transform(({ id }) => id),
      ),
    ]),
  ),
  v.minLength(1),
  v.maxLength(1_000),
);
const request = v.strictObject({
  type: typeName,
  typeVersion: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  payload: v.optional(v.unknown()),
  id: v.optional(v.string()),
  name: v.optional(text(SHORT)),
  description: v.optional(text(LONG)),
  tags: v.optional(v.pipe(v.array(v.pipe(text(100), v.minLength(1))), v.maxLength(100))),
  priority: v.optional(
    v.union([v.picklist(['high', 'normal', 'low']), v.pipe(v.number(), v.safeInteger(PRIORITY))], PRIORITY),
  ),
  workspace: v.optional(v.pipe(text(200), v.minLength(1))),
  creator: v.optional(v.pipe(text(200), v.minLength(1))),
  parentId: v.optional(v.string()),
  schedule: v.optional(v.unknown()),
  retry: v.optional(
    v.strictObject({
      maxRetries: v.optional(v.pipe(count(0, 1_000_000), v.integer('Use a whole number.'))),
      initialBackoffMs: v.optional(count(0, 31_536_000_000)),
      backoffMultiplier: v.optional(count(1, 1_000)),
      maxBackoffMs: v.optional(count(0, 31_536_000_000)),
      jitter: v.optional(count(0, 1)),
    }),
  ),
  constraints: v.optional(constraintsShape),
  deadline: v.optional(instant),
  concurrencyKey: v.optional(v.pipe(text(200), v.minLength(1))),
  unique: v.optional(
    v.strictObject({
      key: v.pipe(text(200), v.minLength(1)),
      policy: v.picklist(['keep', 'replace', 'append', 'debounce', 'latest']),
      debounceMs: v.optional(count(1, 31_536_000_000)),
    }),
  ),
  dependsOn: v.optional(
    v.union([others, v.strictObject({ tasks: others, onFailure: v.optional(v.picklist(['cancel', 'continue'])) })]),
  ),
  onComplete: v.optional(
    v.strictObject({ type: typeName, payload: v.optional(v.unknown()), typeVersion: v.optional(v.number()) }),
  ),
  timeoutMs: v.optional(
    v.union(
      [
        v.pipe(v.number(), v.finite(SPAN), v.minValue(1, SPAN)),
        v.pipe(v.string(), v.regex(/^\d{1,15}(\.\d{1,15})?(ms|s|m|h|d)$/, SPAN)),
      ],
      SPAN,
    ),
  ),
});

type Checked = v.InferOutput<typeof request>;

/** What a draft needs from its surroundings. */
export interface DraftContext {
  now: number;
  newId: () => TaskId;
  /** Whether payload goes into the row, or is large and lies apart. */
  payloadApart: boolean;
}

/** Checks a request. Throws `invalid-request` with the field at fault in `details.field`. */
export function checkRequest(input: EnqueueRequest): Checked {
  const checked = v.safeParse(request, input);
  if (checked.success) return checked.output;
  const issue = checked.issues[0];
  const field = (v.getDotPath(issue) ?? 'request').slice(0, LONGEST_SAID);
  throw new ErrandError('invalid-request', `${field}: ${issue.message.slice(0, LONGEST_SAID)}`, { field });
}

/** Makes the row of a new task from a checked request. */
export function draft(checked: Checked, context: DraftContext): TaskRow {
  const { now } = context;
  const row: TaskRow = {
    id: checked.id === undefined ? context.newId() : checkTaskId(checked.id),
    type: checked.type,
    typeVersion: checked.typeVersion ?? 1,
    name: checked.name ?? checked.type,
    workspace: checked.workspace ?? 'default',
    creator: checked.creator ?? 'local',
    rank: rankOf(checked.priority),
    createdAt: now,
    status: 'pending',
    run: { index: 0, trigger: 'initial', triggeredBy: checked.creator ?? 'local', createdAt: now, stepSet: 0 },
    failures: 0,
    version: 1,
  };
  addOptional(row, checked, now);
  addFlow(row, checked, now);
  if (context.payloadApart) row.payloadApart = true;
  else if (checked.payload !== undefined) row.payload = checked.payload;
  // Whether what it depends on is there, and unfinished, is looked up as it is stored.
  return linked(row.dependsOn === undefined ? placed(row, now) : blocked(row, row.dependsOn.tasks, now));
}

function addOptional(row: TaskRow, checked: Checked, now: number): void {
  if (checked.description !== undefined) row.description = checked.description;
  if (checked.tags !== undefined && checked.tags.length > 0) row.tags = checked.tags;
  if (checked.parentId !== undefined) row.parentId = checkTaskId(checked.parentId, 'parentId');
  if (checked.schedule !== undefined) row.schedule = checkSchedule(checked.schedule, now);
  if (checked.retry !== undefined) row.retry = given(checked.retry);
  if (checked.timeoutMs !== undefined) row.timeoutMs = duration(checked.timeoutMs as Duration);
}

function addFlow(row: TaskRow, checked: Checked, now: number): void {
  const { constraints, deadline, concurrencyKey, unique, dependsOn, onComplete } = checked;
  const normal = constraints === undefined ? undefined : normalConstraints(constraints);
  if (normal !== undefined) row.constraints = normal;
  if (deadline !== undefined) {
    if (deadline <= now) throw bad('deadline', 'It is in the past. Use a later one, or none.');
    row.deadlineAt = row.expiresAt = deadline;
  }
  if (concurrencyKey !== undefined) row.concurrencyKey = concurrencyKey;
  if (unique !== undefined) row.unique = given(unique);
  if (onComplete !== undefined) row.onComplete = given(onComplete);
  if (dependsOn !== undefined) row.dependsOn = dependenciesOf(dependsOn, row.id);
}

function dependenciesOf(dependsOn: NonNullable<Checked['dependsOn']>, id: TaskId): Dependencies {
  const { tasks, onFailure = 'cancel' } = 'tasks' in dependsOn ? dependsOn : { tasks: dependsOn };
  const ids = tasks.map((task) => {
    // Places are made ids of by whoever knows the others of the call.
    if (typeof task === 'number')
      throw bad('dependsOn', 'A number stands for a task of the same call. Use the id of any other.');
    if (task === id) throw bad('dependsOn', 'A task cannot depend on itself.');
    return checkTaskId(task, 'dependsOn');
  });
  return { tasks: [...new Set(ids)], onFailure };
}

/** What may be changed of a pending task: as in an enqueue; `null` takes away what is optional. */
export type TaskUpdate = {
  [
    K in Exclude<
      keyof EnqueueOptions,
      'id' | 'creator' | 'parentId' | 'unique' | 'dependsOn' | 'name' | 'priority' | 'workspace'
    >
  ]?: EnqueueOptions[K] | null;
} & Pick<EnqueueOptions, 'name' | 'priority' | 'workspace'> & {
    /** Only while no run has begun. */
    payload?: unknown;
  };

const UPDATABLE = [
  'name',
  'priority',
  'workspace',
  'description',
  'tags',
  'schedule',
  'retry',
  'timeoutMs',
  'constraints',
  'deadline',
  'concurrencyKey',
  'onComplete',
  'payload',
] satisfies (keyof TaskUpdate)[];

/** Checks an update. Throws `invalid-request` with the field at fault. The payload is for others to see to. */
export function checkUpdate(update: TaskUpdate, type: string, now: number): TaskChange {
  const unknown = Object.keys(update).find((key) => !(UPDATABLE as string[]).includes(key));
  if (unknown !== undefined) throw bad(unknown, 'This cannot be changed.');
  const { payload: _payload, ...fields } = update;
  const said = Object.entries(fields as Record<string, unknown>).filter(([, value]) => value !== undefined);
  const checked = checkRequest({ ...Object.fromEntries(said.filter(([, value]) => value !== null)), type });
  const row = {} as TaskRow;
  addOptional(row, checked, now);
  addFlow(row, checked, now);
  const change: TaskChange = {};
  if (checked.name !== undefined) change.name = checked.name;
  if (checked.priority !== undefined) change.rank = rankOf(checked.priority);
  if (checked.workspace !== undefined) change.workspace = checked.workspace;
  for (const [field] of said) {
    if (field === 'deadline') change.deadlineAt = row.deadlineAt;
    else if (field !== 'name' && field !== 'priority' && field !== 'workspace')
      Reflect.set(change, field, Reflect.get(row, field));
  }
  return change;
}

/** An instant of any form, in milliseconds since 1970. Throws `invalid-request`. */
export function checkInstant(written: Instant, field: string): number {
  const checked = v.safeParse(instant, written);
  if (checked.success) return checked.output;
  throw bad(field, checked.issues[0].message);
}

function bad(field: string, rule: string): ErrandError {
  return new ErrandError('invalid-request', `${field}: ${rule}`, { field });
}

/** The number by which tasks of a priority are sorted: the more urgent, the lower. */
export function rankOf(priority: Priority = 'normal'): number {
  const value = typeof priority === 'number' ? priority : PRIORITIES[priority];
  return value === 0 ? 0 : -value;
}

/** What was said, without the fields that were left `undefined`. */
function given<T extends object>(said: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
