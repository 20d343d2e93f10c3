// What the start says beside the drop zone.

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
    'demo.once': { name: 'One that must not run twice', hint: 'Is interrupted, and waits for your decision' },
  },
} as const;
