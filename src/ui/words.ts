// Every word that the board says, in one place. The terms are those of the glossary.

import type { TaskStatus, WaitKind } from '../task/index.ts';
import { bytes, count, roughly } from './time/format.ts';

/** `1 photo`, `200 photos`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const photos = (n: number) => counted(n, 'photo');

export const STATUS: Readonly<Record<TaskStatus, string>> = {
  pending: 'Pending',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Why a pending task is not running, and what will wake it. */
export const WAITING: Readonly<Record<WaitKind, { short: string; long: string }>> = {
  slot: { short: 'for a slot', long: 'It is ready. It starts as soon as a slot is free.' },
  limit: { short: 'for its turn', long: 'A limit holds it back. It starts when another task of its kind has ended.' },
  time: { short: 'for its time', long: 'It is not due yet. It starts by itself at its time.' },
  retry: { short: 'to try again', long: 'The last attempt failed. It is tried again by itself after a pause.' },
  constraint: { short: 'for the device', long: 'The device does not offer what it needs yet. It starts when it does.' },
  dependency: { short: 'for another task', long: 'Another task must finish first.' },
  pause: { short: 'while paused', long: 'It is paused. It starts when the pause is lifted.' },
  event: { short: 'for an event', long: 'It waits for an event by name.' },
  page: { short: 'for an open page', long: 'It needs an open page of this app. This one will do.' },
  'sign-in': {
    short: 'for a sign-in',
    long: 'A server asked who you are. It goes on once you have signed in there and the app was told.',
  },
  decision: {
    short: 'for your decision',
    long: 'It was interrupted and must not run twice. Check what it did, then retry or cancel it.',
  },
  handler: {
    short: 'for its handler',
    long: 'This version of the app does not know its type. It is kept until one does.',
  },
};

/** What to do after an error, by its code. */
export const NEXT_STEP: Readonly<Record<string, string>> = {
  timeout: 'Retry it when the device is less busy, or give it more time.',
  'worker-crashed': 'It may need more memory than there is. Close other tabs, or make the task smaller, then retry.',
  'file-missing': 'Add the files again in a new task.',
  'quota-exceeded': 'Delete finished tasks to free space, then retry.',
  'handler-failed': 'Read the log below, then retry. Steps that were recorded are not done again.',
  cancelled: 'Retry it to go on. Steps that were recorded are not done again.',
};
export const NEXT_STEP_ELSE = 'Retry it. Steps that were recorded are not done again.';

export const ACTION = {
  cancel: 'Cancel',
  retry: 'Retry',
  runNow: 'Run now',
  remove: 'Delete',
  undo: 'Undo',
  download: 'Download',
  downloadZip: 'Download zip',
  clearFinished: 'Clear finished',
  clear: 'Clear',
  close: 'Close',
  dismiss: 'Dismiss',
  more: 'Load more',
  reload: 'Reload',
  copy: 'Copy',
  copied: 'Copied',
} as const;

export const INTAKE = {
  title: 'Drop photos anywhere',
  lead: 'Convert and resize thousands at once. Close the tab whenever you like: work goes on where it stopped.',
  pick: 'Choose photos',
  pickFolder: 'Choose a folder',
  paste: 'or paste them',
  device: 'Nothing leaves this device',
  deviceWhy: 'Your files are copied into this browser and worked on here. There is no server.',
  keptHere: 'Tasks and files are kept in this browser only.',
  dropping: 'Drop to add them',
  reading: 'Reading the folder…',
  chosen: (n: number, size: number) => `${photos(n)}, ${bytes(size)}`,
  skipped: (n: number) => `${counted(n, 'file')} left out: no pictures by name`,
  takeAnyway: 'Add them anyway',
  cleared: (n: number) => `${photos(n)} taken off`,
  addMore: 'Add more',
  discard: 'Start over',
  format: 'Format',
  width: 'Max width',
  widthUnit: 'px',
  widthKeep: 'Original',
  widthHint: 'Smaller pictures are not enlarged.',
  quality: 'Quality',
  lossless: 'PNG is lossless: quality does not apply.',
  metadata: 'Keep camera data',
  metadataNot: 'AVIF written by a browser cannot carry it.',
  metadataHint: 'Place, time and camera, as far as the format can carry them.',
  start: (n: number) => `Convert ${photos(n)}`,
  copying: (done: number, total: number) => `Copying in: ${bytes(done)} of ${bytes(total)}`,
  copyingHint: 'Keep this tab open until they are copied. After that you may close it.',
  batchName: (n: number, format: string) => `${photos(n)} to ${format}`,
  badWidth: 'A width must be a whole number from 1 to 16,384.',
  tooMany: (most: number) => `At most ${photos(most)} fit into one task. Start over with fewer.`,
} as const;

export const BATCH = {
  of: (done: number, total: number) => `${count(done)} of ${count(total)}`,
  left: (ms: number) => `${roughly(ms)} left`,
  estimating: 'estimating the time left',
  packing: 'packing the zip',
  saved: (size: number) => (size >= 0 ? `${bytes(size)} smaller together` : `${bytes(-size)} larger together`),
  unreadable: (n: number) => `${counted(n, 'file was', 'files were')} not converted`,
  photos: 'Photos',
  waiting: 'waiting',
  working: 'working',
  done: 'done',
  skipped: 'not converted',
  here: 'Made and kept on this device',
} as const;

