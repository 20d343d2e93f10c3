// The words of the settings.

import type { Role } from '../../runner/index.ts';
import { bytes, count } from '../time/format.ts';
import { counted, ENGINE } from '../words.ts';

export const SETTINGS = {
  title: 'Settings',
  mayNot: 'Your role cannot change the settings that apply to everyone.',
  work: 'Work',
  concurrent: ENGINE.concurrent,
  concurrentHint: ENGINE.concurrentHint,
  keep: 'Keep finished tasks',
  retentionDays: 'For this many days',
  retentionCount: 'At most this many',
  retentionHint: 'Older ones are deleted with their files. Leave empty for no limit.',
  look: 'Appearance and notifications',
  theme: 'Theme',
  themes: { auto: 'System', light: 'Light', dark: 'Dark' },
  device: 'Device',
  deviceHint:
    'Where the browser does not know, or is wrong, you can set it here. Tasks with these constraints start, wait or stop accordingly.',
  metered: 'Network',
  metereds: { auto: 'Automatic', true: 'Unmetered', false: 'Metered' },
  battery: 'Power',
  batteries: { auto: 'Automatic', true: 'Charging', false: 'On battery' },
  cannotTell: 'This browser does not know.',
  notify: 'Notify me when a task finishes while I am elsewhere',
  notifyBlocked: 'Notifications are blocked for this site. Allow them in the browser’s settings first.',
  onDevice: 'On this device',
  app: 'App',
  install: 'Install Errand',
  offered: 'Errand gets its own window and icon, and can open files and receive shared ones.',
  installed: 'Errand is installed.',
  storage: 'Storage',
  storageKept: 'The browser has promised to keep the data.',
  storageLent: 'The browser may clear the data when the disk is full.',
  keepStorage: 'Ask the browser to keep the data',
  storageRefused: 'The browser declined. It is more likely to agree once the app is installed and used often.',
  periodic: 'With no page open',
  periodics: {
    on: 'The browser wakes Errand from time to time, about every twelve hours.',
    off: 'The browser does not wake Errand. It may do so once the app is installed and used regularly.',
    none: 'This browser cannot wake Errand. Whatever comes due runs once a page is open.',
  },
  principal: 'User and role',
  principalHint:
    'Try what other users see and may do. This is a convenience for people who share this browser, not a security boundary.',
  user: 'User',
  role: 'Role',
  roles: { admin: 'Admin', operator: 'Operator', viewer: 'Viewer' } satisfies Record<Role, string>,
  roleHints: {
    admin: 'Sees everyone’s tasks and can do everything.',
    operator: 'Sees their own tasks; can create, cancel, retry and delete them.',
    viewer: 'Sees their own tasks.',
  } satisfies Record<Role, string>,
  switch: 'Switch',
  data: 'Your data',
  exportTitle: 'Export',
  exportHint: 'All tasks with their files in one zip, to import here or elsewhere.',
  export: 'Export everything',
  exporting: (done: number, total: number) => `${count(done)} of ${counted(total, 'task')} exported`,
  exported: (size: number) => `Exported ${bytes(size)}`,
  exportName: (day: string) => `errand-${day}.zip`,
  importTitle: 'Import',
  importHint: 'A zip exported from Errand. You see what it contains before anything is imported.',
  import: 'Choose an export…',
  reading: 'Reading the export…',
  eraseTitle: 'Erase everything',
  eraseHint: 'Deletes all tasks, whatever their status, with their files. This cannot be undone. Settings are kept.',
  erase: 'Erase everything…',
} as const;

export const IMPORT = {
  title: 'Import',
  tasks: (n: number) => counted(n, 'task'),
  exportedAt: 'exported',
  files: (n: number, size: number) => `${counted(n, 'file')}, ${bytes(size)}`,
  unfinished: (n: number) =>
    n === 0
      ? 'All of them have finished.'
      : `${counted(n, 'is', 'are')} unfinished and will be paused until you resume ${n === 1 ? 'it' : 'them'}.`,
  missing: (n: number) => `${counted(n, 'file was', 'files were')} already missing when this was exported.`,
  conflicts: (n: number) => `${counted(n, 'task is', 'tasks are')} already here.`,
  conflict: 'What to do with these',
  choices: { skip: 'Skip', 'new-ids': 'Import under new ids' },
  wrong: 'This file cannot be imported',
  nothing: 'It contains no tasks.',
  go: (n: number) => `Import ${counted(n, 'task')}`,
  taking: (done: number, total: number) => `${count(done)} of ${counted(total, 'row')} imported`,
  took: (imported: number, skipped: number) =>
    `Imported ${counted(imported, 'task')}${skipped === 0 ? '' : `, skipped ${count(skipped)}`}`,
  arrivedPaused: 'Unfinished tasks are paused.',
  letGo: 'Resume',
  wentOn: 'Resumed',
  types: 'By type',
} as const;

export const ERASE = {
  title: 'Erase everything',
  lead: (n: number) =>
    `${counted(n, 'task')} and all their files will be deleted for good. Export them first if you are not sure.`,
  word: 'erase',
  label: 'Type “erase” to confirm',
  go: 'Erase everything',
  done: 'Everything was erased',
} as const;
