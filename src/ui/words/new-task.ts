// The words of the form for a new task.

import type { Effects, Realm } from '../../task/index.ts';
import { counted } from '../words.ts';

export const NEW = {
  title: 'New task',
  lead: 'Choose what is to be done, then say when. Nothing is kept until you create it; what you typed stays here if you look elsewhere.',
  type: 'Type',
  findType: 'Find a type',
  otherType: 'Another type',
  otherTypeHint: 'One that this app does not know yet. The task waits for its handler.',
  otherTypeName: 'Name of the type',
  effects: {
    none: 'It changes nothing outside',
    idempotent: 'It may safely run twice',
    once: 'It never runs twice by itself',
  } satisfies Record<Effects, string>,
  runsIn: { worker: 'runs while a page is open', 'service-worker': 'runs with no page open, too' } satisfies Record<
    Realm,
    string
  >,
  traits: (effects: string, runsIn: string) => `${effects}, and ${runsIn}.`,
  payload: 'What it works on',
  asJson: 'Write it as JSON',
  asForm: 'Back to the form',
  payloadJson: 'Payload',
  noPayload: 'It takes no particular payload. Leave this empty, or pass JSON.',
  basics: 'Name and place in line',
  create: 'Create task',
  creating: 'Creating…',
  copying: 'Copying the files in',
  created: (name: string) => `Created “${name}”`,
  open: 'Open',
  reset: 'Start over',
  wasReset: 'Started over',
  toCorrect: (n: number) => `${counted(n, 'thing')} to correct`,
  optional: 'optional',
  chooseType: 'Choose a type first.',
  mayNot: 'In this role you may look, but not make tasks. Settings has the role.',
} as const;

/** What the built-in types are for, in a person's words. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  'image.convert': 'Convert images',
  'http.request': 'Send a request',
  'file.hash': 'Hash files',
};

/** Labels and hints of the built-in types' fields; those of others come from their schemas. */
export const FIELD_WORDS: Readonly<Record<string, { label: string; hint?: string }>> = {
  'image.convert.files': { label: 'Pictures' },
  'image.convert.format': { label: 'Format' },
  'image.convert.maxWidth': { label: 'Max width, px', hint: 'Smaller pictures are not enlarged.' },
  'image.convert.maxHeight': { label: 'Max height, px' },
  'image.convert.quality': { label: 'Quality, 1 to 100', hint: '80 unless you say otherwise. PNG has no use for it.' },
  'image.convert.metadata': { label: 'Camera data', hint: 'Stripped unless you keep it.' },
  'file.hash.files': { label: 'Files', hint: 'Of any size.' },
  'file.hash.algorithm': { label: 'Algorithm', hint: 'SHA-256 unless you say otherwise.' },
  'file.hash.checksumFile': { label: 'Make a file of checksums', hint: 'As sha256sum -c and its like take it.' },
};

/** The choices of the built-in types' fields. */
export const CHOICE_WORDS: Readonly<Record<string, string>> = {
  ...{ webp: 'WebP', jpeg: 'JPEG', png: 'PNG', avif: 'AVIF', strip: 'Strip', keep: 'Keep' },
  ...{ sha256: 'SHA-256', sha512: 'SHA-512', sha1: 'SHA-1', md5: 'MD5' },
  ...{ blake3: 'BLAKE3', xxhash64: 'xxHash64', crc32: 'CRC-32' },
};

export const FIELD = {
  name: 'Name',
  nameHint: (type: string) => `“${type}” if you leave it empty`,
  description: 'Description',
  tags: 'Tags',
  tagsHint: 'Separated by commas',
  priority: 'Priority',
  priorities: { high: 'High', normal: 'Normal', low: 'Low' },
  otherPriority: 'Another priority: any whole number',
  pickFiles: 'Choose files',
  pickFile: 'Choose a file',
  addFiles: 'Add files',
  dropHere: 'or drop them here',
  takeOff: (name: string) => `Take off ${name}`,
  files: (n: number, size: string) => `${counted(n, 'file')}, ${size}`,
  onePerLine: 'One per line',
  unset: 'Default',
  moreFiles: (n: number) => `and ${counted(n, 'more file')}`,
} as const;

