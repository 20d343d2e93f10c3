// What the app says of the device it is installed on.

export const DEVICE = {
  pauseAll: 'Pause all tasks?',
  pause: 'Pause all',
  paused: 'All tasks are paused. Running tasks continue.',
  notNow: 'Not now',
  taken: 'A newer version of Errand is open in another tab. Reload this tab to use it.',
  shareFailed: 'The shared files could not be received. Add them here instead.',
  steps: {
    safariMac: 'In Safari, choose File, then Add to Dock.',
    safariPhone: 'In Safari, tap the share button, then Add to Home Screen.',
    firefoxPhone: 'In Firefox, open the menu, then tap Add app to Home screen.',
    chromium: 'In the browser’s menu, choose Install Errand or Add to Home screen.',
    none: 'This browser cannot install apps. Chrome, Edge and Safari can.',
  },
} as const;
