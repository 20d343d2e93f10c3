// What can be done with one task, by its status and by who asks.

import { IMAGE_CONVERT } from '../../handlers/index.ts';
import type { Role } from '../../runner/index.ts';
import { isFinal, type Task } from '../../task/index.ts';
import type { Board } from '../board.svelte.ts';
import { fileOfResult } from '../detail/files-of-task.ts';
import type { IconName } from '../parts/icons.ts';
import { ACTION } from '../words.ts';

export type RowAction = 'download' | 'cancel' | 'retry' | 'runNow' | 'remove';

export const ROW_ACTIONS: Readonly<Record<RowAction, { name: string; icon: IconName; key?: string }>> = {
  download: { name: ACTION.download, icon: 'download', key: 'd' },
  runNow: { name: ACTION.runNow, icon: 'demo' },
  cancel: { name: ACTION.cancel, icon: 'stop', key: 'c' },
  retry: { name: ACTION.retry, icon: 'retry', key: 'r' },
  remove: { name: ACTION.remove, icon: 'trash', key: 'Delete' },
};

/** In the order in which they are shown. */
export function actionsOf(task: Task, role: Role): RowAction[] {
  const actions: RowAction[] = hasFile(task) ? ['download'] : [];
  if (role === 'viewer') return actions;
  if (task.status === 'pending' && task.waitingFor.some((kind) => CAN_HURRY.includes(kind))) actions.push('runNow');
  if (!isFinal(task.status)) return [...actions, 'cancel', 'remove'];
  return [...actions, ...(task.status === 'completed' ? [] : (['retry'] as const)), 'remove'];
}

export function act(board: Board, task: Task, action: RowAction): void {
  if (!actionsOf(task, board.runner.principal.role).includes(action)) return;
  if (action === 'download') void board.downloadMain(task);
  else void board[action](task);
}

const CAN_HURRY: readonly string[] = ['time', 'retry', 'event', 'sign-in'];

/** A batch's result is too large to come with a list, but it always has a file. */
function hasFile(task: Task): boolean {
  return task.status === 'completed' && (task.type === IMAGE_CONVERT || fileOfResult(task) !== undefined);
}