export const LIST = {
  title: 'Tasks',
  search: 'Search name, type, id',
  all: 'All',
  unfinished: 'Unfinished',
  shown: (shown: number, total: number, more: boolean) =>
    shown === total && !more ? counted(total, 'task') : `${count(shown)} of ${count(total)}${more ? '+' : ''} tasks`,
  none: 'No tasks yet',
  noneLead: 'Drop some photos on this page, or try one of the demos.',
  noMatch: 'Nothing matches',
  noMatchLead: 'Change the filter or the search.',
  recent: 'On this device',
  names: { high: 'High', normal: 'Normal', low: 'Low' },
  seeAll: 'All tasks',
  priority: (value: number) => ({ '10': 'high', '0': 'normal', '-10': 'low' })[String(value)] ?? String(value),
  filter: 'Filter by status',
} as const;

export const DETAIL = {
  gone: 'There is no such task',
  goneLead:
    'It may have been deleted. Tasks are kept in this browser only, so a link from another device finds nothing.',
  back: 'Tasks',
  waits: 'Waiting',
  created: 'created',
  startedAt: 'started',
  finishedAt: 'finished',
  took: 'took',
  next: 'It is due',
  /** What is tried again and again has no end that is worth saying. */
  attempt: (n: number, of: number) => (of > 100 ? `attempt ${count(n)}` : `attempt ${count(n)} of ${count(of)}`),
  steps: 'Steps',
  runs: 'Runs',
  log: 'Log',
  logEmpty: 'Nothing was logged.',
  logMore: (n: number) => `${counted(n, 'earlier line')} not shown`,
  artifacts: 'Files',
  filesShown: (shown: number, total: number) => `${count(shown)} of ${counted(total, 'file')}`,
  result: 'Result',
  payload: 'Payload',
  facts: 'Details',
  fields: 'Fields',
  run: (n: number) => `Run ${n}`,
  trigger: { initial: 'first run', retry: 'retried', restart: 'restarted', rerun: 'rerun', schedule: 'on schedule' },
  by: (who: string) => `by ${who}`,
  stepStatus: { running: 'running', completed: 'recorded', failed: 'failed' },
  attempts: (n: number) => counted(n, 'attempt'),
  preview: 'Preview',
  lastError: 'The last attempt failed',
} as const;

export const ACTIVITY = {
  title: 'Activity',
  lead: 'What is made, runs, ends or fails is listed here.',
  none: 'Nothing has happened yet',
  noErrors: 'Nothing went wrong',
  only: { all: 'All', errors: 'Errors' },
  kinds: {
    enqueued: 'Enqueued',
    started: 'Started',
    retrying: 'Will be retried',
    interrupted: 'Interrupted, goes on',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
    removed: 'Deleted',
    notice: 'Engine',
  },
  many: (n: number) => counted(n, 'task'),
} as const;

export const ENGINE = {
  title: 'Engine',
  leads: 'This tab does the work',
  standsBy: 'Another tab does the work',
  away: 'The engine is starting',
  busy: (busy: number, all: number) => `${busy}/${all} slots busy`,
  concurrent: 'Tasks at once',
  concurrentHint: 'More is faster up to the number of cores; fewer keeps the device cool.',
  fewer: 'Fewer',
  moreAtOnce: 'More',
  files: {
    opfs: 'Files rest in the private file system',
    blob: 'Files rest in the database',
    bytes: 'Files rest in the database',
  },
  slot: (id: number, state: string) => `Slot ${id}: ${state}`,
} as const;

export const NOTICE = {
  'database-lost': {
    title: 'This browser deleted the tasks that were kept here',
    todo: 'What was lost cannot be recovered now. Add the files again to go on; new tasks are kept as usual. Installing the app makes the browser keep its data longer.',
  },
  'database-restored': {
    title: 'This browser deleted the tasks that were kept here, and Errand brought them back',
    todo: 'Nothing was lost. Installing the app makes the browser keep its data longer.',
  },
  'database-closed': {
    title: 'The database was closed',
    todo: 'Another tab brought a newer version, or the browser closed it. Nothing accepted is lost. Reload this tab to go on.',
  },
  'engine-lost': {
    title: 'The worker behind this page stopped',
    todo: 'Nothing accepted is lost. Reload the page if tasks do not go on by themselves.',
  },
  'engine-broken': {
    title: 'The workers that run tasks cannot be started',
    todo: 'Nothing accepted is lost. Reload this tab: it may be older than the app.',
  },
  'engine-leads': { title: 'This tab took over the work', todo: '' },
} as const;

export const UNDO = {
  cancelled: (name: string) => `Cancelled “${name}”`,
  removed: (name: string) => `Deleted “${name}”`,
  cleared: (n: number) => `Cleared ${counted(n, 'finished task')}`,
  nothingToClear: 'No finished tasks to clear',
} as const;

export const SAID = {
  completed: (name: string) => `${name}: completed`,
  failed: (name: string) => `${name}: failed`,
} as const;
