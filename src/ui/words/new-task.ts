// The words of the form for a new task.

import type { Effects, Realm } from '../../task/index.ts';
import { counted } from '../words.ts';

export const NEW = {
  title: 'New task',
  lead: 'Choose a task type, then say when it runs. What you enter stays here until you create the task.',
  type: 'Task type',
  findType: 'Find a task type',
  otherType: 'Another type',
  otherTypeHint: 'A type this app does not know yet. The task waits for its handler.',
  otherTypeName: 'Type name',
  effects: {
    none: 'Changes nothing outside the app',
    idempotent: 'Safe to run twice',
    once: 'Never runs twice on its own',
  } satisfies Record<Effects, string>,
  runsIn: {
    worker: 'Runs while a page is open',
    'service-worker': 'Can run with no page open',
  } satisfies Record<Realm, string>,
  traits: (effects: string, runsIn: string) => `${effects}. ${runsIn}.`,
  payload: 'Payload',
  asJson: 'Edit as JSON',
  asForm: 'Back to the form',
  payloadJson: 'Payload',
  noPayload: 'This type does not describe its payload. Enter JSON, or leave it empty.',
  basics: 'Name and priority',
  create: 'Create task',
  creating: 'Creating…',
  copying: 'Copying files',
  created: (name: string) => `Created “${name}”`,
  reset: 'Start over',
  wasReset: 'Form cleared',
  toCorrect: (n: number) => `${counted(n, 'field')} to correct`,
  optional: 'optional',
  mayNot: 'Your role cannot create tasks. You can change it in Settings.',
} as const;

/** What the built-in types are for, in a person's words. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  'image.convert': 'Convert images',
  'http.request': 'Send a request',
  'file.hash': 'Hash files',
};

/** Labels and hints of the built-in types' fields; those of others come from their schemas. */
export const FIELD_WORDS: Readonly<Record<string, { label: string; hint?: string }>> = {
  'image.convert.files': { label: 'Images' },
  'image.convert.format': { label: 'Format' },
  'image.convert.maxWidth': { label: 'Max width, px', hint: 'Smaller images are not enlarged.' },
  'image.convert.maxHeight': { label: 'Max height, px' },
  'image.convert.quality': { label: 'Quality, 1 to 100', hint: 'Leave empty for 80. Does not apply to PNG.' },
  'image.convert.metadata': { label: 'Camera data', hint: 'Removed by default.' },
  'file.hash.files': { label: 'Files', hint: 'Of any size.' },
  'file.hash.algorithm': { label: 'Algorithm', hint: 'SHA-256 by default.' },
  'file.hash.checksumFile': { label: 'Create a checksum file', hint: 'For sha256sum -c and similar tools.' },
};

/** The choices of the built-in types' fields. */
export const CHOICE_WORDS: Readonly<Record<string, string>> = {
  ...{ webp: 'WebP', jpeg: 'JPEG', png: 'PNG', avif: 'AVIF', strip: 'Remove', keep: 'Keep' },
  ...{ sha256: 'SHA-256', sha512: 'SHA-512', sha1: 'SHA-1', md5: 'MD5' },
  ...{ blake3: 'BLAKE3', xxhash64: 'xxHash64', crc32: 'CRC-32' },
};

export const FIELD = {
  name: 'Name',
  nameHint: (type: string) => `Leave empty for “${type}”.`,
  description: 'Description',
  tags: 'Tags',
  tagsHint: 'Separate them with commas.',
  priority: 'Priority',
  priorities: { high: 'High', normal: 'Normal', low: 'Low' },
  otherPriority: 'Other priority: any whole number',
  pickFiles: 'Choose files',
  pickFile: 'Choose a file',
  addFiles: 'Add files',
  dropHere: 'or drop them here',
  takeOff: (name: string) => `Remove ${name}`,
  files: (n: number, size: string) => `${counted(n, 'file')}, ${size}`,
  onePerLine: 'One per line.',
  unset: 'Default',
  moreFiles: (n: number) => `and ${counted(n, 'more file')}`,
} as const;

export const HTTP = {
  url: 'Address',
  method: 'Method',
  headers: 'Headers',
  headersHint: 'One per line, for example Accept: application/json',
  headerFault: (line: number) => `Line ${line}: write a name, a colon and a value.`,
  body: 'Body',
  bodies: { none: 'None', json: 'JSON', text: 'Text', file: 'File' },
  bodyText: 'Body text',
  bodyJson: 'Body JSON',
  expectType: 'Expected media type',
  expectTypeHint: 'For example application/json. Any other response, such as a network’s sign-in page, is retried.',
  response: 'Response',
  responses: { store: 'Keep as text', artifact: 'Keep as a file', discard: 'Discard' },
} as const;

