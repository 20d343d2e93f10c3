// What the palette of commands says, and the list of shortcuts.

export const PALETTE = {
  title: 'Commands',
  open: 'Search or do…',
  placeholder: 'Type a command, or the name of a task',
  none: 'Nothing of that name',
  groups: { go: 'Go to', show: 'Show', do: 'Do', demo: 'Demo', tasks: 'Tasks', look: 'Look' },
  commands: {
    search: (text: string) => `Search tasks for “${text}”`,
    failed: 'Tasks that failed',
    unfinished: 'Unfinished tasks',
    running: 'Running tasks',
    choosePhotos: 'Choose photos to convert',
    chooseFolder: 'Choose a folder of photos',
    hashFiles: 'Hash files',
    processNext: 'Run the next task now',
    pauseAll: 'Pause everything',
    resumeAll: 'Resume everything that was paused as a whole',
    clearFinished: 'Clear finished tasks',
    clearActivity: 'Clear the activity',
    retryFailed: 'Retry all tasks that failed',
    shortcuts: 'Keyboard shortcuts',
  },
  themes: { auto: 'Theme: as the device', light: 'Theme: light', dark: 'Theme: dark' },
  processedNone: 'No task is ready to run',
  processed: (name: string) => `Runs now: ${name}`,
  paused: 'Paused everything. What runs already goes on.',
  resumed: 'Resumed',
  notPaused: 'Nothing was paused as a whole',
} as const;

export const SHORTCUTS = {
  title: 'Keyboard shortcuts',
  groups: [
    {
      name: 'Anywhere',
      keys: [
        ['Ctrl K', 'All commands'],
        ['?', 'These shortcuts'],
        ['Ctrl Z', 'Undo the last thing'],
        ['G then S, T, N, C, A, H', 'Go to start, tasks, new task, schedules, activity, health'],
        ['G then ,', 'Go to settings'],
      ],
    },
    {
      name: 'In the list of tasks',
      keys: [
        ['J K or ↓ ↑', 'Next, previous'],
        ['Page, Home, End', 'Further'],
        ['Enter', 'View the task'],
        ['X or Space', 'Select'],
        ['Shift ↓ ↑', 'Select several'],
        ['Ctrl A', 'Select all that match'],
        ['Esc', 'Select none'],
        ['C, R, Del', 'Cancel, retry, delete'],
        ['D', 'Download'],
        ['/', 'Search'],
      ],
    },
    {
      name: 'On a task',
      keys: [['[ ]', 'The task before, the task after']],
    },
  ],
} as const;
