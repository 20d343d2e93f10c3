// What the app says of the device it is installed on.

export const DEVICE = {
  pauseAll: 'Pause all tasks?',
  pause: 'Pause all',
  paused: 'Everything is paused. Tasks that run go on to their end.',
  notNow: 'Not now',
  taken: 'A newer version of Errand runs in another tab. Reload this one to use it, too.',
  shareFailed: 'What was shared could not be taken in. Add the files here instead.',
  steps: {
    safariMac: 'In Safari: File, then Add to Dock.',
    safariPhone: 'In Safari: the share button, then Add to Home Screen.',
    firefoxPhone: 'In Firefox: the menu, then Add app to Home screen.',
    chromium: 'In the browser’s menu: Install Errand, or Add to Home screen.',
    none: 'This browser installs no apps. Chrome, Edge and Safari do.',
  },
} as const;