export const HTTP = {
  url: 'Address',
  method: 'Method',
  headers: 'Headers',
  headersHint: 'One per line, such as: Accept: application/json',
  headerFault: (line: number) => `Line ${line}: write a name, a colon, and a value.`,
  body: 'Body',
  bodies: { none: 'None', json: 'JSON', text: 'Text', file: 'A file' },
  bodyText: 'Text of the body',
  bodyJson: 'JSON of the body',
  expectType: 'Expected media type',
  expectTypeHint: 'Such as application/json. Says a sign-in page of some network from the answer.',
  response: 'What becomes of the answer',
  responses: { store: 'Kept as text', artifact: 'Kept as a file', discard: 'Not kept' },
} as const;

export const WHEN = {
  title: 'When',
  kinds: { now: 'At once', at: 'At a time', every: 'Every', cron: 'Cron', on: 'When…' },
  at: 'Time',
  atHint: 'A time that is past means at once.',
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
  timeZone: 'Time zone',
  on: 'Runs each time',
  triggers: {
    online: 'the device comes online',
    charging: 'the device starts charging',
    visible: 'this app comes in sight',
    share: 'a file is shared to this app',
    event: 'an event is sent',
  },
  event: 'Name of the event',
  startAt: 'Not before',
  endAt: 'Not after',
  count: 'So many runs',
  countHint: 'Then it is over. Empty: no limit.',
  missed: 'What was missed',
  misseds: { one: 'Make up for it once', skip: 'Skip it', all: 'Run each, 100 at most' },
  overlap: 'While one still runs',
  overlaps: { skip: 'Skip the next', queue: 'Let it wait', 'cancel-running': 'Cancel the one that runs' },
  startDeadline: 'Drop what starts later than',
  startDeadlineHint: 'Such as 10m or 2h. Empty: however late.',
  more: 'Limits of the schedule',
  next: 'Next times',
  never: 'It comes due at no time.',
  nowNote: 'It starts as soon as a slot is free.',
  onNote: 'It runs each time this happens while the app is open.',
} as const;

export const NEEDS_WORDS = {
  title: 'What it needs of the device',
  fromType: 'As its type says',
  network: 'Network',
  networks: { '': 'Any, or none', online: 'Online', unmetered: 'Unmetered' },
  flags: {
    charging: 'Charging',
    batteryNotLow: 'Battery not low',
    deviceIdle: 'Nobody uses the device',
    storageNotLow: 'Storage not low',
    visible: 'This app in sight',
  },
  custom: 'Signals of your own',
  customHint: 'Names, separated by commas',
  whenUnknown: 'Where the browser cannot tell',
  unknowns: { allow: 'Start anyway', wait: 'Wait until it is known' },
} as const;

export const LIMITS = {
  title: 'Retries and time limits',
  maxRetries: 'Retries',
  initialBackoffMs: 'First pause, ms',
  backoffMultiplier: 'Times, for each next',
  maxBackoffMs: 'Longest pause, ms',
  jitter: 'Jitter, 0 to 1',
  timeout: 'Timeout of an attempt',
  timeoutHint: 'Such as 30s or 10m. Empty: as the type says.',
  deadline: 'All must be done by',
} as const;

export const ORDER = {
  title: 'Beside other tasks',
  uniqueKey: 'Unique key',
  uniqueKeyHint: 'While another task of this key is unfinished:',
  policy: 'What becomes of this one',
  policies: {
    keep: 'Keep the other',
    replace: 'Replace it',
    append: 'Wait behind it',
    debounce: 'It takes this payload',
    latest: 'Only the newest follows',
  },
  debounce: 'Wait for another, ms',
  concurrencyKey: 'Concurrency key',
  concurrencyKeyHint: 'Of the tasks of one key, one runs at a time.',
  dependsOn: 'Depends on',
  dependsOnHint: 'Find a task by its name, type or id',
  found: 'Tasks that match',
  noneFound: 'No task matches',
  onFailure: 'When one of them fails',
  failures: { cancel: 'Cancel this one', continue: 'Go on' },
} as const;

export const PART = {
  title: 'Where it belongs',
  workspace: 'Workspace',
  id: 'Its own id',
  idHint: 'Where a task of this id is there already, no second is made.',
  parentId: 'Part of the task with id',
  parentIdHint: 'Cancelling that one cancels this one.',
  follows: 'Type of the task that follows',
  followsHint: 'Made once this one has ended, however it did; it is given the result.',
} as const;
