// What the app says beside the board.

export const APP = {
  name: 'Errand',
  skip: 'Skip to content',
  nav: 'Main',
  more: 'More',
  reload: 'Reload',
  startFailed: 'Errand could not start',
  startFailedTodo: 'No task is lost. Reload the page. If that does not help, close other tabs of this site first.',
  theme: { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' },
  updateReady: 'A new version is ready. Reload when it suits you.',
  updateLater: 'Later',
  notLoaded: 'This page could not be loaded',
  notLoadedTodo: 'No task is lost. Check your connection, then reload.',
  nothingThere: 'Page not found',
  toStart: 'Go to Start',
  titleOf: (place: string) => (place === '' ? 'Errand' : `${place} · Errand`),
} as const;
