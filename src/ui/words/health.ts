// The words of the health page.

import type { SignalName } from '../../task/index.ts';
import { bytes, count, span } from '../time/format.ts';
import { counted } from '../words.ts';

export const HEALTH = {
  title: 'Health',
  lead: 'How your tasks are doing, and what this browser can and cannot do for them.',
  copy: 'Copy report',
  copied: 'Copied',
  work: 'Work',
  leads: 'This tab runs the tasks.',
  standsBy: 'Another tab or the service worker runs the tasks. This tab takes over within a second if that one ends.',
  slots: 'Slots',
  slot: (id: number) => `Slot ${id}`,
  busyOf: (busy: number, all: number) => `${count(busy)} of ${count(all)} busy`,
  queue: 'Pending',
  running: 'Running',
  done: 'Completed',
  failed: 'Failed',
  throughput: 'Finished per minute, last hour',
  throughputSum: (n: number, failed: number) => counted(n, 'task') + (failed === 0 ? '' : `, ${count(failed)} failed`),
  durations: 'Durations',
  durationSum: (median: number, most: number) => `median ${span(median)}, longest ${span(most)}`,
  nothingYet: 'No task has finished recently.',
  can: 'What this browser can do',
  yes: 'Yes',
  no: 'No',
  guarantees: 'Guarantees',
  acceptedTwice: 'Tasks are stored twice: in the database, and in a log outside it.',
  acceptedOnce: 'Tasks are stored in the database only.',
  persisted: 'The browser has promised not to clear this site’s storage on its own.',
  keep: 'Ask the browser to keep the data',
  kept: 'The browser will keep the data',
  notKept: 'The browser declined. It is more likely to agree once the app is installed, or visited often.',
  signals: 'Device signals',
  signalStates: { yes: 'yes', no: 'no', unknown: 'unknown', told: 'set by you' },
  storage: 'Storage',
  usedOf: (used: number, quota: number) => `${bytes(used)} of ${bytes(quota)} used`,
  used: (used: number) => `${bytes(used)} used`,
  notTold: 'This browser does not say how much is used.',
  log: {
    kept: 'The second copy of your tasks is up to date.',
    behind: 'The second copy of your tasks is catching up.',
    none: 'There is no second copy of your tasks.',
  },
  versions: 'Versions',
  app: 'Errand',
  browser: 'Browser',
  database: 'Database',
  engine: 'Engine',
} as const;

/** What each capability means for tasks, where it is there and where it is not. */
export const CAPABILITIES = {
  'service-worker': {
    name: 'Service worker',
    yes: 'The app works offline, and some tasks run with no page open.',
    no: 'Tasks run only while a page is open.',
  },
  sync: {
    name: 'Background sync',
    yes: 'The browser wakes the app when the network is back.',
    no: 'Work continues when you open the app again.',
  },
  'periodic-sync': {
    name: 'Periodic sync',
    yes: 'The browser can wake the installed app, up to twice a day.',
    no: 'Recurring tasks catch up when you open the app.',
  },
  opfs: {
    name: 'Private file system',
    yes: 'Large files stay out of the database, and your tasks have a second copy.',
    no: 'Files and tasks are stored in the database only.',
  },
  persistence: {
    name: 'Persistent storage',
    yes: 'The browser does not clear your tasks on its own.',
    no: 'The browser may clear your tasks when the disk is full.',
  },
  locks: {
    name: 'Web Locks',
    yes: 'However many tabs are open, only one runs the tasks.',
    no: 'Errand cannot run here.',
  },
  notifications: {
    name: 'Notifications',
    yes: 'Errand can notify you when a task finishes.',
    no: 'Errand cannot notify you when a task finishes.',
  },
  'wake-lock': {
    name: 'Wake lock',
    yes: 'The screen can stay on during long work.',
    no: 'The device may go to sleep during long work.',
  },
} as const;

/** The signals by name. */
export const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  online: 'Online',
  unmetered: 'Network unmetered',
  charging: 'Charging',
  batteryNotLow: 'Battery not low',
  deviceIdle: 'Device idle',
  storageNotLow: 'Storage not low',
  visible: 'App visible',
} satisfies Partial<Record<SignalName, string>>;
