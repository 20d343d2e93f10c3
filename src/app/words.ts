// What the app says beside the board.

export const APP = {
  name: 'Errand',
  skip: 'Skip to content',
  nav: 'Main',
  start: 'Start',
  tasks: 'Tasks',
  reload: 'Reload',
  startFailed: 'Errand could not start',
  startFailedTodo:
    'Nothing that was accepted is lost. Reload the page; if that does not help, close other tabs of this site first.',
  theme: { auto: 'Theme: as the device', light: 'Theme: light', dark: 'Theme: dark' },
  updateReady: 'A new version is ready. Reload when it suits you.',
  updateLater: 'Later',
  nothingThere: 'There is nothing at this address',
  toStart: 'Go to the start',
  titleOf: (place: string) => (place === '' ? 'Errand' : `${place} · Errand`),
} as const;

export const DEMO = {
  title: 'Or watch it work',
  lead: 'Close the tab in the middle of one, open it again: it goes on.',
  buttons: {
    'demo.steps': { name: 'Five steps', hint: 'Records each of five steps, about a second each' },
    'demo.fail': { name: 'One that fails', hint: 'Fails, is tried again twice, then gives up' },
    'demo.hang': { name: 'One that hangs', hint: 'Never ends by itself; its worker is replaced after 3 seconds' },
    'demo.crash': {
      name: 'One that kills its worker',
      hint: 'Ends its own worker, then goes on from its recorded steps',
    },
  },
} as const;
