// The words of a task's own page, beside those that lists use, too.

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
  'pause-type': 'Pause all of its type',
  'copy-id': 'Copy id',
  delete: 'Delete',
} as const;

export const TASK = {
  more: 'More actions',
  previous: 'Previous task in the list',
  next: 'Next task in the list',
  isFirst: 'This is the first task of the list',
  isLast: 'This is the last task of the list',
  notListed: 'This task is not in the list',
  paused: (name: string) => `Paused ${name}`,
  pausedSteps: 'It is paused. What runs goes on; nothing of it starts anew until it is resumed.',
  resumed: 'Resumed',
  goesAhead: 'Goes ahead at once',
  copied: 'Copied',
  timeline: 'Timeline',
  runs: (n: number) => counted(n, 'run'),
  earlierRuns: (n: number) => `${counted(n, 'earlier run')} not shown`,
  history: 'History',
  related: 'Related',
  parent: 'Part of',
  children: 'Children',
  dependsOn: 'Depends on',
  deleted: 'deleted',
  properties: 'Properties',
} as const;

export const WAIT = {
  since: 'since',
  until: 'until',
  wakes: 'Wakes by:',
  lift: 'Lift the pause',
  runNow: 'Run now',
  open: 'Open it',
  sendEvent: 'Send event…',
  signedIn: 'I have signed in',
  settings: 'Settings',
  decideLead: 'Check what it did, then say what becomes of it.',
  runAgain: 'Run again',
  completed: 'It was completed',
  failed: 'It failed',
  decided: {
    'run-again': 'It runs again',
    completed: 'Noted as completed',
    failed: 'Noted as failed',
  },
  reached: (n: number) => (n === 0 ? 'No task waits for that' : `It reached ${counted(n, 'task')}`),
} as const;

export const LINE = {
  attempt: (n: number) => `Attempt ${count(n)}`,
  outcome: {
    succeeded: 'succeeded',
    failed: 'failed',
    cancelled: 'was cancelled',
    snoozed: 'asked to be entered again later',
    interrupted: 'was interrupted, at no cost',
    parked: 'stopped to wait',
    running: 'is running',
    completed: 'was recorded',
    waiting: 'waits',
  },
  bar: (what: string, how: string, ms: number) => `${what} ${how}, ${span(ms)}`,
  folded: (ms: number) => `${span(ms)} of nothing, folded`,
  kind: { step: 'step', map: 'map over items', sleep: 'sleep', event: 'wait for an event' },
  retryStep: 'Retry from here',
  retryStepTitle: (name: string) => `Retry, and try step ${name} anew`,
  recorded: 'Recorded result',
  noResult: 'Nothing was recorded.',
  tries: 'Attempts',
  notStarted: 'Nothing has run yet.',
  began: 'began',
} as const;

export const RESTART = {
  title: 'Restart',
  lead: 'A new run from the start: recorded steps are done again. The runs so far are kept.',
  payload: 'Payload',
  same: 'Unchanged: it runs with the payload that it had.',
  changed: 'Changed: it runs with this payload.',
  tooLarge: (size: string) =>
    `The payload has ${size}: too much to edit here. Restart with it as it is, or choose a file.`,
  fromFile: 'Take a JSON file…',
  go: 'Restart',
  reset: 'Undo my changes',
} as const;

export const RERUN = {
  title: 'Rerun steps',
  lead: 'A new run that does the chosen steps again, and all that was recorded after the first of them. Keep what need not be done again.',
  again: 'Again',
  keep: 'Keep',
  step: 'Step',
  will: (names: readonly string[]) => `Done again: ${names.join(', ')}.`,
  nothing: 'Nothing is done again: choose a step.',
  stale: (names: readonly string[]) =>
    `May not fit any more, because something before it is done again: ${names.join(', ')}.`,
  go: 'Rerun',
} as const;

export const EVENT = {
  title: 'Send an event',
  lead: 'To this task alone. It goes on at once if it waits for one of that name; if not, it finds it when it asks.',
  name: 'Name',
  payload: 'Payload, as JSON',
  go: 'Send',
} as const;

export const LOG = {
  copy: 'Copy log',
  follow: 'Follow',
} as const;

export const VALUE = {
  cut: 'Only the beginning is shown.',
  download: 'Download all of it',
} as const;

export const PREVIEW = {
  of: (name: string) => `Look at ${name}`,
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
  took: 'Took',
  updated: 'Updated',
  lastRun: 'Last run',
  nextRun: 'Next run',
  deadline: 'Deadline',
  schedule: 'Schedule',
  retries: 'Retries',
  retriesOf: (n: number, first: string, factor: number, most: string) =>
    n === 0 ? 'none' : `${n > 100 ? 'for as long as it takes' : count(n)}, after ${first}, ×${factor} up to ${most}`,
  timeout: 'Timeout',
  none: 'none',
  constraints: 'Needs',
  unique: 'Unique',
  key: 'Concurrency key',
  onComplete: 'Then makes',
  idempotencyKey: 'Idempotency key',
} as const;
