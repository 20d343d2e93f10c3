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

/** What a pending task waits for: after `Waiting` or `waits`. */
export const WAITING: Readonly<Record<WaitKind, string>> = {
  slot: 'for a slot',
  limit: 'for its turn',
  time: 'until it is due',
  retry: 'to try again',
  constraint: 'for the device',
  dependency: 'for another task',
  pause: 'for a pause to end',
  event: 'for an event',
  page: 'for an open page',
  'sign-in': 'for you to sign in',
  decision: 'for your decision',
  handler: 'for its handler',
};

const KEPT_STEPS = 'Recorded steps are not run again.';

/** What to do after an error, by its code: beside what the error itself says. */
export const NEXT_STEP: Readonly<Record<string, string>> = {
  timeout: 'Retry it when the device is less busy, or create it again with a longer timeout.',
  'worker-crashed': 'It may have run out of memory. Close other tabs, or split the task into smaller ones, then retry.',
  'file-missing': 'Create a new task with the files.',
  'not-an-image': 'Create a new task with other files.',
  'quota-exceeded': 'Deleting finished tasks frees space.',
  'deadline-exceeded': KEPT_STEPS,
  'dependency-failed': 'Related, below, lists the tasks it depends on.',
  'handler-failed': `See the log below, then retry. ${KEPT_STEPS}`,
  cancelled: `Retry it to continue. ${KEPT_STEPS}`,
};
export const NEXT_STEP_ELSE = `Retry it. ${KEPT_STEPS}`;

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
  lead: 'Convert and resize thousands at once. Close the tab whenever you like: the work picks up where it stopped.',
  pick: 'Choose photos',
  pickFolder: 'Choose a folder',
  paste: 'or paste them',
  device: 'Nothing leaves this device',
  deviceWhy: 'Your files are copied into this browser and processed here. There is no server.',
  dropping: 'Drop to add photos',
  reading: 'Reading the folder…',
  chosen: (n: number, size: number) => `${photos(n)}, ${bytes(size)}`,
  skipped: (n: number) => `Skipped ${counted(n, 'file')}: not ${n === 1 ? 'an image' : 'images'}`,
  takeAnyway: 'Add anyway',
  cleared: (n: number) => `Removed ${photos(n)}`,
  addMore: 'Add more',
  discard: 'Start over',
  format: 'Format',
  width: 'Max width',
  widthUnit: 'px',
  widthKeep: 'Original',
  widthHint: 'Smaller photos are not enlarged.',
  quality: 'Quality',
  lossless: 'PNG is lossless: quality does not apply.',
  metadata: 'Keep camera data',
  metadataNot: 'Browsers cannot write camera data to AVIF.',
  metadataHint: 'Place, time and camera, where the format supports them.',
  start: (n: number) => `Convert ${photos(n)}`,
  copying: (done: number, total: number) => `Copying ${bytes(done)} of ${bytes(total)}`,
  copyingHint: 'Keep this tab open until the copy is done. After that you can close it.',
  batchName: (n: number, format: string) => `${photos(n)} to ${format}`,
  badWidth: 'Enter a whole number from 1 to 16,384.',
  tooMany: (most: number) => `A task can hold at most ${photos(most)}. Start over with fewer.`,
} as const;

export const BATCH = {
  of: (done: number, total: number) => `${count(done)} of ${count(total)}`,
  left: (ms: number) => `${roughly(ms)} left`,
  estimating: 'estimating the time left',
  packing: 'packing the zip',
  saved: (size: number) => (size >= 0 ? `${bytes(size)} smaller in total` : `${bytes(-size)} larger in total`),
  unreadable: (n: number) => `${counted(n, 'file was', 'files were')} not converted`,
  photos: 'Photos',
  waiting: 'waiting',
  working: 'working',
  done: 'done',
  skipped: 'not converted',
  here: 'Created and stored on this device',
} as const;

export const LIST = {
  recent: 'Recent tasks',
  names: { high: 'High', normal: 'Normal', low: 'Low' },
  seeAll: 'All tasks',
  priority: (value: number) => ({ '10': 'high', '0': 'normal', '-10': 'low' })[String(value)] ?? String(value),
} as const;

export const DETAIL = {
  gone: 'Task not found',
  goneLead: 'It may have been deleted. Tasks exist only in this browser, so links from other devices do not work here.',
  back: 'Tasks',
  waits: 'Waiting',
  created: 'created',
  took: 'took',
  /** What is tried again and again has no end that is worth saying. */
  attempt: (n: number, of: number) => (of > 100 ? `attempt ${count(n)}` : `attempt ${count(n)} of ${count(of)}`),
  log: 'Log',
  logEmpty: 'Nothing has been logged.',
  logMore: (n: number) => `${counted(n, 'earlier line')} not shown`,
  artifacts: 'Files',
  filesShown: (shown: number, total: number) => `${count(shown)} of ${counted(total, 'file')}`,
  result: 'Result',
  payload: 'Payload',
  run: (n: number) => `Run ${n}`,
  trigger: { initial: 'created', retry: 'retried', restart: 'restarted', rerun: 'rerun', schedule: 'on schedule' },
  by: (who: string) => `by ${who}`,
  lastError: 'Last error',
} as const;

export const ACTIVITY = {
  title: 'Activity',
  lead: 'Tasks that are created, start, finish or fail show up here.',
  none: 'Nothing has happened yet',
  noErrors: 'No errors',
  only: { all: 'All', errors: 'Errors' },
  kinds: {
    enqueued: 'Created',
    started: 'Started',
    retrying: 'Will be retried',
    interrupted: 'Interrupted',
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
  leads: 'This tab runs the tasks',
  standsBy: 'Another tab runs the tasks',
  away: 'The engine is starting',
  busy: (busy: number, all: number) => `${busy}/${all} slots busy`,
  concurrent: 'Concurrent tasks',
  concurrentHint: 'More is faster, up to the number of cores. Fewer keeps the device cool.',
  fewer: 'Fewer',
  more: 'More',
  files: {
    opfs: 'Files are stored in the private file system.',
    blob: 'Files are stored in the database.',
    bytes: 'Files are stored in the database, as plain bytes.',
  },
  slotStates: { starting: 'starting', idle: 'free', busy: 'busy', ending: 'ending' },
  slot: (id: number, state: string) => `Slot ${id}: ${state}`,
} as const;

const INSTALL = 'Installing the app makes it less likely that the browser clears its data.';

export const NOTICE = {
  'database-lost': {
    title: 'The browser deleted the tasks stored here',
    todo: `They cannot be recovered. New tasks are stored as usual; add your files again to continue. ${INSTALL}`,
  },
  'database-restored': { title: 'The browser lost tasks stored here, and Errand restored them', todo: INSTALL },
  'database-closed': {
    title: 'The database was closed',
    todo: 'A newer version is open in another tab, or the browser closed the database. No task is lost. Reload this tab to continue.',
  },
  'engine-lost': {
    title: 'The worker behind this page stopped',
    todo: 'No task is lost. Reload the page if tasks do not continue by themselves.',
  },
  'engine-broken': {
    title: 'The workers that run tasks could not be started',
    todo: 'No task is lost. This tab may be older than the app: reload it.',
  },
  'engine-leads': { title: 'This tab took over running tasks', todo: '' },
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
