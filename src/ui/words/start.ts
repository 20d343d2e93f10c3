// What the start says beside the drop zone.

import { counted } from '../words.ts';

export const START = {
  request: {
    title: 'Queue a request',
    lead: 'Sent as soon as there is a network, tried again until it is answered.',
    dialog: 'Queue a request',
    method: 'Method',
    url: 'Address',
    body: 'Body',
    bodyHint: 'JSON or plain text. Empty: none.',
    send: 'Queue it',
    badUrl: 'An address begins with http:// or https://',
    name: (method: string, url: URL) => `${method} ${url.host}${url.pathname}`,
  },
  hash: {
    title: 'Hash files',
    lead: 'SHA-256 of files of any size, with a file of checksums. They stay here.',
    name: (n: number) => `Hashes of ${counted(n, 'file')}`,
  },
} as const;

export const DEMO = {
  title: 'Or watch it work',
  lead: 'Close the tab in the middle of one, open it again: it goes on.',
  runNext: 'Run the next now',
  runNextHint: 'Starts the next task in line, whatever the pool is doing',
  clearCompleted: 'Clear completed',
  buttons: {
    'demo.steps': { name: 'Five steps', hint: 'Records each of five steps, about a second each' },
    'demo.fail': { name: 'One that fails', hint: 'Fails, is tried again twice, then gives up' },
    'demo.hang': { name: 'One that hangs', hint: 'Never ends by itself; its worker is replaced after 3 seconds' },
    'demo.crash': {
      name: 'One that kills its worker',
      hint: 'Ends its own worker, then goes on from its recorded steps',
    },
    'demo.once': { name: 'One that must not run twice', hint: 'Is interrupted, and waits for your decision' },
  },
} as const;
