// What the start says beside the drop zone.

import { counted } from '../words.ts';

export const START = {
  request: {
    title: 'Queue a request',
    lead: 'Sent as soon as there is a network, and retried until the server answers.',
    dialog: 'Queue a request',
    method: 'Method',
    url: 'Address',
    body: 'Body',
    bodyHint: 'JSON or plain text. Leave empty for none.',
    send: 'Queue request',
    badUrl: 'Enter an address that starts with http:// or https://',
    name: (method: string, url: URL) => `${method} ${url.host}${url.pathname}`,
  },
  hash: {
    title: 'Hash files',
    lead: 'SHA-256 of files of any size, with a checksum file. They stay on this device.',
    name: (n: number) => `Hashes of ${counted(n, 'file')}`,
  },
} as const;

export const DEMO = {
  title: 'Or watch it work',
  lead: 'Close the tab halfway and open it again: the task picks up where it stopped.',
  runNext: 'Run the next task now',
  runNextHint: 'Starts the next pending task, even if every slot is busy',
  clearCompleted: 'Clear completed',
  buttons: {
    'demo.steps': { name: 'Five steps', hint: 'Records five steps, about a second each' },
    'demo.fail': { name: 'One that fails', hint: 'Fails, is retried twice, then gives up' },
    'demo.hang': { name: 'One that hangs', hint: 'Never ends on its own; its worker is replaced after 3 seconds' },
    'demo.crash': {
      name: 'One that kills its worker',
      hint: 'Ends its own worker, then continues from its recorded steps',
    },
    'demo.once': { name: 'One that must not run twice', hint: 'Is interrupted, then waits for your decision' },
  },
} as const;
