// What the element says beside the board.

export const ELEMENT = {
  nav: 'Board',
  starting: 'Starting…',
  failed: 'The board could not start.',
} as const;
