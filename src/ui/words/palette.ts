// What the palette of commands says, and the list of shortcuts.

export const PALETTE = {
  title: 'Commands',
  open: 'Search or run a command…',
  placeholder: 'Type a command or the name of a task',
  none: 'No results',
  groups: { go: 'Go to', show: 'Show', do: 'Action', demo: 'Demo', tasks: 'Tasks', look: 'Appearance' },
  commands: {
    search: (text: string) => `Search tasks for “${text}”`,
    failed: 'Failed tasks',
    unfinished: 'Unfinished tasks',
    running: 'Running tasks',
    choosePhotos: 'Choose photos to convert',
    chooseFolder: 'Choose a folder of photos',
    hashFiles: 'Hash files',
    processNext: 'Run the next task now',
    pauseAll: 'Pause all tasks',
    resumeAll: 'Resume all tasks',
    clearFinished: 'Clear finished tasks',
    clearActivity: 'Clear activity',
    retryFailed: 'Retry all failed tasks',
    shortcuts: 'Keyboard shortcuts',
  },
  themes: { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' },
  processedNone: 'No task is ready to run',
  processed: (name: string) => `Running “${name}”`,
  paused: 'All tasks are paused. Running tasks continue.',
  resumed: 'The pause on all tasks is lifted',
  notPaused: 'There is no pause on all tasks',
} as const;

export const SHORTCUTS = {
  title: 'Keyboard shortcuts',
  groups: [
    {
      name: 'Anywhere',
      keys: [
        ['Ctrl K', 'All commands'],
        ['?', 'These shortcuts'],
        ['Ctrl Z', 'Undo'],
        ['G then S, T, N, C, A, H', 'Go to start, tasks, new task, schedules, activity, health'],
        ['G then ,', 'Go to settings'],
      ],
    },
    {
      name: 'In the task list',
      keys: [
        ['J K or ↓ ↑', 'Next, previous'],
        ['Page, Home, End', 'By page, to the first, to the last'],
        ['Enter', 'View the task'],
        ['X or Space', 'Select'],
        ['Shift ↓ ↑', 'Select several'],
        ['Ctrl A', 'Select all that match'],
        ['Esc', 'Clear selection'],
        ['C, R, Del', 'Cancel, retry, delete'],
        ['D', 'Download'],
        ['/', 'Search'],
      ],
    },
    {
      name: 'On a task',
      keys: [['[ ]', 'Previous, next']],
    },
  ],
} as const;
