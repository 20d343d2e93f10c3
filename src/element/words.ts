// What the element says beside the board.

export const ELEMENT = {
  nav: 'Board',
  failed: 'The board could not start.',
} as const;
