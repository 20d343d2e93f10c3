// The words of a task's own page, beside those that lists use, too.

import type { WaitKind } from '../../task/index.ts';
import { count, span } from '../time/format.ts';
import { counted } from '../words.ts';

export const ACTIONS = {
  download: 'Download',
  retry: 'Retry',
  cancel: 'Cancel',
  'run-now': 'Run now',
  pause: 'Pause',
  resume: 'Resume',
  restart: 'Restart…',
  rerun: 'Rerun steps…',
  'pause-type': 'Pause all of this type',
  'copy-id': 'Copy id',
  delete: 'Delete',
} as const;

export const TASK = {
  more: 'More actions',
  previous: 'Previous task in the list',
  next: 'Next task in the list',
  isFirst: 'This is the first task in the list',
  isLast: 'This is the last task in the list',
  notListed: 'This task is not in the list',
  paused: (name: string) => `Paused “${name}”`,
  pausedSteps: 'It is paused. The current attempt may finish; no new one starts until you resume it.',
  resumed: 'Resumed',
  goesAhead: 'It starts as soon as it can',
  copied: 'Copied',
  timeline: 'Timeline',
  runs: (n: number) => counted(n, 'run'),
  earlierRuns: (n: number) => `${counted(n, 'earlier run')} not shown`,
  history: 'History',
  related: 'Related',
  parent: 'Part of',
  children: 'Child tasks',
  dependsOn: 'Depends on',
  deleted: 'deleted',
  properties: 'Properties',
} as const;

/** What comes at the end of a wait that has one. */
const UNTIL: Readonly<Partial<Record<WaitKind, string>>> = {
  time: 'Due',
  retry: 'Next attempt',
  limit: 'Next start',
  pause: 'Pause ends',
  event: 'Stops waiting',
};

export const WAIT = {
  began: 'Began waiting',
  until: UNTIL,
  goesAhead: (when: string) => `Goes ahead when ${when}.`,
  lift: 'Lift the pause',
  open: 'Open task',
  sendEvent: 'Send event…',
  signedIn: 'I have signed in',
  decideLead: 'Check what it did, then decide.',
  runAgain: 'Run again',
  completed: 'Mark as completed',
  failed: 'Mark as failed',
  decided: {
    'run-again': 'It will run again',
    completed: 'Marked as completed',
    failed: 'Marked as failed',
  },
  reached: (n: number) => (n === 0 ? 'No task is waiting for that' : `${counted(n, 'task goes', 'tasks go')} ahead`),
} as const;

export const LINE = {
  attempt: (n: number) => `Attempt ${count(n)}`,
  outcome: {
    succeeded: 'succeeded',
    failed: 'failed',
    cancelled: 'was cancelled',
    snoozed: 'was snoozed',
    interrupted: 'was interrupted (does not count)',
    parked: 'stopped to wait',
    running: 'is running',
    completed: 'was recorded',
    waiting: 'waiting',
  },
  bar: (what: string, how: string, ms: number) => `${what} ${how}, ${span(ms)}`.trim(),
  line: (what: string, how: string, at: string, ms: number) => `${what} ${how}, started at ${at}, ${span(ms)}`.trim(),
  folded: (ms: number) => `Nothing ran for ${span(ms)}`,
  kind: { step: 'step', map: 'map over items', sleep: 'sleep', event: 'wait for an event' },
  retryStep: 'Retry from here',
  retryStepTitle: (name: string) => `Retry from step “${name}”`,
  recorded: 'Recorded result',
  notStarted: 'Nothing has run yet.',
} as const;

export const RESTART = {
  title: 'Restart',
  lead: 'A new run from the start: recorded steps run again. Earlier runs are kept.',
  payload: 'Payload',
  same: 'Unchanged: it runs with the same payload.',
  changed: 'Changed: it runs with this payload.',
  tooLarge: (size: string) =>
    `The payload is ${size}, too large to edit here. Restart with it unchanged, or choose a JSON file.`,
  fromFile: 'Choose a JSON file…',
  go: 'Restart',
  reset: 'Discard changes',
} as const;

export const RERUN = {
  title: 'Rerun steps',
  lead: 'A new run that repeats the chosen steps and everything recorded after the first of them. Keep the steps that need not run again.',
  again: 'Rerun',
  keep: 'Keep',
  step: 'Step',
  will: (names: readonly string[]) => `Will run again: ${names.join(', ')}.`,
  nothing: 'Choose at least one step.',
  stale: (names: readonly string[]) => `May be out of date, because an earlier step runs again: ${names.join(', ')}.`,
  go: 'Rerun',
} as const;

export const EVENT = {
  title: 'Send an event',
  sent: 'Event sent',
  lead: 'For this task only. If it is waiting for an event of this name, it goes ahead right away; if not, the event is kept for it.',
  name: 'Name',
  payload: 'Payload (JSON)',
  go: 'Send',
} as const;

export const LOG = {
  copy: 'Copy log',
  follow: 'Follow',
} as const;

export const VALUE = {
  cut: 'Only the beginning is shown.',
  download: 'Download all',
} as const;

export const PREVIEW = {
  of: (name: string) => `Preview ${name}`,
  cut: 'Only the beginning is shown.',
} as const;

export const FACTS = {
  groups: { what: 'Task', when: 'Times', how: 'Policy' },
  id: 'Id',
  type: 'Type',
  typeOf: (type: string, version: number) => (version === 1 ? type : `${type}, version ${version}`),
  priority: 'Priority',
  creator: 'Creator',
  tags: 'Tags',
  workspace: 'Workspace',
  runs: 'Runs',
  changes: 'Changes',
  created: 'Created',
  scheduled: 'Scheduled',
  started: 'Started',
  finished: 'Finished',
  took: 'Duration',
  updated: 'Updated',
  lastRun: 'Last run',
  nextRun: 'Next run',
  deadline: 'Deadline',
  schedule: 'Schedule',
  retries: 'Retries',
  retriesOf: (n: number, first: string, factor: number, most: string) =>
    n === 0 ? 'none' : `${n > 100 ? 'no limit' : count(n)}, first after ${first}, then ×${factor} up to ${most}`,
  timeout: 'Timeout',
  constraints: 'Constraints',
  unique: 'Unique key',
  key: 'Concurrency key',
  onComplete: 'Follow-up',
  idempotencyKey: 'Idempotency key',
} as const;
