// What the app says beside the board.

export const APP = {
  name: 'Errand',
  skip: 'Skip to content',
  nav: 'Main',
  more: 'More',
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
