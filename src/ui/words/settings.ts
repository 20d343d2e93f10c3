// The words of the settings.

import type { Role } from '../../runner/index.ts';
import { bytes, count } from '../time/format.ts';
import { counted } from '../words.ts';

export const SETTINGS = {
  title: 'Settings',
  mayNot: 'In this role you may look, but not change what concerns everybody.',
  saved: 'Saved',
  work: 'Work',
  concurrent: 'Tasks at once',
  concurrentHint: 'More is faster up to the number of cores; fewer keeps the device cool.',
  keep: 'Keeping finished tasks',
  retentionDays: 'For so many days',
  retentionCount: 'So many, the newest',
  retentionHint: 'Older ones are deleted with their files. Empty: they are kept.',
  look: 'Look',
  theme: 'Theme',
  themes: { auto: 'As the device', light: 'Light', dark: 'Dark' },
  device: 'The device',
  deviceHint:
    'What this browser cannot tell, or tells wrongly, you can say yourself. Tasks that need it start, wait or stop by what is said here.',
  metered: 'Network',
  metereds: { auto: 'As the browser says', true: 'Not metered', false: 'Metered' },
  battery: 'Power',
  batteries: { auto: 'As the browser says', true: 'Charging', false: 'On battery' },
  cannotTell: 'This browser cannot tell.',
  notifications: 'Notifications',
  notify: 'Say when a task has ended while you are elsewhere',
  notifyBlocked: 'This browser does not allow it for this site. Allow it in the browser’s own settings first.',
  onDevice: 'On this device',
  app: 'As an app',
  install: 'Install Errand',
  offered: 'In a window of its own, in the launcher, and among the apps that files are opened with and shared to.',
  installed: 'Errand is installed.',
  storage: 'What is stored',
  storageKept: 'The browser has promised to keep it.',
  storageLent: 'The browser may clear it when the disk is full.',
  keepStorage: 'Ask the browser to keep it',
  storageRefused: 'The browser did not promise it. An installed app that is used mostly gets the promise.',
  periodic: 'With no page open',
  periodics: {
    on: 'The browser wakes Errand from time to time, some twelve hours apart.',
    off: 'The browser does not wake Errand from time to time. It does for an installed app that is used.',
    none: 'This browser wakes nobody from time to time. What falls due runs when a page is open.',
  },
  principal: 'Who is asking',
  principalHint:
    'To try out what others would see and may do. It is a convenience between people who share this browser, and no wall.',
  user: 'User',
  role: 'Role',
  roles: { admin: 'Admin', operator: 'Operator', viewer: 'Viewer' } satisfies Record<Role, string>,
  roleHints: {
    admin: 'Sees everybody’s tasks, and may do everything.',
    operator: 'Sees their own tasks; makes, cancels, retries and deletes them.',
    viewer: 'Sees their own tasks.',
  } satisfies Record<Role, string>,
  switch: 'Switch',
  data: 'Your data',
  exportTitle: 'Export',
  exportHint: 'All tasks with their files, as one zip. It can be imported here or elsewhere.',
  export: 'Export everything',
  exporting: (done: number, total: number) => `${count(done)} of ${counted(total, 'task')} written`,
  exported: (size: number) => `Exported ${bytes(size)}`,
  exportName: (day: string) => `errand-${day}.zip`,
  importTitle: 'Import',
  importHint: 'An export of Errand. You see what is in it before anything is taken.',
  import: 'Choose an export…',
  reading: 'Looking through it…',
  eraseTitle: 'Erase everything',
  eraseHint: 'All tasks, whatever their status, with their files. It cannot be undone. Settings stay.',
  erase: 'Erase everything…',
} as const;

export const IMPORT = {
  title: 'Import',
  tasks: (n: number) => counted(n, 'task'),
  exportedAt: 'Exported',
  files: (n: number, size: number) => `${counted(n, 'file')}, ${bytes(size)}`,
  unfinished: (n: number) =>
    n === 0
      ? 'All of them have ended.'
      : `${counted(n, 'is', 'are')} unfinished and will arrive paused, until you let them go.`,
  missing: (n: number) => `${counted(n, 'file')} had lost their content before.`,
  conflicts: (n: number) => `${counted(n, 'task is', 'tasks are')} here already.`,
  conflict: 'What becomes of those',
  choices: { skip: 'Leave them out', 'new-ids': 'Take them under new ids' },
  wrong: 'It cannot be taken',
  nothing: 'There is no task in it.',
  go: (n: number) => `Import ${counted(n, 'task')}`,
  taking: (done: number, total: number) => `${count(done)} of ${counted(total, 'row')} taken`,
  took: (imported: number, skipped: number) =>
    `Imported ${counted(imported, 'task')}${skipped === 0 ? '' : `, left out ${count(skipped)}`}`,
  arrivedPaused: 'What is unfinished is paused.',
  letGo: 'Let it go on',
  wentOn: 'It goes on',
  types: 'By type',
} as const;

export const ERASE = {
  title: 'Erase everything',
  lead: (n: number) => `${counted(n, 'task')} with all files will be gone for good. Export first if you are not sure.`,
  word: 'erase',
  label: 'Type “erase” to go on',
  go: 'Erase everything',
  done: 'Everything was erased',
} as const;