export const WHEN = {
  title: 'When',
  kinds: { now: 'Now', at: 'At a time', every: 'At an interval', cron: 'Cron', on: 'On a trigger' },
  at: 'Time',
  atHint: 'If this time has passed, the task runs now.',
  every: 'Every',
  units: { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' },
  unit: 'Unit',
  cron: 'Pattern',
  cronHint: 'Minute, hour, day of month, month, day of week.',
  presets: {
    '*/15 * * * *': 'Every 15 minutes',
    '0 * * * *': 'Hourly',
    '0 9 * * *': 'Daily at 9',
    '0 9 * * 1-5': 'Weekdays at 9',
    '0 9 * * 1': 'Mondays at 9',
    '0 9 1 * *': 'Monthly',
  },
  runs: (when: string) => `Runs ${when}.`,
  timeZone: 'Time zone',
  on: 'Runs each time',
  triggers: {
    online: 'the device comes online',
    charging: 'the device starts charging',
    visible: 'this app becomes visible',
    share: 'a file is shared to this app',
    event: 'an event is sent',
  },
  event: 'Event name',
  startAt: 'Not before',
  endAt: 'Not after',
  count: 'Number of runs',
  countHint: 'Leave empty for no limit.',
  missed: 'Missed runs',
  misseds: { one: 'Run once', skip: 'Skip', all: 'Run each, up to 100' },
  overlap: 'If one is still running',
  overlaps: { skip: 'Skip', queue: 'Queue the next', 'cancel-running': 'Cancel the running one' },
  startDeadline: 'Skip if late by more than',
  startDeadlineHint: 'For example 10m or 2h. Leave empty for no limit.',
  more: 'Schedule options',
  next: 'Next runs',
  never: 'This schedule never comes due.',
  nowNote: 'It starts as soon as a slot is free.',
  onNote: 'It runs each time this happens while the app is open.',
} as const;

export const NEEDS_WORDS = {
  title: 'Device constraints',
  fromType: 'Set by the type',
  network: 'Network',
  networks: { '': 'Any or none', online: 'Online', unmetered: 'Unmetered' },
  flags: {
    charging: 'Charging',
    batteryNotLow: 'Battery not low',
    deviceIdle: 'Device idle',
    storageNotLow: 'Storage not low',
    visible: 'App visible',
  },
  custom: 'Custom signals',
  customHint: 'Separate names with commas.',
  whenUnknown: 'If the browser does not know',
  unknowns: { allow: 'Start anyway', wait: 'Wait' },
} as const;

export const LIMITS = {
  title: 'Retries and time limits',
  maxRetries: 'Retries',
  initialBackoffMs: 'First backoff, ms',
  backoffMultiplier: 'Backoff multiplier',
  maxBackoffMs: 'Longest backoff, ms',
  jitter: 'Jitter, 0 to 1',
  timeout: 'Timeout per attempt',
  timeoutHint: 'For example 30s or 10m. Leave empty for the type’s default.',
  deadline: 'Deadline',
} as const;

export const ORDER = {
  title: 'Other tasks',
  uniqueKey: 'Unique key',
  uniqueKeyHint: 'Keeps tasks with the same key from piling up.',
  policy: 'If another task with this key is unfinished',
  policies: {
    keep: 'Keep the other',
    replace: 'Replace the other',
    append: 'Run after it',
    debounce: 'Give it this payload',
    latest: 'Run after it, newest only',
  },
  debounce: 'Debounce, ms',
  concurrencyKey: 'Concurrency key',
  concurrencyKeyHint: 'Tasks with the same key run one at a time.',
  dependsOn: 'Depends on',
  dependsOnHint: 'Find a task by name, type or id.',
  found: 'Matching tasks',
  noneFound: 'No matching tasks',
  onFailure: 'If one of them fails',
  failures: { cancel: 'Cancel this task', continue: 'Run anyway' },
} as const;

export const PART = {
  title: 'More options',
  workspace: 'Workspace',
  id: 'Task id',
  idHint: 'If a task with this id exists, no second one is created.',
  parentId: 'Parent task id',
  parentIdHint: 'Cancelling the parent cancels this task.',
  follows: 'Follow-up task type',
  followsHint: 'Created when this task ends, whatever the outcome, and given its result.',
} as const;
