// The words of the health page.

import type { SignalName } from '../../task/index.ts';
import { bytes, count, span } from '../time/format.ts';
import { counted } from '../words.ts';

export const HEALTH = {
  title: 'Health',
  lead: 'What this browser can do for your tasks, what it cannot, and how they are getting on.',
  copy: 'Copy report',
  copied: 'Copied',
  work: 'Work',
  leads: 'This tab leads: it runs the tasks.',
  standsBy: 'Another tab, or the service worker, leads. This one takes over within a second if that ends.',
  slots: 'Slots',
  slotStates: { starting: 'starting', idle: 'free', busy: 'busy', ending: 'ending' },
  slot: (id: number) => `Slot ${id}`,
  busyOf: (busy: number, all: number) => `${count(busy)} of ${count(all)} busy`,
  queue: 'In the queue',
  running: 'Running',
  done: 'Completed',
  failed: 'Failed',
  throughput: 'Ended in the last hour, by minute',
  throughputSum: (n: number, failed: number) =>
    `${counted(n, 'task')}${failed === 0 ? '' : `, ${count(failed)} of them failed`}`,
  durations: 'How long they took',
  durationSum: (median: number, most: number) => `half of them within ${span(median)}, the longest ${span(most)}`,
  nothingYet: 'Nothing has ended lately.',
  can: 'What this browser can do',
  yes: 'Yes',
  no: 'No',
  guarantees: 'What is promised here',
  acceptedTwice: 'What is accepted is kept twice: in the database, and in a log outside of it.',
  acceptedOnce: 'What is accepted is kept in the database alone.',
  persisted: 'The browser has promised not to clear this site’s storage by itself.',
  keep: 'Ask it to keep it',
  kept: 'The browser keeps it from now on',
  notKept: 'The browser did not agree. Installing the app, or visiting it often, makes it agree.',
  signals: 'What is known of the device',
  signalStates: { yes: 'yes', no: 'no', unknown: 'unknown', told: 'as you said' },
  storage: 'Storage',
  usedOf: (used: number, quota: number) => `${bytes(used)} of ${bytes(quota)} used`,
  used: (used: number) => `${bytes(used)} used`,
  notTold: 'This browser does not tell how much is used.',
  files: {
    opfs: 'Files rest in the private file system.',
    blob: 'Files rest in the database.',
    bytes: 'Files rest in the database, as plain bytes.',
  },
  log: {
    kept: 'The second copy of all that is written is up to date.',
    behind: 'The second copy of all that is written is catching up.',
    none: 'There is no second copy of what is written.',
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
    yes: 'The app works offline, and some tasks go on with no page open.',
    no: 'Tasks run while a page is open.',
  },
  sync: {
    name: 'Background sync',
    yes: 'The browser wakes the app once the network is back.',
    no: 'Work goes on when you open the app again.',
  },
  'periodic-sync': {
    name: 'Periodic sync',
    yes: 'An installed app is woken now and then, twice a day at most.',
    no: 'Recurring tasks make up for what they missed when you open the app.',
  },
  opfs: {
    name: 'Private file system',
    yes: 'Large files stay out of the database, and a second copy of your tasks lies there.',
    no: 'Files and tasks lie in the database alone.',
  },
  persistence: {
    name: 'Kept storage',
    yes: 'The browser does not clear your tasks by itself.',
    no: 'The browser may clear this site’s storage when the disk is full.',
  },
  locks: {
    name: 'Web locks',
    yes: 'However many tabs are open, one leads.',
    no: 'Errand cannot run here.',
  },
  notifications: {
    name: 'Notifications',
    yes: 'You can be told when a task has ended.',
    no: 'Nothing can be said once the page is closed.',
  },
  'wake-lock': {
    name: 'Wake lock',
    yes: 'The screen can be kept on during long work.',
    no: 'The device may fall asleep during long work.',
  },
} as const;

/** The signals by name. */
export const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  online: 'Online',
  unmetered: 'Network not metered',
  charging: 'Charging',
  batteryNotLow: 'Battery not low',
  deviceIdle: 'Nobody uses it',
  storageNotLow: 'Storage not low',
  visible: 'In sight',
} satisfies Partial<Record<SignalName, string>>;
