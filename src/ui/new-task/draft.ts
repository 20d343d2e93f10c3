// What the form holds beside the payload, all of it as it was typed; and the options that come of it.

import type {
  Constraints,
  Duration,
  EnqueueOptions,
  RetryPolicy,
  ScheduleInput,
  Trigger,
  Unique,
} from '../../task/index.ts';

export const WHENS = ['now', 'at', 'every', 'cron', 'on'] as const;
export type When = (typeof WHENS)[number];
export const FLAGS = ['charging', 'batteryNotLow', 'deviceIdle', 'storageNotLow', 'visible'] as const;
export const RETRIES = ['maxRetries', 'initialBackoffMs', 'backoffMultiplier', 'maxBackoffMs', 'jitter'] as const;

/** What was typed. What is empty is not said. */
export interface Draft {
  name: string;
  description: string;
  tags: string;
  /** `high`, `normal`, `low`, or a number. */
  priority: string;
  when: When;
  at: string;
  every: string;
  everyUnit: 's' | 'm' | 'h' | 'd';
  cron: string;
  timeZone: string;
  on: 'online' | 'charging' | 'visible' | 'share' | 'event';
  event: string;
  startAt: string;
  endAt: string;
  count: string;
  missed: 'skip' | 'one' | 'all';
  overlap: 'skip' | 'queue' | 'cancel-running';
  startDeadline: string;
  network: '' | 'online' | 'unmetered';
  flags: (typeof FLAGS)[number][];
  custom: string;
  whenUnknown: 'allow' | 'wait';
  retry: Record<(typeof RETRIES)[number], string>;
  timeout: string;
  deadline: string;
  uniqueKey: string;
  uniquePolicy: Unique['policy'];
  debounce: string;
  concurrencyKey: string;
  dependsOn: { id: string; name: string }[];
  onFailure: 'cancel' | 'continue';
  id: string;
  workspace: string;
  parentId: string;
  /** The type of the task that follows. */
  follows: string;
}

export function blankDraft(timeZone: string): Draft {
  return {
    ...{ name: '', description: '', tags: '', priority: 'normal' },
    ...{ when: 'now', at: '', every: '15', everyUnit: 'm', cron: '', timeZone, on: 'online', event: '' },
    ...{ startAt: '', endAt: '', count: '', missed: 'one', overlap: 'skip', startDeadline: '' },
    ...{ network: '', flags: [], custom: '', whenUnknown: 'allow' },
    retry: { maxRetries: '', initialBackoffMs: '', backoffMultiplier: '', maxBackoffMs: '', jitter: '' },
    ...{ timeout: '', deadline: '', uniqueKey: '', uniquePolicy: 'keep', debounce: '', concurrencyKey: '' },
    ...{ dependsOn: [], onFailure: 'cancel', id: '', workspace: '', parentId: '', follows: '' },
  };
}

/** The options of an enqueue. What makes no sense is handed on as it is: the engine says what is wrong with it. */
export function optionsOf(draft: Draft): EnqueueOptions {
  const { name, description, priority, timeout, concurrencyKey, dependsOn, onFailure } = draft;
  const made: { [K in keyof EnqueueOptions]: EnqueueOptions[K] | undefined } = {
    name: text(name),
    description: text(description),
    tags: list(draft.tags),
    priority: priority === 'normal' ? undefined : (number(priority) as EnqueueOptions['priority']),
    schedule: scheduleOf(draft),
    constraints: constraintsOf(draft),
    retry: retryOf(draft),
    timeoutMs: text(timeout) === undefined ? undefined : (number(timeout) as Duration),
    deadline: instant(draft.deadline),
    unique: uniqueOf(draft),
    concurrencyKey: text(concurrencyKey),
    dependsOn: dependsOn.length === 0 ? undefined : { tasks: dependsOn.map(({ id }) => id), onFailure },
    id: text(draft.id),
    workspace: text(draft.workspace),
    parentId: text(draft.parentId),
    onComplete: text(draft.follows) === undefined ? undefined : { type: draft.follows.trim() },
  };
  return said(made);
}

export function scheduleOf(draft: Draft): ScheduleInput | undefined {
  const { when, missed, overlap, startDeadline } = draft;
  const rules = said({
    missed: missed === 'one' ? undefined : missed,
    overlap: overlap === 'skip' ? undefined : overlap,
    startDeadlineMs: text(startDeadline) === undefined ? undefined : (number(startDeadline) as Duration),
  });
  const count = text(draft.count) === undefined ? {} : { count: number(draft.count) as number };
  const bounds = said({ startAt: instant(draft.startAt), endAt: instant(draft.endAt) });
  switch (when) {
    case 'now':
      return undefined;
    case 'at':
      return { at: instant(draft.at) ?? '', ...rules };
    case 'every':
      return { everyMs: `${draft.every.trim()}${draft.everyUnit}` as Duration, ...bounds, ...count, ...rules };
    case 'cron':
      return { cron: draft.cron, timeZone: draft.timeZone, ...bounds, ...count, ...rules };
    case 'on':
      return { on: triggerOf(draft), ...count, ...rules };
  }
}

function triggerOf({ on, event }: Draft): Trigger {
  return on === 'event' ? { event: event.trim() } : on;
}

function constraintsOf({ network, flags, custom, whenUnknown }: Draft): Constraints | undefined {
  const made: Constraints = said({
    network: network === '' ? undefined : network,
    ...Object.fromEntries(flags.map((flag) => [flag, true])),
    custom: list(custom),
  });
  if (Object.keys(made).length === 0) return undefined;
  return whenUnknown === 'wait' ? { ...made, whenUnknown } : made;
}

function retryOf({ retry }: Draft): Partial<RetryPolicy> | undefined {
  const made = Object.entries(retry).filter(([, value]) => value.trim() !== '');
  if (made.length === 0) return undefined;
  return Object.fromEntries(made.map(([field, value]) => [field, number(value)]));
}

function uniqueOf({ uniqueKey, uniquePolicy: policy, debounce }: Draft): Unique | undefined {
  if (uniqueKey.trim() === '') return undefined;
  const debounceMs = policy === 'debounce' && debounce.trim() !== '' ? number(debounce) : undefined;
  return said({ key: uniqueKey.trim(), policy, debounceMs: debounceMs as number | undefined });
}

function text(typed: string): string | undefined {
  return typed.trim() === '' ? undefined : typed.trim();
}

function list(typed: string): string[] | undefined {
  const made = typed.split(',').flatMap((each) => text(each) ?? []);
  return made.length === 0 ? undefined : made;
}

/** A number where it is one, else what was typed. */
function number(typed: string): number | string {
  const value = Number(typed);
  return typed.trim() === '' || Number.isNaN(value) ? typed.trim() : value;
}

/** The instant of a date and time as an input has it, on this device's clock. */
function instant(typed: string): number | undefined {
  const at = new Date(typed).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** Without the fields that were left out. */
function said<T extends object>(made: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
