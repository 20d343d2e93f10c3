// The element's door: the class, which defines nothing by itself.

export { BOARD_VIEWS, ErrandBoard, type BoardFilter, type BoardView } from './errand-board.ts';
export type { BoardMode } from './engines.ts';
export type { EnqueuedDetail } from './telling-runner.ts';
